#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Terminal } from './commands/command.ts';
import { runCli } from './run.ts';

const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const { stdin, stdout, stderr, env } = process;

/** `CHUNG_LANG`, else the language of the system; English for whoever has neither. */
const language = /^vi/i.test(env['CHUNG_LANG'] ?? env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '') ? 'vi' : 'en';

const terminal: Terminal = {
  version,
  cwd: process.cwd(),
  env,
  language,
  // https://no-color.org
  colour: stdout.isTTY && !env['NO_COLOR'] ? 'on' : 'off',
  out: (text) => void stdout.write(text),
  error: (text) => void stderr.write(text),
  ask: async (question) => {
    if (!stdin.isTTY || !stderr.isTTY) return null;
    const lines = createInterface({ input: stdin, output: stderr });
    try {
      return (await lines.question(question)).trim();
    } finally {
      lines.close();
    }
  },
};

process.exitCode = await runCli(process.argv.slice(2), terminal, process.versions.node);
