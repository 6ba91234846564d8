import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Arguments, CliError, type Command, type Terminal } from './command.ts';

/** The same from the sources and from the built package: templates lie beside both. */
const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));
const TEMPLATE_NAMES: readonly string[] = ['offer'];
const DAYS_OPEN = 30;
const DAY_MS = 86_400_000;

export const createCommand: Command = {
  name: 'create',
  usage: 'chung create [NAME]',
  about: { vi: 'Tạo dự án mới từ một mẫu chạy được ngay.', en: 'Makes a new project from a template that works at once.' },
  options: [
    { name: 'template', takes: 'NAME', about: { vi: `Mẫu: ${TEMPLATE_NAMES.join(', ')}.`, en: `One of ${TEMPLATE_NAMES.join(', ')}.` } },
    { name: 'app-id', takes: 'ID', about: { vi: 'Ví dụ vn.example.qua-tang.', en: 'E.g. vn.example.gifts.' } },
    { name: 'email', takes: 'ADDRESS', about: { vi: 'Liên hệ cho người duyệt.', en: 'Where reviewers can reach you.' } },
    { name: 'no-install', about: { vi: 'Không chạy npm install.', en: 'Does not run npm install.' } },
  ],
  run: async (given, terminal) => {
    const name = await nameOf(given, terminal);
    const folder = path.resolve(terminal.cwd, slugOf(name));
    const template = templateOf(given);
    assertFree(folder);
    copyTemplate(template, folder, tokensOf(name, given, terminal));
    if (given.flag('no-install') === 'absent') await install(folder, terminal);
    terminal.out(nextSteps(path.relative(terminal.cwd, folder))[terminal.language]);
    return 0;
  },
};

async function nameOf({ positionals }: Arguments, terminal: Terminal): Promise<string> {
  const question = { vi: 'Tên dự án? ', en: 'What is it called? ' }[terminal.language];
  const name = (positionals[0] ?? (await terminal.ask(question)) ?? '').trim();
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._-]{1,39}$/u.test(name)) return name;
  throw new CliError({
    text:
      name === ''
        ? { vi: 'Dự án chưa có tên.', en: 'The project has no name.' }
        : { vi: `“${name}” không dùng làm tên được.`, en: `“${name}” is no name.` },
    next: {
      vi: 'Ví dụ: chung create "Quà tháng 3" (2 đến 40 chữ, số).',
      en: 'E.g. chung create "Spring gifts" (2 to 40 letters and digits).',
    },
    exitCode: 2,
  });
}

/** A folder's and a package's name: `Quà tháng 3` becomes `qua-thang-3`. */
function slugOf(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();
  return plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'chung-app';
}

function templateOf(given: Arguments): string {
  const name = given.value('template') ?? TEMPLATE_NAMES[0] ?? '';
  if (TEMPLATE_NAMES.includes(name)) return path.join(TEMPLATES, name);
  throw new CliError({
    text: { vi: `Không có mẫu “${name}”.`, en: `There is no template “${name}”.` },
    next: { vi: `Có: ${TEMPLATE_NAMES.join(', ')}.`, en: `There is: ${TEMPLATE_NAMES.join(', ')}.` },
    exitCode: 2,
  });
}

/** Nothing of a person's is ever written over. */
function assertFree(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new CliError({
    text: { vi: `Thư mục ${path.basename(folder)} đã có tệp.`, en: `The folder ${path.basename(folder)} is not empty.` },
    next: { vi: 'Chọn tên khác, hoặc dọn thư mục đó.', en: 'Choose another name, or empty that folder.' },
    exitCode: 2,
  });
}

function tokensOf(name: string, given: Arguments, { version }: Terminal): Readonly<Record<string, string>> {
  const slug = slugOf(name);
  const starts = new Date(Math.ceil(Date.now() / DAY_MS) * DAY_MS);
  const ends = new Date(starts.getTime() + DAYS_OPEN * DAY_MS);
  return {
    NAME: name.replaceAll(/['\\]/g, ''),
    SLUG: slug,
    APP_ID: given.value('app-id') ?? `vn.example.${slug.replace(/^[0-9]/, 'a$&')}`,
    EMAIL: given.value('email') ?? 'lienhe@example.vn',
    VERSION: version,
    STARTS: starts.toISOString(),
    ENDS: ends.toISOString(),
  };
}

/** npm leaves some names out of packages, so those begin with `_` in a template. */
function copyTemplate(from: string, to: string, tokens: Readonly<Record<string, string>>): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const target = path.join(to, entry.name === '_gitignore' ? '.gitignore' : entry.name.replace(/^_/, ''));
    if (entry.isDirectory()) copyTemplate(path.join(from, entry.name), target, tokens);
    else {
      const text = readFileSync(path.join(from, entry.name), 'utf8');
      writeFileSync(
        target,
        text.replaceAll(/__([A-Z_]+)__/g, (whole, token: string) => tokens[token] ?? whole),
      );
    }
  }
}

async function install(folder: string, { error, language }: Terminal): Promise<void> {
  error({ vi: 'Đang cài các gói (npm install) …\n', en: 'Installing packages (npm install) …\n' }[language]);
  const code = await new Promise<number>((resolve) => {
    const child = spawn('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', () => resolve(127));
    child.once('exit', (exit) => resolve(exit ?? 1));
  });
  if (code === 0) return;
  throw new CliError({
    text: { vi: 'npm không cài được các gói; dự án thì đã có đủ.', en: 'npm could not install the packages; the project itself is there.' },
    next: { vi: 'Kiểm tra mạng rồi chạy npm install trong thư mục đó.', en: 'Check the network, then run npm install in that folder.' },
    exitCode: 3,
  });
}

const nextSteps = (folder: string) => ({
  vi: `Xong. Tiếp theo:\n\n  cd ${folder}\n  npx chung check\n`,
  en: `Done. Next:\n\n  cd ${folder}\n  npx chung check\n`,
});
