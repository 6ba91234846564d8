// The command line as its tests call it: in this process, in a folder, with nobody in front of it unless a test plays somebody.
import type { Terminal } from '../src/commands/command.ts';
import { runCli } from '../src/run.ts';

export async function chungIn(folder: string, words: readonly string[], changes: Partial<Terminal> & { readonly node?: string } = {}) {
  let [out, error] = ['', ''];
  const terminal: Terminal = {
    ...{ version: '9.9.9', cwd: folder, env: {}, language: 'en', colour: 'off' },
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    ask: async () => null,
    interruption: () => new AbortController().signal,
    ...changes,
  };
  return { code: await runCli(words, terminal, changes.node ?? '24.0.0'), out, error };
}
