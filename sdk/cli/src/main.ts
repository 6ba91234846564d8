#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Terminal } from './commands/command.ts';
import { runCli } from './run.ts';

const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const { stdin, stdout, stderr, env } = process;

/** `CHUNG_LANG`, else the language of the system; English for whoever has neither. */
const language = /^vi/i.test(env['CHUNG_LANG'] ?? env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '') ? 'vi' : 'en';

/** Null when the input ends or the signal comes first: `question` alone would then wait for ever. */
async function askPerson(question: string, signal?: AbortSignal): Promise<string | null> {
  const lines = createInterface({ input: stdin, output: stderr });
  // A terminal that is being read gives Ctrl-C to its reader; it is meant for the program.
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
  try {
    const answer = await Promise.race([lines.question(question, signal ? { signal } : {}).catch(() => null), ended]);
    return answer === null ? null : answer.trim();
  } finally {
    lines.close();
  }
}

const terminal: Terminal = {
  version,
  cwd: process.cwd(),
  env,
  language,
  // https://no-color.org
  colour: stdout.isTTY && !env['NO_COLOR'] ? 'on' : 'off',
  out: (text) => void stdout.write(text),
  error: (text) => void stderr.write(text),
  ask: async (question, signal) => (stdin.isTTY && stderr.isTTY ? askPerson(question, signal) : null),
  interruption: () => {
    const controller = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
    return controller.signal;
  },
};

process.exitCode = await runCli(process.argv.slice(2), terminal, process.versions.node);
