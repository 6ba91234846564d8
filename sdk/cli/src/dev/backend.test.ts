// The project's backend: started with its settings, started again when its source changes, and gone when `chung dev` is, however it went.
import { fork } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Backend, hasBackend, startBackend } from './backend.ts';

/** Says its settings and its process when asked. */
const SERVER = `import { createServer } from 'node:http';
const { PORT, CHUNG_ISSUER, CHUNG_CLIENT_ID, CHUNG_WEBHOOK_SECRET } = process.env;
const answer = JSON.stringify({ pid: process.pid, VERSION, CHUNG_ISSUER, CHUNG_CLIENT_ID, CHUNG_WEBHOOK_SECRET });
createServer((_request, response) => response.end(answer)).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));`;
const WITHIN_MS = 30_000;

let root: string;
let backend: Backend | null = null;
const write = (version: number) => writeFile(path.join(root, 'server/main.mjs'), SERVER.replace('VERSION', `version: ${version}`));
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'chung-backend-'));
  await mkdir(path.join(root, 'server'));
  await writeFile(path.join(root, 'package.json'), JSON.stringify({ scripts: { server: 'node server/main.mjs' } }));
  await write(1);
});
afterEach(async () => {
  await backend?.close();
  backend = null;
  await rm(root, { recursive: true, force: true });
});

const environment = {
  issuer: 'http://localhost:1',
  backend: { clientId: 'vn.example.backend', privateKey: { kty: 'EC', d: 'private' }, scopes: [] },
  webhookKey: 'whpk_x',
};
const start = async () => {
  backend = await startBackend({ root, environment, onChange: () => {} });
  return backend;
};
const ask = async (url: string | null) => (await fetch(url ?? '').then((response) => response.json())) as { pid: number; version: number };
const isAlive = async (pid: number): Promise<boolean> => {
  try {
    process.kill(pid, 0);
    // One that has ended and that nobody has asked about yet is still listed, as a zombie.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
};

test('it is there when package.json has the script, and not otherwise', async () => {
  expect(hasBackend(root)).toBe('yes');
  for (const text of ['{}', '{"scripts":{"test":"x"}}', 'no json']) {
    await writeFile(path.join(root, 'package.json'), text);
    expect(hasBackend(root)).toBe('no');
  }
  expect(hasBackend(path.join(root, 'nowhere'))).toBe('no');
});

test('it gets its settings, starts again at a change, and ends with `close`', { timeout: 2 * WITHIN_MS }, async () => {
  const { webhookUrl, line } = await start();
  await expect
    .poll(() => ask(line.url).catch(() => null), { timeout: WITHIN_MS })
    .toMatchObject({
      ...{ version: 1, CHUNG_ISSUER: 'http://localhost:1', CHUNG_CLIENT_ID: 'vn.example.backend', CHUNG_WEBHOOK_SECRET: 'whpk_x' },
    });
  expect(webhookUrl).toBe(`${line.url}/webhooks`);
  const { pid } = await ask(line.url);
  await write(2);
  await expect.poll(() => ask(line.url).catch(() => null), { timeout: WITHIN_MS }).toMatchObject({ version: 2 });
  await expect.poll(() => isAlive(pid)).toBe(false);
  const second = await ask(line.url);
  await backend?.close();
  await expect.poll(() => isAlive(second.pid)).toBe(false);
});

test('one that ends by itself is told, with its last words, and gets no webhooks', { timeout: WITHIN_MS }, async () => {
  await writeFile(path.join(root, 'server/main.mjs'), `console.error('no database'); process.exit(3);`);
  const started = await start();
  await expect.poll(() => started.line.status, { timeout: WITHIN_MS }).toBe('ended');
  expect(started.line.lines).toContain('no database');
  expect(started.webhookUrl).toBeNull();
});

test('kill -9 of whoever started it leaves nothing running', { timeout: 2 * WITHIN_MS }, async () => {
  const pids = path.join(root, 'pid');
  await writeFile(
    path.join(root, 'server/main.mjs'),
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(pids)}, String(process.pid)); setInterval(() => {}, 1000);`,
  );
  const keeper = path.join(import.meta.dirname, 'backend-process.ts');
  const program = path.join(root, 'starter.mjs');
  await writeFile(
    program,
    `import { fork } from 'node:child_process'; fork(${JSON.stringify(keeper)}, ['server'], { cwd: ${JSON.stringify(root)} }); setInterval(() => {}, 1000);`,
  );
  const starter = fork(program, { stdio: 'ignore' });
  const started = () => readFile(pids, 'utf8').then(Number, () => 0);
  await expect.poll(started, { timeout: WITHIN_MS }).toBeGreaterThan(0);
  const pid = await started();
  starter.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: WITHIN_MS }).toBe(false);
});
