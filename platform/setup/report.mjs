// What a person sees while set-up runs: one line a step, and on failure one sentence with the place of the log.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/** A failure that is told to the person as it stands, without a stack. */
export class SetupError extends Error {
  /** @param {string} sentence @param {string} [logFile] */
  constructor(sentence, logFile) {
    super(sentence);
    this.logFile = logFile;
  }
}

export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Logs go to `.data/setup`: it survives `npm ci` (which empties node_modules) and is git-ignored. */
export function logPath(name) {
  const folder = join(root, '.data', 'setup');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.log`);
}

function tail(file, count) {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

/** Ends the process the way every command of this folder ends on failure. */
export function exitWithFailure(error) {
  if (error instanceof SetupError) {
    process.stderr.write(`\nchung: ${error.message}\n`);
    if (error.logFile) process.stderr.write(`Last lines of ${error.logFile}:\n${tail(error.logFile, 25)}\n`);
  } else {
    process.stderr.write(`\nchung: unexpected failure: ${error?.stack ?? error}\n`);
  }
  process.exit(1);
}
