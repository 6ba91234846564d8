import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { positionStore } from './position-store.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'chung-places-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));
const store = (key: string) => positionStore({ env: { HOME: home } }, key);
const at = (cursor: string) => ({ at: 'cursor' as const, cursor, afterEvent: null });

test('each platform and address has a place of its own, and the latest counts', async () => {
  expect(store('a').last()).toBeNull();
  store('a').keep(at('1'));
  store('b').keep(at('2'));
  store('a').keep({ ...at('3'), afterEvent: 'e' });
  expect([store('a').last(), store('b').last(), store('c').last()]).toEqual([{ ...at('3'), afterEvent: 'e' }, at('2'), null]);
  expect((await stat(path.join(home, '.config/chung/listening.json'))).mode & 0o777).toBe(0o600);
});

test('a damaged file is as good as none, and is written anew', async () => {
  store('a').keep(at('1'));
  for (const damaged of ['', '{', '[]', '{"a":{"at":"time"}}']) {
    await writeFile(path.join(home, '.config/chung/listening.json'), damaged);
    expect(store('a').last()).toBeNull();
    store('a').keep(at('2'));
    expect(store('a').last()).toEqual(at('2'));
  }
});
