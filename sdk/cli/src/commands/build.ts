import path from 'node:path';
import type { Manifest } from '@chung/contracts';
import {
  BuildError,
  type Bundle,
  buildMiniApp,
  FIRST_LOAD_BUDGET_BYTES,
  firstLoadBytes,
  NothingToBuildError,
  problemLine,
  readMiniApp,
} from '../build/index.ts';
import type { Arguments, Command, ExitCode, Terminal } from './command.ts';
import { folderOf } from './folder.ts';

const OUT = 'dist';

export const buildCommand: Command = {
  name: 'build',
  usage: 'chung build [FOLDER]',
  about: {
    vi: 'Đóng gói mini-app để phát hành: cùng mã nguồn thì cùng từng byte.',
    en: 'Bundles the mini-app for release: the same source gives the same bytes.',
  },
  options: [
    {
      name: 'out',
      takes: 'DIR',
      about: {
        vi: `Nơi ghi gói; mặc định là ${OUT} trong thư mục của ứng dụng.`,
        en: `Where the bundle goes; ${OUT} in the folder of the app unless told.`,
      },
    },
    { name: 'json', about: { vi: 'In kết quả dạng JSON.', en: 'Prints the result as JSON.' } },
  ],
  run: async (given, terminal) => {
    const root = folderOf(given, terminal);
    const isJson = given.flag('json') === 'given';
    try {
      return await built(root, given, terminal);
    } catch (error) {
      if (error instanceof NothingToBuildError) return nothing(isJson, terminal);
      if (error instanceof BuildError) return broken(error, isJson, terminal);
      throw error;
    }
  },
};

async function built(root: string, given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const { language, out, error, cwd } = terminal;
  const { manifest } = readMiniApp(root);
  const { app_id: app, version } = manifest;
  const startedAt = performance.now();
  error({ vi: `Đang đóng gói ${app} ${version.name} …\n`, en: `Bundling ${app} ${version.name} …\n` }[language]);
  const named = given.value('out');
  const into = named === null ? path.join(root, OUT) : path.resolve(cwd, named);
  const bundle = await buildMiniApp({ root, into, signal: terminal.interruption() });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (given.flag('json') === 'given') out(asJson(manifest, bundle));
  else out(asText(bundle, { language, place: path.relative(cwd, into) || '.', seconds }));
  return firstLoadBytes(bundle) > FIRST_LOAD_BUDGET_BYTES ? 1 : 0;
}

/** Bumped when a field changes its meaning; new fields do not change it. */
const JSON_VERSION = 1;

function asJson({ app_id, version }: Manifest, bundle: Bundle): string {
  const sizes = { firstLoadGzipBytes: firstLoadBytes(bundle), budgetGzipBytes: FIRST_LOAD_BUDGET_BYTES };
  return `${JSON.stringify({ version: JSON_VERSION, appId: app_id, release: version, ...bundle, ...sizes }, null, 2)}\n`;
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

function asText(bundle: Bundle, { language, place, seconds }: { language: 'vi' | 'en'; place: string; seconds: string }): string {
  const width = Math.max(...bundle.files.map((file) => file.path.length));
  const when = { vi: 'tải đầu tiên', en: 'first load' }[language];
  const later = { vi: 'khi cần', en: 'when asked for' }[language];
  const rows = bundle.files.map((file) => {
    const sizes = `${kilobytes(file.bytes).padStart(10)} ${kilobytes(file.gzipBytes).padStart(10)} gzip`;
    return `  ${file.path.padEnd(width)} ${sizes}   ${bundle.firstLoad.includes(file.path) ? when : later}`;
  });
  const first = firstLoadBytes(bundle);
  const sum = `${kilobytes(first)} / ${kilobytes(FIRST_LOAD_BUDGET_BYTES)} gzip`;
  const over = {
    vi: 'Vượt mức cho phép: nạp phần chưa cần ngay bằng import(), hoặc bỏ bớt gói.',
    en: 'That is over the budget: import() later what the first screen does not need, or drop a package.',
  }[language];
  const end = {
    vi: `Tải đầu tiên: ${sum}, chưa kể React mà khung đã có.\nMã băm: ${bundle.digest}\nĐã ghi vào ${place} sau ${seconds} giây.`,
    en: `First load: ${sum}, beside React, which the frame has.\nDigest: ${bundle.digest}\nWritten to ${place} in ${seconds} s.`,
  }[language];
  return `${rows.join('\n')}\n\n${end}\n${first > FIRST_LOAD_BUDGET_BYTES ? `${over}\n` : ''}`;
}

function nothing(isJson: boolean, { out, language }: Terminal): ExitCode {
  const text = {
    vi: 'Ứng dụng chỉ có ưu đãi, không có trang nào: không cần đóng gói.',
    en: 'The app is of offers alone, without a page: there is nothing to build.',
  };
  out(isJson ? `${JSON.stringify({ version: JSON_VERSION, files: [], digest: null }, null, 2)}\n` : `${text[language]}\n`);
  return 0;
}

function broken({ problems }: BuildError, isJson: boolean, { out, error, language }: Terminal): ExitCode {
  if (isJson) out(`${JSON.stringify({ version: JSON_VERSION, problems }, null, 2)}\n`);
  else {
    const lines = problems.map((problem) => `  ${problemLine(problem, language)}\n`).join('');
    const said = { vi: `Không đóng gói được:\n${lines}`, en: `It cannot be built:\n${lines}` };
    const next = { vi: 'Sửa những chỗ trên rồi chạy lại chung build.\n', en: 'Put these right and run chung build again.\n' };
    error(said[language] + next[language]);
  }
  return 1;
}
