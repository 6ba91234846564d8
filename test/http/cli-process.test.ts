// The command as a process of its own: it ends by itself when its work is done, and at Ctrl-C as it says.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { openReceiver, type Receiver } from '../harness/webhook-receiver.ts';
import { allow, land, type Machine, openMachine } from './cli-login.ts';

const CHUNG = path.resolve(import.meta.dirname, '../../sdk/cli/src/main.ts');

let running: TestPlatform;
let machine: Machine;
let receiver: Receiver;
beforeAll(async () => {
  running = await startTestPlatform();
  machine = await openMachine(running.demo.issuer);
  receiver = await openReceiver();
}, 120_000);
afterAll(async () => {
  await receiver?.close();
  await machine?.close();
  await running?.close();
});

function start(words: readonly string[]) {
  let text = '';
  const child: ChildProcess = spawn(process.execPath, ['--conditions=chung-source', CHUNG, ...words], {
    env: { ...process.env, ...machine.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal, text }));
  const says = async (pattern: RegExp) => {
    await expect.poll(() => text, { timeout: 30_000 }).toMatch(pattern);
    return pattern.exec(text)?.[1] ?? '';
  };
  return { child, ended, says };
}

test('login ends within seconds of the sign-in, and Ctrl-C ends listening with a summary and exit code 0', {
  timeout: 90_000,
}, async () => {
  const [owner] = running.demo.partners;
  if (!owner) throw new Error('the demo has partners');
  const login = start(['login']);
  await land(await allow(await login.says(/^ {2}(http\S+)$/m), { username: owner.username, password: owner.password }));
  const landed = performance.now();
  expect(await login.ended).toMatchObject({ code: 0, text: expect.stringContaining('Signed in at') });
  expect(performance.now() - landed).toBeLessThan(4_000);

  const listen = start(['listen', '--forward-to', receiver.origin]);
  await listen.says(/(CHUNG_WEBHOOK_SECRET)/);
  listen.child.kill('SIGINT');
  expect(await listen.ended).toMatchObject({ code: 0, signal: null, text: expect.stringContaining('0 events.') });
});
