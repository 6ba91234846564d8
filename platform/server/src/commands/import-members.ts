// npm run members:import -- FILE [--report PATH] [--units UNITS_FILE]
// Exit codes: 0 all rows are in · 1 refused, no member was changed · 2 done, but rows were rejected (they are in the report)
// · 3 stopped while writing: importing the same file again completes it · 130 stopped by Ctrl-C.
import { createReadStream } from 'node:fs';
import { access, constants, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ERRORS } from '@chung/contracts';
import { DomainError } from '../kernel/errors.ts';
import { StartupError } from '../kernel/startup-error.ts';
import { type ImportProgress, type ImportRecord, type Members, readUnits, rejectionText } from '../rooms/members/index.ts';
import { openMembers } from './open-members.ts';
import { createProgressLine } from './progress-line.ts';

const USAGE = 'Usage: npm run members:import -- FILE [--report PATH] [--units UNITS_FILE]';
const SHOWN_ERRORS = 5;
const INTERRUPTED = 130;

const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Arguments {
  readonly file: string;
  readonly report?: string;
  readonly units?: string;
}

function readArguments(): Arguments {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { report: { type: 'string' }, units: { type: 'string' } },
    });
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0) throw new StartupError(`Name one register file.\n${USAGE}`);
    return { file, ...(values.report ? { report: path.resolve(values.report) } : {}), ...(values.units ? { units: values.units } : {}) };
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

/** Size in bytes; or one sentence why the file cannot be read, before anything is started. */
async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new StartupError(error.code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${error.code}).`, {
      cause: error,
    });
  });
  if (found.isDirectory()) throw new StartupError(`${file} is a directory; name the register file in it.`);
  await access(file, constants.R_OK).catch((error: unknown) => {
    throw new StartupError(`You are not allowed to read ${file}.`, { cause: error });
  });
  return found.size;
}

async function runImport(members: Members, given: Arguments, bytes: number): Promise<ImportRecord> {
  const progress = createProgressLine(process.stdout);
  const file = createReadStream(given.file);
  // Ctrl-C ends the reading, or the writing after the running batch; the import cleans up behind itself. A second one does not wait.
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
    file.destroy(Object.assign(new Error('stopped'), { code: 'ECONNRESET' }));
    process.once('SIGINT', () => process.exit(INTERRUPTED));
  });
  const onProgress = ({ step, rows, bytes: read, rowsToWrite }: ImportProgress) =>
    step === 'reading'
      ? progress.show({ label: 'Reading', rows, done: bytes > 0 ? read / bytes : 0 })
      : progress.show({ label: 'Writing', rows, done: rowsToWrite > 0 ? rows / rowsToWrite : 1 });
  try {
    return await members.importMembers({
      file,
      source: 'command',
      onProgress,
      signal: stop.signal,
      ...(given.report ? { reportPath: given.report } : {}),
    });
  } finally {
    file.destroy();
    progress.end();
  }
}

function tell(done: ImportRecord, seconds: number): void {
  const figure = (value: number) => value.toLocaleString('en');
  say(`${figure(done.rowsRead)} rows in ${seconds.toFixed(1)} s (${figure(Math.round(done.rowsRead / seconds))} rows/s):`);
  say(
    `  ${figure(done.inserted)} new, ${figure(done.updated)} changed, ${figure(done.unchanged)} unchanged, ${figure(done.rejected)} rejected`,
  );
  for (const error of done.firstErrors.slice(0, SHOWN_ERRORS))
    say(`  line ${error.row}, ${error.column || 'row'}: ${rejectionText(error, 'en')}`);
  if (done.reportPath) say(`  All rejected rows: ${done.reportPath}`);
}

/** The sentence for the person and the exit code. */
function explain(error: unknown): { sentences: string[]; exitCode: number } {
  if (error instanceof StartupError) return { sentences: [error.message], exitCode: 1 };
  if (error instanceof DomainError) {
    const { en, vi } = error.extras.detail ?? ERRORS[error.code].title;
    const isRefused = error.code === 'import_rejected' || error.code === 'import_running';
    return {
      sentences: isRefused
        ? [en, vi, 'No member was changed.']
        : [en, vi, 'Import the same file again: what is written stays, the rest is added.'],
      exitCode: isRefused ? 1 : 3,
    };
  }
  return {
    sentences: [
      `The import stopped: ${error instanceof Error ? error.message : String(error)}`,
      'Import the same file again: what is written stays, the rest is added.',
    ],
    exitCode: 3,
  };
}

async function main(): Promise<number> {
  const given = readArguments();
  const bytes = await sizeOf(given.file);
  if (given.units) await sizeOf(given.units);
  const { members, close } = await openMembers(say);
  try {
    if (given.units) await members.addUnits(readUnits(await readFile(given.units, 'utf8')));
    const started = performance.now();
    const done = await runImport(members, given, bytes);
    tell(done, (performance.now() - started) / 1000);
    return done.rejected > 0 ? 2 : 0;
  } finally {
    await close();
  }
}

let isInterrupted = false;
process.once('SIGINT', () => {
  isInterrupted = true;
});
process.exitCode = await main().catch((error: unknown) => {
  const { sentences, exitCode } = explain(error);
  process.stderr.write(`${isInterrupted ? 'Stopped.' : sentences.join('\n')}\n`);
  return isInterrupted ? INTERRUPTED : exitCode;
});
