// The example of docs/statements.md is what another implementation is held against, so it must hold here.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { canonicalJson, verifyStatement } from './statement.ts';

const PAGE = path.resolve(import.meta.dirname, '../../../docs/statements.md');

async function blocks() {
  const page = await readFile(PAGE, 'utf8');
  return [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text));
}

test('the statement of the docs is verified with the event of the docs', async () => {
  const [statement, event, ...more] = await blocks();
  expect(more).toEqual([]);
  const check = await verifyStatement({ statement, events: [event] });
  expect([check.differences, check.gaps, check.verified]).toEqual([[], [], true]);
});

test('its digests come out by a hand that knows nothing of this package but the canonical spelling', async () => {
  const [{ lines, hash, ...header }] = await blocks();
  const sha = (...parts: (string | Uint8Array)[]) => parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest();
  const [left, right] = lines.map((line: unknown) => sha(Uint8Array.of(0), canonicalJson(line)));
  expect(header.root).toBe(`sha256:${sha(Uint8Array.of(1), left, right).toString('hex')}`);
  expect(hash).toBe(`sha256:${sha(canonicalJson(header)).toString('hex')}`);
});
