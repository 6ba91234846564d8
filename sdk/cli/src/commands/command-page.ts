import type { Text } from '@chung/contracts';
import type { Command, ExitCode, Option } from './command.ts';

const NOTE = '<!-- Made by `npm run --workspace @chung/cli generate`; change the commands, not this file. -->\n\n';

/** What each exit code means to a script. */
const EXIT_CODES: Readonly<Record<ExitCode, Text>> = {
  0: { vi: 'Xong.', en: 'Done.' },
  1: { vi: 'Lệnh tìm thấy điều phải sửa.', en: 'It found something that must be put right.' },
  2: { vi: 'Gọi lệnh sai cách.', en: 'It was wrongly asked.' },
  3: { vi: 'Máy này thiếu thứ cần có, hoặc chính công cụ gặp lỗi.', en: 'This machine lacks something, or the tool itself failed.' },
  4: { vi: 'Nền tảng từ chối.', en: 'The platform refused.' },
};

/** Options that every command has; `run.ts` deals with them. */
const EVERYWHERE: readonly Option[] = [
  { name: 'help', about: { vi: 'Nói về lệnh.', en: 'Tells about the command.' } },
  { name: 'debug', about: { vi: 'In cả vết lỗi khi lệnh hỏng.', en: 'Prints the stack trace too when a command fails.' } },
];

/** `docs/cli.md`, from the very objects that the command line runs. */
export function commandPage(commands: readonly Command[]): string {
  const rows = commands.map(({ name, about }) => `| [\`chung ${name}\`](#chung-${name}) | ${about.en} | ${about.vi} |`);
  const codes = Object.entries(EXIT_CODES).map(([code, { vi, en }]) => `| ${code} | ${en} | ${vi} |`);
  return `${NOTE}# The command line: \`chung\`

\`\`\`sh
npm install --save-dev @chung/cli
npx chung --help
\`\`\`

Messages are in Vietnamese or English, by \`CHUNG_LANG\` or the language of the system; no colour where \`NO_COLOR\` is set or the output is no terminal.
An error is one sentence with what to do next; only \`--debug\` shows a stack trace.

| | | |
| --- | --- | --- |
${rows.join('\n')}

${commands.map(section).join('\n\n')}

## Exit codes

| | | |
| --- | --- | --- |
${codes.join('\n')}
`;
}

function section({ name, usage, about, options }: Command): string {
  return `## \`chung ${name}\`

${about.en} *${about.vi}*

\`\`\`sh
${usage}
\`\`\`

| Option | | |
| --- | --- | --- |
${[...options, ...EVERYWHERE].map(row).join('\n')}`;
}

const row = ({ name, takes, about }: Option) =>
  `| \`--${name}${takes ? ` ${takes.replaceAll('|', '\\|')}` : ''}\` | ${about.en} | ${about.vi} |`;
