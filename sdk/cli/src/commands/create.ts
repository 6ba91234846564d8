import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Text } from '@chung/contracts';
import { CliError, type Command } from './command.ts';
import { manifestAnswers, nameOf, partsOf, slugOf, TEMPLATES } from './create-answers.ts';
import { type NewProject, writeProject } from './create-files.ts';
import { installPackages } from './create-install.ts';

const DAYS_OPEN = 30;
const DAY_MS = 86_400_000;
/** Seven hours before UTC, all year. */
const MARKET_OFFSET_MS = 7 * 3_600_000;
const NAMES = TEMPLATES.map(({ name }) => name).join(', ');

export const createCommand: Command = {
  name: 'create',
  usage: 'chung create [NAME]',
  about: { vi: 'Tạo dự án mới từ một mẫu chạy được ngay.', en: 'Makes a new project from a template that works at once.' },
  options: [
    { name: 'template', takes: 'NAME', about: { vi: `Mẫu: ${NAMES}.`, en: `One of ${NAMES}.` } },
    { name: 'backend', about: { vi: 'Thêm máy chủ Express nhận webhook.', en: 'Adds an Express backend that takes webhooks.' } },
    { name: 'app-id', takes: 'ID', about: { vi: 'Ví dụ vn.example.qua-tang.', en: 'E.g. vn.example.gifts.' } },
    { name: 'email', takes: 'ADDRESS', about: { vi: 'Liên hệ cho người duyệt.', en: 'Where reviewers can reach you.' } },
    { name: 'no-install', about: { vi: 'Không chạy npm install.', en: 'Does not run npm install.' } },
  ],
  run: async (given, terminal) => {
    const name = await nameOf(given, terminal);
    const slug = slugOf(name);
    const folder = path.resolve(terminal.cwd, slug);
    assertFree(folder);
    const { appId, email } = manifestAnswers(given, slug);
    const parts = await partsOf(given, terminal);
    const values = { NAME: name, SLUG: slug, APP_ID: appId, EMAIL: email, VERSION: terminal.version, ...openDays() };
    write({ folder, parts, values });
    const isInstalled = given.flag('no-install') === 'absent';
    if (isInstalled) await installPackages(folder, terminal);
    const steps = [`cd ${slug}`, ...(isInstalled ? [] : ['npm install'])];
    terminal.out(nextSteps(steps)[terminal.language]);
    return 0;
  },
};

/** Nothing of a person's is ever written over. */
function assertFree(folder: string): void {
  const name = path.basename(folder);
  if (!existsSync(folder) || isEmptyFolder(folder)) return;
  throw new CliError({
    text: { vi: `Thư mục ${name} đã có tệp.`, en: `The folder ${name} is not empty.` },
    next: { vi: 'Chọn tên khác, hoặc dọn thư mục đó.', en: 'Choose another name, or empty that folder.' },
    exitCode: 2,
  });
}

/** A file of that name, or a folder that may not be read, is not free either. */
function isEmptyFolder(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}

/** The sample offer is open today, so that it is there at the first `chung dev`; days begin at midnight in Vietnam. */
function openDays(): { readonly STARTS: string; readonly ENDS: string } {
  const starts = new Date(Math.floor((Date.now() + MARKET_OFFSET_MS) / DAY_MS) * DAY_MS - MARKET_OFFSET_MS);
  return { STARTS: starts.toISOString(), ENDS: new Date(starts.getTime() + DAYS_OPEN * DAY_MS).toISOString() };
}

function write(project: NewProject): void {
  try {
    writeProject(project);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
    // Ours to mend, unless the system says that it is about this machine.
    if (code === null) throw cause;
    const name = path.basename(project.folder);
    throw new CliError({
      text: { vi: `Không ghi được vào thư mục ${name} (${code}).`, en: `The folder ${name} cannot be written (${code}).` },
      next: { vi: 'Kiểm tra quyền ghi và dung lượng đĩa.', en: 'Check your permissions and the space on the disk.' },
      exitCode: 3,
      cause,
    });
  }
}

function nextSteps(steps: readonly string[]): Text {
  const lines = (dev: string, check: string) =>
    [...steps, `npx chung dev      # ${dev}`, `npx chung check    # ${check}`].map((step) => `  ${step}\n`).join('');
  return {
    vi: `Xong. Tiếp theo:\n\n${lines('chạy thử trên máy này', 'nền tảng sẽ nói gì')}`,
    en: `Done. Next:\n\n${lines('try it on this machine', 'what the platform will say')}`,
  };
}
