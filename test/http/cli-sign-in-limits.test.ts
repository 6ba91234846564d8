// How long `chung login` waits, and how many attempts it keeps: a person who walks away must not leave a door open.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signInPerson } from '../../sdk/cli/src/account/sign-in.ts';
import type { Terminal } from '../../sdk/cli/src/commands/command.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { Visitor } from '../harness/visitor.ts';
import { allow, land, type Machine, openMachine, startLogin } from './cli-login.ts';

let running: TestPlatform;
let machine: Machine;
beforeAll(async () => {
  running = await startTestPlatform();
}, 120_000);
afterAll(() => running?.close());
beforeEach(async () => {
  machine = await openMachine(running.demo.issuer);
});
afterEach(() => machine.close());

/** Somebody in front of the terminal who answers when they are told that it is over. */
function terminalOf(language: 'vi' | 'en') {
  const said: string[] = [];
  const terminal: Terminal = {
    ...{ version: '0', cwd: machine.home, env: machine.env, language, colour: 'off', out: () => {} },
    error: (text) => void said.push(text),
    ask: (_question, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve(null), { once: true })),
    interruption: () => new AbortController().signal,
  };
  return { terminal, said };
}

const waiting = (terminal: Terminal, changes: Partial<Parameters<typeof signInPerson>[0]> = {}) =>
  signInPerson({ issuer: running.demo.issuer, browser: null, account: 'present', timeoutSeconds: 0.3, ...changes }, terminal);

function person() {
  const found = running.demo.partners[0];
  if (!found) throw new Error('the demo has partners');
  return { username: found.username, password: found.password };
}

describe('nobody comes', () => {
  test.each([
    ['vi', 'Không ai đăng nhập trong'],
    ['en', 'Nobody signed in within'],
  ] as const)('told in %s, with the command to run again, and the question is taken back', async (language, sentence) => {
    const { terminal, said } = terminalOf(language);
    const error: unknown = await waiting(terminal).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      exitCode: 4,
      text: { [language]: expect.stringContaining(sentence) },
      next: { [language]: expect.stringContaining(`chung login --issuer ${running.demo.issuer}`) },
    });
    // The question stood there without an end of its line.
    await expect.poll(() => said.at(-1)).toBe('\n');
  });

  test('and whoever comes later finds the port closed: their code is of no use to another program', async () => {
    const { terminal, said } = terminalOf('en');
    await waiting(terminal).catch(() => {});
    const [address = ''] = /http\S+/.exec(said[0] ?? '') ?? [];
    const redirect = new URL(address).searchParams.get('redirect_uri') ?? '';
    expect(redirect).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    await expect(fetch(redirect)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

test('the page may be opened twenty times; of more, the oldest attempt is forgotten and the latest works', {
  timeout: 60_000,
}, async () => {
  const browser = { env: { ...machine.env, BROWSER: 'true' } };
  const { address, ended } = await startLogin(machine, [], browser);
  const begun: string[] = [];
  for (let times = 0; times < 21; times++) {
    const response = await fetch(address, { redirect: 'manual' });
    begun.push(response.headers.get('location') ?? '');
  }
  expect(new Set(begun).size).toBe(21);
  const [first = ''] = begun;
  const forgotten = await new Visitor().open((await allow(first, person())).href);
  expect(forgotten.status).toBe(404);
  const page = await land(await allow(begun.at(-1) ?? '', person()));
  expect([page.status, (await ended).code]).toEqual([200, 0]);
});
