// The platform as another process: programs that are no platform take its place, and whatever they do, `chung dev` is told in a sentence.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CliError } from '../commands/command.ts';
import { type PlatformProcess, PlatformRefusal, startPlatform } from './platform-process.ts';

const READY = { kind: 'ready', baseUrl: 'http://localhost:1', members: [], admin: { username: 'admin', password: 'development' } };

let root: string;
let lines: string[];
let opened: PlatformProcess | null;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'chung-platform-'));
  [lines, opened] = [[], null];
});
afterEach(async () => {
  await opened?.close();
  await rm(root, { recursive: true, force: true });
});

/** A package in the project that is called as the platform is, with this program. */
async function programmed(program: string): Promise<void> {
  const folder = path.join(root, 'node_modules/@chung/server');
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: '@chung/server', type: 'module', exports: { './dev': './dev.mjs' } }),
  );
  await writeFile(path.join(folder, 'dev.mjs'), `const say = (message) => process.send(message);\n${program}`);
}

async function start(program: string): Promise<PlatformProcess> {
  await programmed(program);
  const dataDirectory = path.join(root, '.chung/dev');
  const settings = { dataDirectory, port: 0, webhookHosts: ['127.0.0.1'] };
  opened = await startPlatform({ root, node: '24.0.0', start: settings, onLine: (line) => void lines.push(line) });
  return opened;
}

async function refusal(program: string): Promise<CliError> {
  const caught = await start(program).catch((error: unknown) => error);
  if (caught instanceof CliError) return caught;
  throw new Error(`it was not told: ${caught}`);
}

const ANSWERING = `say(${JSON.stringify(READY)});
process.on('disconnect', () => process.exit(0));
process.on('message', ({ id, ask, ...more }) => {`;

describe('a platform that starts', () => {
  test('is that of the project, is given its settings, and its lines are handed on', async () => {
    const { baseUrl, members, admin } = await start(
      `const { writeFileSync } = await import('node:fs'); writeFileSync(${JSON.stringify(path.join(root, 'given'))}, process.argv[2]);
       say({ kind: 'said', line: 'Importing provinces' }); console.error('a warning'); ${ANSWERING} });`,
    );
    expect({ baseUrl, members, admin }).toEqual({ baseUrl: READY.baseUrl, members: [], admin: READY.admin });
    expect(JSON.parse(await readFile(path.join(root, 'given'), 'utf8'))).toEqual({
      dataDirectory: path.join(root, '.chung/dev'),
      port: 0,
      webhookHosts: ['127.0.0.1'],
    });
    await expect.poll(() => lines.toSorted()).toEqual(['Importing provinces', 'a warning']);
  });

  test('answers each question with its own answer, whichever is ready first', async () => {
    const platform = await start(`${ANSWERING}
      const value = { now: new Date(more.seconds * 1000).toISOString() };
      setTimeout(() => say({ kind: 'done', id, value }), more.seconds === 1 ? 60 : 1);
    });`);
    expect(await Promise.all([1, 2, 3].map((seconds) => platform.move({ seconds })))).toEqual(
      [1, 2, 3].map((second) => ({ now: `1970-01-01T00:00:0${second}.000Z` })),
    );
  });

  test('tells what it does not do in both languages, and goes on', async () => {
    const problem = { vi: 'Không có đoàn viên đó.', en: 'There is no such member.' };
    const platform = await start(`${ANSWERING}
      say(ask === 'grants' ? { kind: 'done', id, value: { scopes: ['offers:read'] } } : { kind: 'refused', id, problem: ${JSON.stringify(problem)} });
    });`);
    const asked = { username: 'nobody', clientId: 'c' };
    const caught = await platform.withdraw({ ...asked, scope: 'offers:read' }).catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(PlatformRefusal);
    expect(caught).toMatchObject({ message: problem.en, text: problem });
    expect(await platform.grants(asked)).toEqual({ scopes: ['offers:read'] });
  });

  test.each([
    ['nothing', undefined],
    ['scopes that there are not', { scopes: ['no.such:scope'] }],
    ['something else', { now: '2026-11-28T10:00:00Z' }],
  ])('whose answer is %s is not believed', async (_what, value) => {
    const platform = await start(`${ANSWERING} say({ kind: 'done', id, value: ${JSON.stringify(value)} }); });`);
    await expect(platform.grants({ username: 'an.hanoi', clientId: 'c' })).rejects.toMatchObject({ name: 'ZodError' });
  });

  test('ends with whoever started it, and that is told', async () => {
    const platform = await start(`${ANSWERING} });`);
    await platform.close();
    await platform.ended;
    await platform.close();
  });
});

describe('a platform of another version', () => {
  const words = { vi: expect.stringContaining('không cùng phiên bản'), en: expect.stringContaining('different versions') };

  test('that cannot be understood does not start, and the sentence says what to install', async () => {
    for (const message of [{ kind: 'ready' }, { kind: 'hello' }, 'ready', 7, {}]) {
      const told = await refusal(`say(${JSON.stringify(message)}); process.on('disconnect', () => process.exit(0));`);
      expect(told).toMatchObject({ exitCode: 3, text: words, next: { en: expect.stringContaining('in one version') } });
    }
  });

  test('that answers otherwise is told to whoever asked, and to nobody else', async () => {
    const platform = await start(`${ANSWERING}
      say({ kind: 'weather', line: 'rain' });
      say(more.seconds === 1 ? { kind: 'finished', id } : { kind: 'done', id, value: { now: '2026-11-28T10:00:00Z' } });
    });`);
    const [first, second] = await Promise.allSettled([platform.move({ seconds: 1 }), platform.move({ seconds: 2 })]);
    expect(first).toMatchObject({ status: 'rejected', reason: { name: 'PlatformRefusal', text: words } });
    expect(second).toEqual({ status: 'fulfilled', value: { now: '2026-11-28T10:00:00Z' } });
  });
});

describe('a platform that ends', () => {
  test('while it is asked leaves nobody waiting', async () => {
    const platform = await start(`${ANSWERING} process.exit(1); });`);
    await expect(platform.move({ seconds: 1 })).rejects.toThrow('The platform has ended.');
    await platform.ended;
  });

  test('before it is asked leaves nobody waiting either, and nothing of it is left uncaught', async () => {
    const platform = await start(`${ANSWERING} }); setTimeout(() => process.exit(0), 10);`);
    await platform.ended;
    await expect(platform.move({ seconds: 1 })).rejects.toThrow();
    await expect(platform.grants({ username: 'an.hanoi', clientId: 'c' })).rejects.toThrow();
  });
});

describe('a platform that does not start', () => {
  test('says why in its own words', async () => {
    const told = await refusal(`say({ kind: 'failed', reason: 'Port 4100 is in use.' }); process.on('disconnect', () => process.exit(0));`);
    expect(told).toMatchObject({
      exitCode: 3,
      text: { vi: 'Nền tảng không khởi động được: Port 4100 is in use.', en: 'The platform did not start: Port 4100 is in use.' },
      next: { vi: expect.stringContaining('.chung/dev/server.log'), en: expect.stringContaining('.chung/dev/server.log') },
    });
  });

  test('is told by its last words, and of many by the last of them', async () => {
    const told = await refusal(`process.stderr.write('x'.repeat(5_000) + '\\nError: the disk is full\\n', () => process.exit(1));`);
    expect(told.text.en).toMatch(/x\nError: the disk is full$/);
    expect(told.text.en.length).toBeLessThan(2_050);
  });

  test('and says nothing was ended from outside', async () => {
    expect((await refusal(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1_000);`)).text.en).toContain(
      'it ended before it was ready',
    );
  });

  test('because its own source is broken shows the mistake', async () => {
    expect((await refusal('const = 1;')).text.en).toContain('SyntaxError');
  });
});

test.each(['22.18.9', '20.19.0', '18.0.0', '22.0.0', ''])('Node “%s” is too old: nothing is started', async (node) => {
  await programmed(
    `await import('node:fs').then(({ writeFileSync }) => writeFileSync(${JSON.stringify(path.join(root, 'started'))}, ''));`,
  );
  const settings = { dataDirectory: root, port: 0, webhookHosts: [] };
  await expect(startPlatform({ root, node, start: settings, onLine: () => {} })).rejects.toMatchObject({
    exitCode: 3,
    text: { vi: expect.stringContaining('cần Node 22.19'), en: expect.stringContaining('needs Node 22.19') },
  });
  await expect(readFile(path.join(root, 'started'))).rejects.toMatchObject({ code: 'ENOENT' });
});
