import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Text } from '@chung/contracts';
import { analyse, applyEdits, editsOf, type Finding, type Findings, openProject, toJson, toSarif, toText } from '../analysis/index.ts';
import { type BuildCheckStep, checkBuild } from '../check-build/index.ts';
import { type Arguments, CliError, type Command, type Terminal } from './command.ts';
import { folderOf } from './folder.ts';

/** Where the pages of the rules are, relative to the platform's own docs. */
const DOCS = 'docs/check/';

export const checkCommand: Command = {
  name: 'check',
  usage: 'chung check [FOLDER]',
  about: {
    vi: 'Kiểm tra như nền tảng sẽ kiểm tra: quyền, máy chủ, khóa bí mật, bản kê khai, gói và trang đầu.',
    en: 'Checks as the platform will: scopes, hosts, secrets, manifest, the bundle and the first page.',
  },
  options: [
    { name: 'json', about: { vi: 'In kết quả dạng JSON.', en: 'Prints the findings as JSON.' } },
    { name: 'sarif', about: { vi: 'In kết quả dạng SARIF 2.1.0.', en: 'Prints the findings as SARIF 2.1.0.' } },
    {
      name: 'static',
      about: {
        vi: 'Chỉ đọc mã nguồn: không đóng gói, không mở trình duyệt.',
        en: 'Reads the source alone: builds nothing, opens no browser.',
      },
    },
    { name: 'fix', about: { vi: 'Tự sửa những gì sửa được.', en: 'Repairs what can be repaired.' } },
    {
      name: 'purpose',
      takes: 'SCOPE=VI|EN',
      about: {
        vi: 'Mục đích của một quyền, dùng với --fix; có thể lặp lại.',
        en: 'The purpose of a scope, for --fix; may be repeated.',
      },
    },
  ],
  run: async (given, terminal) => {
    const root = folderOf(given, terminal);
    if (given.flag('fix') === 'given') await fix(root, given, terminal);
    const source = analyse(openProject(root));
    const findings = [...source.findings, ...(await ofBuild(source, { root, given, terminal }))];
    const found = { ...source, findings };
    terminal.out(shown(found, { root, given, terminal }));
    return found.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
};

const STEPS: Readonly<Record<BuildCheckStep, Text>> = {
  build: { vi: 'Đang đóng gói …', en: 'Bundling …' },
  'build-again': { vi: 'Đang đóng gói lần hai, ở thư mục khác …', en: 'Bundling again, in another folder …' },
  browser: { vi: 'Đang mở trang đầu trong trình duyệt …', en: 'Opening the first page in a browser …' },
};

/** What can only be said of what is built. Not asked for an app whose manifest is wrong: what it is to be is not known yet. */
async function ofBuild(source: Findings, { root, given, terminal }: Place): Promise<readonly Finding[]> {
  const isBroken = source.findings.some(({ rule, severity }) => severity === 'error' && rule.startsWith('CH5'));
  if (given.flag('static') === 'given' || isBroken) return [];
  const { env, error, language } = terminal;
  return checkBuild({
    ...{ root, env, signal: terminal.interruption() },
    onStep: (step) => error(`${STEPS[step][language]}\n`),
  });
}

interface Place {
  readonly root: string;
  readonly given: Arguments;
  readonly terminal: Terminal;
}

const readText = (root: string) => (file: string) => {
  const full = path.join(root, file);
  return existsSync(full) ? readFileSync(full, 'utf8') : null;
};

function shown(found: Findings, { root, given, terminal }: Place): string {
  if (given.flag('json') === 'given') return toJson(found);
  if (given.flag('sarif') === 'given') return toSarif(found.findings, { version: terminal.version, docsUrl: DOCS });
  const { language, colour } = terminal;
  return toText(found.findings, { language, colour, readText: readText(root) });
}

async function fix(root: string, given: Arguments, terminal: Terminal): Promise<void> {
  const { findings } = analyse(openProject(root));
  const purposes = new Map(given.values('purpose').map(purposeFrom));
  const edits = await editsOf(findings, (scope) => purposes.get(scope) ?? askPurpose(scope, terminal));
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const full = path.join(root, file);
    writeFileSync(
      full,
      applyEdits(
        readFileSync(full, 'utf8'),
        edits.filter((edit) => edit.file === file),
      ),
    );
    terminal.error({ vi: `Đã sửa ${file}\n`, en: `Repaired ${file}\n` }[terminal.language]);
  }
  tellUnasked(findings, purposes, terminal);
}

function purposeFrom(text: string): [string, Text] {
  const [, scope = '', vi = '', en = ''] = /^([^=]+)=([^|]+)\|(.+)$/.exec(text) ?? [];
  if (scope !== '') return [scope, { vi: vi.trim(), en: en.trim() }];
  throw new CliError({
    text: { vi: `Không hiểu “${text}”.`, en: `“${text}” is no purpose.` },
    next: {
      vi: 'Viết: --purpose "redemptions:claim=Nhận ưu đãi cho bạn|Claim offers for you".',
      en: 'Write: --purpose "redemptions:claim=Nhận ưu đãi cho bạn|Claim offers for you".',
    },
    exitCode: 2,
  });
}

/** Members read it before they allow anything, so nobody but a person can write it. */
async function askPurpose(scope: string, terminal: Terminal): Promise<Text | null> {
  const vi = await terminal.ask(
    { vi: `Vì sao cần ${scope}? (tiếng Việt) `, en: `Why is ${scope} needed? (in Vietnamese) ` }[terminal.language],
  );
  if (!vi) return null;
  const en = await terminal.ask(
    { vi: `Vì sao cần ${scope}? (tiếng Anh) `, en: `Why is ${scope} needed? (in English) ` }[terminal.language],
  );
  return en ? { vi, en } : null;
}

function tellUnasked(findings: readonly Finding[], purposes: ReadonlyMap<string, Text>, { error, language }: Terminal): void {
  const needed = new Set(findings.flatMap((finding) => (finding.fix?.needs === 'purpose' ? [finding.fix.scope] : [])));
  const left = [...needed].filter((scope) => !purposes.has(scope));
  if (left.length > 0)
    error(
      {
        vi: `Quyền chưa có mục đích thì chưa được thêm: ${left.join(', ')} (xem --purpose).\n`,
        en: `Scopes are added with their purpose only: ${left.join(', ')} (see --purpose).\n`,
      }[language],
    );
}
