// npm run members:import -- FILE [--report PATH] [--units UNITS_FILE]
// Exit codes: 0 all rows are in · 1 refused, no member was changed · 2 done, but rows were rejected (they are in the report)
// · 3 stopped while writing: importing the same file again completes it · 130 stopped by Ctrl-C, 143 by SIGTERM.
import { createReadStream } from 'node:fs';
import { access, constants, readFile, realpath, stat } from 'node:fs/promises';
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
const STOPPING_SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;
const COMPLETE_LATER = 'Import the same file again: what is written stays, the rest is added.';
const UNCHANGED = 'No member was changed.';

// A signal ends the reading, or the writing after the running batch; the import cleans up behind itself. A second one does not wait.
const stop = new AbortController();
let exitCodeOfStop: number | undefined;
let isWriting = false;
for (const [signal, exitCode] of Object.entries(STOPPING_SIGNALS))
  process.on(signal, () => {
    if (exitCodeOfStop !== undefined) process.exit(exitCode);
    exitCodeOfStop = exitCode;
    process.stderr.write('\nStopping …\n');
    stop.abort();
  });

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

/** The report must not be written over what is read, nor be found impossible when the reading is done. */
async function checkReportPath({ file, units, report }: Arguments): Promise<void> {
  if (!report) return;
  const there = await realpath(report).catch(() => report);
  for (const read of [file, units])
    if (read !== undefined && (await realpath(read)) === there)
      throw new StartupError(`${read} is read by this import: choose another file for --report.`);
  const found = await stat(there).catch(() => null);
  if (found && !found.isFile()) throw new StartupError(`${report} is not a file: name the file that --report shall write.`);
  await access(path.dirname(there), constants.W_OK).catch((error: unknown) => {
    throw new StartupError(`There is no folder ${path.dirname(there)} that the report can be written to.`, { cause: error });
  });
}

/** Larger than Node's own: each piece goes through two threads and the database, and waits for each. */
const PIECE_BYTES = 256 * 1024;

async function runImport(members: Members, given: Arguments, bytes: number): Promise<ImportRecord> {
  const progress = createProgressLine(process.stdout);
  const file = createReadStream(given.file, { highWaterMark: PIECE_BYTES });
  stop.signal.addEventListener('abort', () => file.destroy(Object.assign(new Error('stopped'), { code: 'ECONNRESET' })), { once: true });
  const onProgress = ({ step, rows, bytes: read, rowsToWrite }: ImportProgress) => {
    isWriting = step === 'writing';
    if (isWriting) progress.show({ label: 'Writing', rows, done: rowsToWrite > 0 ? rows / rowsToWrite : 1 });
    else progress.show({ label: 'Reading', rows, done: bytes > 0 ? read / bytes : 0 });
  };
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
      sentences: isRefused ? [en, vi, UNCHANGED] : [en, vi, COMPLETE_LATER],
      exitCode: isRefused ? 1 : 3,
    };
  }
  return {
    sentences: [`The import stopped: ${error instanceof Error ? error.message : String(error)}`, COMPLETE_LATER],
    exitCode: 3,
  };
}

async function main(): Promise<number> {
  const given = readArguments();
  const bytes = await sizeOf(given.file);
  if (given.units) await sizeOf(given.units);
  await checkReportPath(given);
  const { members, close } = await openMembers(say);
  try {
    // A signal that came while the database was being opened.
    stop.signal.throwIfAborted();
    if (given.units) await members.addUnits(readUnits(await readFile(given.units, 'utf8')));
    const started = performance.now();
    const done = await runImport(members, given, bytes);
    tell(done, (performance.now() - started) / 1000);
    return done.rejected > 0 ? 2 : 0;
  } finally {
    await close();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  const { sentences, exitCode } =
    exitCodeOfStop === undefined
      ? explain(error)
      : { sentences: [`Stopped. ${isWriting ? COMPLETE_LATER : UNCHANGED}`], exitCode: exitCodeOfStop };
  process.stderr.write(`${sentences.join('\n')}\n`);
  return exitCode;
});
