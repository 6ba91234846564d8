import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Manifest, Text } from '@chung/contracts';
import { analyse, type Findings, openProject, toJson, toText } from '../analysis/index.ts';
import { BuildError, type Bundle, buildMiniApp, FIRST_LOAD_BUDGET_BYTES, firstLoadBytes, problemLine } from '../build/index.ts';
import type { Arguments, Terminal } from '../commands/command.ts';
import { CliError } from '../commands/command.ts';
import { type PackedApp, packApp } from './pack.ts';
import { type AppSource, sourceOf } from './source-files.ts';

/** What is sent, ready on this machine. */
export interface PreparedApp {
  readonly manifest: Manifest;
  readonly packed: PackedApp;
  readonly bundleDigest: string | null;
  readonly leftOut: AppSource['leftOut'];
}

export interface Preparation {
  readonly root: string;
  readonly given: Arguments;
  readonly terminal: Terminal;
}

/**
 * Checks, builds and packs the app, hands it on, and clears away what it made, whatever comes of it; `stopped` where the check found an error,
 * which is printed then. Throws `CliError` for what else must be put right first.
 */
export async function withPrepared<Result>(
  preparation: Preparation,
  use: (prepared: PreparedApp) => Promise<Result>,
): Promise<Result | 'stopped'> {
  const { root, terminal } = preparation;
  const manifest = checked(preparation);
  if (!manifest) return 'stopped';
  const folder = await mkdtemp(path.join(terminal.env['TMPDIR'] ?? tmpdir(), 'chung-submit-'));
  try {
    const { files, leftOut } = sourceOf(root);
    const bundle = manifest.pages.length > 0 ? await built(preparation, path.join(folder, 'bundle')) : null;
    const ofBundle = (bundle?.files ?? []).map((file) => ({
      path: `bundle/${file.path}`,
      place: path.join(folder, 'bundle', file.path),
      bytes: file.bytes,
    }));
    say(terminal, { vi: 'Đang nén …', en: 'Packing …' });
    const packed = await packApp([...files, ...ofBundle], path.join(folder, 'app.tar.gz'));
    return await use({ manifest, packed, bundleDigest: bundle?.digest ?? null, leftOut });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const say = ({ error, language }: Terminal, text: Text): void => error(`${text[language]}\n`);

function checked({ root, given, terminal }: Preparation): Manifest | null {
  say(terminal, { vi: 'Đang kiểm tra mã nguồn …', en: 'Checking the source …' });
  const found = analyse(openProject(root));
  const isStopped = found.findings.some(({ severity }) => severity === 'error');
  if (!isStopped && found.manifest) return found.manifest;
  tell(found, { root, given, terminal });
  return null;
}

/** Errors alone: warnings and what a person has to look at stop nothing, and `chung check` shows them. */
function tell(found: Findings, { root, given, terminal }: Preparation): void {
  const { language, colour, out } = terminal;
  if (given.flag('json') === 'given') {
    out(toJson(found));
    return;
  }
  const errors = found.findings.filter(({ severity }) => severity === 'error');
  const readText = (file: string) => {
    const place = path.join(root, file);
    return existsSync(place) ? readFileSync(place, 'utf8') : null;
  };
  out(toText(errors, { language, colour, readText }));
  say(terminal, {
    vi: 'Chưa gửi gì. Sửa những lỗi trên (chung check --fix sửa giúp được một phần) rồi chạy lại chung submit.',
    en: 'Nothing was sent. Put these right (chung check --fix repairs some) and run chung submit again.',
  });
}

async function built({ root, terminal }: Preparation, into: string): Promise<Bundle> {
  say(terminal, { vi: 'Đang đóng gói …', en: 'Bundling …' });
  const signal = terminal.interruption();
  try {
    const bundle = await buildMiniApp({ root, into, signal });
    assertLight(bundle);
    return bundle;
  } catch (error) {
    if (signal.aborted) throw stopped(error);
    if (error instanceof BuildError) throw notBuilt(error);
    throw error;
  }
}

function assertLight(bundle: Bundle): void {
  const [bytes, budget] = [firstLoadBytes(bundle), FIRST_LOAD_BUDGET_BYTES].map((size) => `${(size / 1000).toFixed(1)} kB`);
  if (firstLoadBytes(bundle) <= FIRST_LOAD_BUDGET_BYTES) return;
  throw new CliError({
    text: {
      vi: `Màn hình đầu tải ${bytes} (gzip), vượt mức ${budget}.`,
      en: `The first screen loads ${bytes} (gzip), more than the budget of ${budget}.`,
    },
    next: {
      vi: 'Nạp phần chưa cần ngay bằng import(), hoặc bỏ bớt gói; chung build cho thấy từng tệp.',
      en: 'import() later what the first screen does not need, or drop a package; chung build shows each file.',
    },
    exitCode: 1,
  });
}

function notBuilt(error: BuildError): CliError {
  const said = (language: keyof Text) => error.problems.map((problem) => problemLine(problem, language)).join(' · ');
  return new CliError({
    text: { vi: `Không đóng gói được: ${said('vi')}`, en: `It cannot be built: ${said('en')}` },
    next: { vi: 'Sửa chỗ đó, thử lại với chung build.', en: 'Put that right and try it with chung build.' },
    exitCode: 1,
    cause: error,
  });
}

const stopped = (cause: unknown): CliError =>
  new CliError({
    text: { vi: 'Đã dừng; chưa gửi gì.', en: 'It was stopped; nothing was sent.' },
    next: { vi: 'Chạy lại: chung submit.', en: 'Run it again: chung submit.' },
    exitCode: 3,
    cause,
  });
