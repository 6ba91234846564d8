// Commands in the docs are typed by readers: each must exist, with the options that it is shown with.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../sdk/cli/src/run.ts';
import { REPOSITORY } from './docs-examples.ts';

const run = promisify(execFile);

interface Shown {
  readonly command: string;
  readonly options: readonly string[];
}

/** `npx chung check --fix` in code, by its command and options; a line ends at its comment. */
function shownIn(markdown: string): readonly Shown[] {
  return [...markdown.matchAll(/(?:npx |^|[` ])(?:@chung\/cli|chung) ([a-z]+)((?: [^\n`#]*)?)/gm)].map(([, command = '', rest = '']) => ({
    command,
    options: [...rest.matchAll(/(?<= )--([a-z-]+)/g)].map(([, option = '']) => option),
  }));
}

const EVERYWHERE = ['help', 'debug', 'version'];
const known = new Map(COMMANDS.map(({ name, options }) => [name, new Set([...options.map((option) => option.name), ...EVERYWHERE])]));

/** What of a command line does not exist; words that only happen to stand after the name are no commands. */
function problemsOf({ command, options }: Shown): readonly string[] {
  const has = known.get(command);
  return has ? options.filter((option) => !has.has(option)).map((option) => `chung ${command} --${option}`) : [`chung ${command}`];
}

/** Code alone: in a sentence “chung” may be followed by anything. */
const codeOf = (markdown: string) =>
  [...markdown.matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```|`((?:npx )?chung [^`\n]+)`/gm)]
    .map(([, block, inline]) => block ?? inline ?? '')
    .join('\n');

test('every command line in the docs is one that the command line takes', async () => {
  const { stdout } = await run('git', ['ls-files', 'README.md', 'docs/*.md', 'sdk/*/README.md', 'examples/*/README.md'], {
    cwd: REPOSITORY,
  });
  const files = stdout.split('\n').filter((file) => file !== '');
  const shown = files.flatMap((file) =>
    shownIn(codeOf(readFileSync(path.join(REPOSITORY, file), 'utf8'))).map((one) => ({ file, ...one })),
  );
  expect(new Set(shown.map(({ command }) => command)).size).toBeGreaterThan(5);
  expect(shown.flatMap((one) => problemsOf(one).map((problem) => `${one.file}: ${problem}`))).toEqual([]);
});

test('a command or an option that does not exist is seen', () => {
  const page =
    '```sh\nnpx chung check --fxi   # repairs\nnpx chung chekc\nchung submit --dry-run\n```\nRun `chung status --watch`; chung is a word.';
  expect(shownIn(codeOf(page)).flatMap(problemsOf)).toEqual(['chung check --fxi', 'chung chekc', 'chung status --watch']);
});
