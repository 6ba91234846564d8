import { Manifest, type Text } from '@chung/contracts';
import { type Arguments, CliError, type Terminal } from './command.ts';
import type { PartName } from './create-files.ts';

interface Template {
  readonly name: string;
  readonly parts: readonly PartName[];
  readonly about: Text;
}

const MINI_APP: Template = {
  name: 'mini-app',
  parts: ['base', 'mini-app'],
  about: { vi: 'một màn hình React trong ứng dụng thành viên', en: 'a screen in React inside the member app' },
};

/** In the order in which they are offered; the first is taken where nobody chooses. */
export const TEMPLATES: readonly Template[] = [
  MINI_APP,
  { name: 'offer', parts: ['base', 'offers'], about: { vi: 'chỉ ưu đãi, không cần lập trình', en: 'offers alone, no programming' } },
  {
    name: 'both',
    parts: ['base', 'offers', 'mini-app', 'backend'],
    about: { vi: 'cả hai, cùng máy chủ nhận webhook', en: 'both, with a backend for webhooks' },
  },
];

const NAMES = TEMPLATES.map(({ name }) => name).join(', ');
/** A person mistypes; a program that answers goes on for ever. */
const QUESTIONS_MAX = 3;

/** The project's name, from the command line or from the person in front of it. */
export async function nameOf({ positionals }: Arguments, terminal: Terminal): Promise<string> {
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
export function slugOf(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();
  return plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'chung-app';
}

/** What the project is made of: the parts of its template, and the backend where it is wanted. */
export async function partsOf(given: Arguments, terminal: Terminal): Promise<readonly PartName[]> {
  const named = given.value('template');
  const { parts } = named === null ? await chosen(terminal) : templateNamed(named);
  return given.flag('backend') === 'given' ? [...new Set<PartName>([...parts, 'backend'])] : parts;
}

function templateNamed(name: string): Template {
  const template = TEMPLATES.find((one) => one.name === name);
  if (template) return template;
  throw new CliError({
    text: { vi: `Không có mẫu “${name}”.`, en: `There is no template “${name}”.` },
    next: { vi: `Có: ${NAMES}.`, en: `There is: ${NAMES}.` },
    exitCode: 2,
  });
}

/** Asks which one, by number or name; Enter is the first. */
async function chosen(terminal: Terminal): Promise<Template> {
  const { language } = terminal;
  const lines = TEMPLATES.map(({ name, about }, index) => `  ${index + 1}  ${name.padEnd(10)} ${about[language]}\n`);
  const heading = { vi: 'Bắt đầu từ mẫu nào?\n', en: 'Which template?\n' }[language];
  const prompt = { vi: 'Số hoặc tên [1]: ', en: 'Number or name [1]: ' }[language];
  let answer: string | null = null;
  for (let asked = 0; asked < QUESTIONS_MAX; asked += 1) {
    answer = await terminal.ask(asked === 0 ? `${heading}${lines.join('')}${prompt}` : prompt);
    if (answer === null || answer === '') return MINI_APP;
    const template = TEMPLATES[Number(answer) - 1] ?? TEMPLATES.find(({ name }) => name === answer);
    if (template) return template;
  }
  return templateNamed(answer ?? '');
}

/** What the manifest's own schema says of an answer, told before a file is written. */
export function manifestAnswers(given: Arguments, slug: string): { readonly appId: string; readonly email: string } {
  const appId = given.value('app-id') ?? `vn.example.${slug.replace(/^[0-9]/, 'a$&')}`;
  const email = given.value('email') ?? 'lienhe@example.vn';
  if (!Manifest.shape.app_id.safeParse(appId).success)
    throw new CliError({
      text: { vi: `“${appId}” không phải là app_id.`, en: `“${appId}” is no app_id.` },
      next: { vi: 'Viết tên miền ngược, chữ thường: vn.example.qua-tang.', en: 'Write a reversed domain in lower case: vn.example.gifts.' },
      exitCode: 2,
    });
  if (!Manifest.shape.contact.shape.email.safeParse(email).success)
    throw new CliError({
      text: { vi: `“${email}” không phải là địa chỉ email.`, en: `“${email}” is no e-mail address.` },
      next: { vi: 'Ví dụ: --email lienhe@example.vn.', en: 'E.g. --email hello@example.vn.' },
      exitCode: 2,
    });
  return { appId, email };
}
