// `chung login` as a person runs it: the command in this process, their browser a visitor without a screen.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Terminal } from '../../sdk/cli/src/commands/command.ts';
import { chungIn } from '../../sdk/cli/testing/chung.ts';
import { throughPages } from '../harness/tokens.ts';
import { type Visit, Visitor } from '../harness/visitor.ts';

export interface Person {
  readonly username: string;
  readonly password: string;
}

/** A machine of one person: its home folder, and a terminal whose lines can be watched while a command runs. */
export async function openMachine(issuer: string) {
  const home = await mkdtemp(path.join(tmpdir(), 'chung-home-'));
  const env = { HOME: home, XDG_CONFIG_HOME: path.join(home, 'config'), BROWSER: 'none', CHUNG_ISSUER: issuer };
  return {
    home,
    env,
    loginFile: path.join(home, 'config', 'chung', 'logins.json'),
    chung: (words: readonly string[], changes: Partial<Terminal> = {}) => chungIn(home, words, { env, ...changes }),
    close: () => rm(home, { recursive: true, force: true }),
  };
}
export type Machine = Awaited<ReturnType<typeof openMachine>>;

/** Starts the command and answers once it has printed the address to open. */
export async function startLogin(machine: Machine, words: readonly string[] = [], changes: Partial<Terminal> = {}) {
  let said = '';
  const printed = Promise.withResolvers<string>();
  const error = (text: string) => {
    said += text;
    const [address] = /^ {2}(http\S+)$/m.exec(said) ?? [];
    if (address) printed.resolve(address.trim());
  };
  const ended = machine.chung(['login', ...words], { ...changes, error }).then((told) => ({ ...told, error: said }));
  const address = await Promise.race([
    printed.promise,
    ended.then(({ error: text }) => {
      throw new Error(`login ended before it printed an address: ${text}`);
    }),
  ]);
  return { address, ended };
}

/** Signs in and allows; answers where the browser is sent back to. */
export const allow = (address: string, person: Person, visitor = new Visitor()): Promise<URL> => throughPages(visitor, address, person);

/** What the person's browser shows in the end. */
export const land = (callback: URL): Promise<Visit> => new Visitor().open(callback.href);

export async function login(machine: Machine, person: Person, words: readonly string[] = []) {
  const { address, ended } = await startLogin(machine, words);
  const page = await land(await allow(address, person));
  return { ...(await ended), page };
}
