// What keeps `chung dev` from starting: each is one sentence with what to do next, and nothing is left running.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chungIn } from '../../testing/chung.ts';
import { startPlatform } from '../dev/platform-process.ts';

const both = (text: string) => `{ vi: '${text}', en: '${text}' }`;
const CONFIG = `import { defineApp } from '@chung/contracts';
export default defineApp({
  app_id: 'vn.example.gifts', name: ${both('Gifts')}, description: ${both('Gifts')},
  icons: [{ src: 'icon.svg', sizes: 'any' }], version: { code: 1, name: '1.0.0' }, platform_version: { min_code: 1 },
  req_permissions: [], age_rating: 'all', data_retention: { kept: 'none' }, contact: { email: 'dev@example.vn' },
});
`;

let folder: string;
const taken: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-dev-command-'));
  await writeFile(path.join(folder, 'chung.config.ts'), CONFIG);
});
afterEach(async () => {
  for (const server of taken.splice(0)) server.close();
  await rm(folder, { recursive: true, force: true });
});

async function takenPort(): Promise<number> {
  const server = createServer();
  taken.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const dev = (...words: string[]) => chungIn(folder, ['dev', ...words]);

test.each(['port', 'platform-port'])('an occupied --%s is named, with the way out', async (option) => {
  const port = await takenPort();
  const { code, error } = await dev(`--${option}`, String(port));
  expect([code, error]).toEqual([
    3,
    `Port ${port} is taken by another program.\nChoose another by --${option}, or leave the option out.\n`,
  ]);
});

test.each(['x', '-1', '70000', '1.5'])('“%s” is no port', async (text) => {
  const { code, error } = await dev(`--port=${text}`);
  expect([code, error]).toEqual([2, expect.stringContaining(`“${text}” is no port.`)]);
});

test('a broken manifest is told with its place', async () => {
  await writeFile(path.join(folder, 'chung.config.ts'), CONFIG.replace('vn.example.gifts', 'Gifts'));
  const { code, error } = await dev();
  expect([code, error]).toEqual([1, expect.stringMatching(/^chung\.config\.ts:3 .*app_id[\s\S]*chung check/)]);
});

test('a folder without a manifest, and none at all', async () => {
  await rm(path.join(folder, 'chung.config.ts'));
  expect(await dev()).toMatchObject({ code: 1, error: expect.stringContaining('There is no chung.config.ts.') });
  expect(await dev('nowhere')).toMatchObject({ code: 2, error: expect.stringContaining('There is no folder') });
});

const start = (node: string, root = folder) =>
  startPlatform({ root, node, start: { dataDirectory: path.join(folder, '.chung/dev'), port: 0, webhookHosts: [] }, onLine: () => {} });

test.each(['20.19.0', '22.18.0'])('Node %s is too old for the platform: the sentence says which is needed', async (node) => {
  await expect(start(node)).rejects.toMatchObject({ exitCode: 3, text: { en: expect.stringContaining('needs Node 22.19') } });
  expect(existsSync(path.join(folder, '.chung'))).toBe(false);
});
