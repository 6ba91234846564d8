import { parseArgs } from 'node:util';
import type { Text } from '@chung/contracts';
import { SettingsError } from './analysis/index.ts';
import { buildCommand } from './commands/build.ts';
import { checkCommand } from './commands/check.ts';
import { type Arguments, CliError, type Command, type ExitCode, type Terminal } from './commands/command.ts';
import { createCommand } from './commands/create.ts';
import { devCommand } from './commands/dev.ts';
import { eventsCommand } from './commands/events.ts';
import { listenCommand } from './commands/listen.ts';
import { loginCommand } from './commands/login.ts';
import { logoutCommand } from './commands/logout.ts';
import { statementCommand } from './commands/statement.ts';
import { statusCommand } from './commands/status.ts';
import { submitCommand } from './commands/submit.ts';

/** In the order of a first day: what `chung --help` and docs/cli.md list. */
export const COMMANDS: readonly Command[] = [
  createCommand,
  devCommand,
  checkCommand,
  buildCommand,
  loginCommand,
  logoutCommand,
  submitCommand,
  statusCommand,
  listenCommand,
  eventsCommand,
  statementCommand,
];

const EVERYWHERE = ['help', 'debug', 'version'] as const;
/** AbortSignal.any, the test runner and the type stripper of the examples come with it. */
const LEAST_NODE = [20, 19] as const;

/** Runs one command line and answers its exit code. Whatever goes wrong is told in one sentence with what to do next. */
export async function runCli(words: readonly string[], terminal: Terminal, node: string): Promise<ExitCode> {
  try {
    assertNode(node);
    const [name = '', ...rest] = words;
    if (name === '--version') return told(terminal, `${terminal.version}\n`);
    if (name === '' || name === '--help' || name === 'help') return told(terminal, overview(terminal));
    const command = COMMANDS.find((one) => one.name === name);
    if (!command) throw unknownCommand(name);
    const given = argumentsOf(command, rest);
    if (given.flag('help') === 'given') return told(terminal, helpOf(command, terminal));
    return await command.run(given, terminal);
  } catch (error) {
    return failed(error, words, terminal);
  }
}

function told({ out }: Terminal, text: string): ExitCode {
  out(text);
  return 0;
}

function assertNode(node: string): void {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new CliError({
    text: { vi: `Node ${node} quá cũ.`, en: `Node ${node} is too old.` },
    next: { vi: `Cài Node ${LEAST_NODE.join('.')} trở lên.`, en: `Install Node ${LEAST_NODE.join('.')} or newer.` },
    exitCode: 3,
  });
}

function unknownCommand(name: string): CliError {
  const names = COMMANDS.map((one) => one.name).join(', ');
  return new CliError({
    text: { vi: `Không có lệnh “${name}”.`, en: `There is no command “${name}”.` },
    next: { vi: `Có các lệnh: ${names}. Xem thêm: chung --help.`, en: `There are: ${names}. See chung --help.` },
    exitCode: 2,
  });
}

function argumentsOf(command: Command, words: readonly string[]): Arguments {
  const options = Object.fromEntries([
    ...EVERYWHERE.map((name) => [name, { type: 'boolean' as const }] as const),
    ...command.options.map(
      ({ name, takes }) => [name, takes ? { type: 'string' as const, multiple: true } : { type: 'boolean' as const }] as const,
    ),
  ]);
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const given = new Map<string, unknown>(Object.entries(values));
    const listOf = (name: string): readonly string[] => {
      const value = given.get(name);
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
    };
    return {
      positionals,
      flag: (name) => (given.get(name) === true ? 'given' : 'absent'),
      value: (name) => listOf(name).at(-1) ?? null,
      values: listOf,
    };
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new CliError({
      text: { vi: `Sai cách gọi: ${said}`, en: said },
      next: { vi: `Xem: chung ${command.name} --help.`, en: `See chung ${command.name} --help.` },
      exitCode: 2,
      cause,
    });
  }
}

function overview({ language }: Terminal): string {
  const title: Text = {
    vi: 'Công cụ cho nhà phát triển mini-app và ưu đãi trên Chung.',
    en: 'Tools for those who build mini-apps and offers on Chung.',
  };
  const lines = COMMANDS.map(({ usage, about }) => `  ${usage.padEnd(26)} ${about[language]}`);
  const more: Text = { vi: 'chung LỆNH --help để xem từng lệnh.', en: 'chung COMMAND --help tells more of each.' };
  return `${title[language]}\n\n${lines.join('\n')}\n\n${more[language]}\n`;
}

function helpOf({ usage, about, options }: Command, { language }: Terminal): string {
  const lines = options.map(({ name, takes, about: words }) => `  ${`--${name}${takes ? ` ${takes}` : ''}`.padEnd(26)} ${words[language]}`);
  return `${usage}\n\n${about[language]}\n\n${lines.join('\n')}\n`;
}

/** Our own mistake says so and asks for a report; only `--debug` shows where. */
function failed(error: unknown, words: readonly string[], { error: tell, language }: Terminal): ExitCode {
  const isDebug = words.includes('--debug');
  if (isDebug && error instanceof Error) tell(`${error.stack}\n`);
  const known = error instanceof SettingsError ? badSettings(error) : error;
  if (known instanceof CliError) {
    tell(`${known.text[language]}\n${known.next[language]}\n`);
    return known.exitCode;
  }
  const said = error instanceof Error ? error.message : String(error);
  const text: Text = {
    vi: `Lỗi của công cụ: ${said}\nHãy báo cho chúng tôi, kèm kết quả của lệnh với --debug.\n`,
    en: `This tool failed: ${said}\nPlease report it, with what the command prints with --debug.\n`,
  };
  tell(text[language]);
  return 3;
}

/** Every command that reads a program meets it, so it is told here once. */
const badSettings = (cause: SettingsError): CliError =>
  new CliError({
    text: { vi: `${cause.place} không phải JSON đúng: ${cause.said}`, en: `${cause.place} is no valid JSON: ${cause.said}` },
    next: { vi: 'Sửa chỗ đó rồi chạy lại lệnh.', en: 'Put that right and run the command again.' },
    exitCode: 1,
    cause,
  });
