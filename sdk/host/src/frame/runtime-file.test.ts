import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { FRAME_REACT_VERSION, FRAME_SHARES, frameRuntime, readFrameMessage } from './index.ts';

/** React, its DOM and the federation runtime, which every mini-app shares; measured 87 kB. */
const BUDGET_BYTES = 92_000;

test('the frame’s script fits its budget, evaluates no text, and its integrity is that of its bytes', { timeout: 60_000 }, async () => {
  const { file, source, integrity } = await frameRuntime('production');
  expect(gzipSync(source, { level: 9 }).length).toBeLessThan(BUDGET_BYTES);
  expect(integrity).toBe(
    `sha256-${createHash('sha256')
      .update(await readFile(file))
      .digest('base64')}`,
  );
  expect([...source.toString().matchAll(/.{0,30}\beval\(.{0,30}/g)].map(String)).toEqual([]);
  expect((await frameRuntime('production')).integrity).toBe(integrity);
});

test('members get neither the React of development nor its hook; a developer gets both', { timeout: 60_000 }, async () => {
  const hook = /renderers\s*[:,]/;
  const [production, development] = [await frameRuntime('production'), await frameRuntime('development')];
  expect([production, development].map(({ source }) => source.includes('Warning: ') || source.includes('react.dev/link'))).toEqual([
    false,
    true,
  ]);
  expect([production, development].map(({ source }) => hook.test(source.toString()))).toEqual([false, true]);
});

test('the frame has the React that it says, under every name that it shares', async () => {
  const require = createRequire(import.meta.url);
  for (const name of ['react', 'react-dom']) expect(require(`${name}/package.json`).version).toBe(FRAME_REACT_VERSION);
  for (const name of FRAME_SHARES) expect(() => require.resolve(name)).not.toThrow();
});

test('what a frame tells is read only from that frame, without an origin, and only as it is described', () => {
  const frame = {};
  const event = (data: unknown, changes: object = {}) =>
    Object.assign(new Event('message'), { data, source: frame, origin: 'null', ...changes }) as MessageEvent;
  const started = { kind: 'chung.frame.started', afterMs: 12 };
  expect(readFrameMessage(event(started), frame)).toEqual(started);
  expect(readFrameMessage(event(started, { source: {} }), frame)).toBeNull();
  expect(readFrameMessage(event(started, { origin: 'https://evil.example' }), frame)).toBeNull();
  expect(readFrameMessage(event({ kind: 'chung.frame.started' }), frame)).toBeNull();
  expect(readFrameMessage(event({ kind: 'chung.frame.failed', message: 'x'.repeat(2_001) }), frame)).toBeNull();
  expect(readFrameMessage(event('chung.frame.started'), frame)).toBeNull();
});
