// The gate before the check, the content store, and what is swept away.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { SUBMISSION_LIMITS } from '@chung/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { createDiskStore } from './content-store.ts';
import { createGate } from './gate.ts';
import { receiveArchive } from './receive-archive.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-intake-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the gate', () => {
  /** Work that goes on until it is let go. */
  function works(gate: ReturnType<typeof createGate>) {
    const inside: string[] = [];
    const ends = new Map<string, PromiseWithResolvers<void>>();
    const start = (name: string) => {
      const end = Promise.withResolvers<void>();
      ends.set(name, end);
      return gate.pass(async () => {
        inside.push(name);
        await end.promise;
        return name;
      });
    };
    return { inside, start, end: (name: string) => ends.get(name)?.resolve() };
  }

  test('lets as many in as it may, the others in their order, and hands a place on', async () => {
    const { inside, start, end } = works(createGate({ atOnce: 2, waiting: 5 }));
    const all = ['a', 'b', 'c', 'd'].map(start);
    await setTimeout(5);
    expect(inside).toEqual(['a', 'b']);
    end('b');
    await setTimeout(5);
    expect(inside).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c', 'd']) end(name);
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('tells whoever comes beyond to come again, and is open again afterwards', async () => {
    const gate = createGate({ atOnce: 1, waiting: 1 });
    const { start, end } = works(gate);
    const [first, second] = [start('first'), start('second')];
    await expect(start('third')).rejects.toMatchObject({ code: 'unavailable', extras: { retryAfterSeconds: 30 } });
    end('first');
    end('second');
    await Promise.all([first, second]);
    expect(await gate.pass(async () => 'fourth')).toBe('fourth');
  });

  test('work that fails leaves its place', async () => {
    const gate = createGate({ atOnce: 1, waiting: 1 });
    for (let turn = 0; turn < 3; turn++) await expect(gate.pass(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.pass(async () => 'fine')).toBe('fine');
  });
});

describe('receiving', () => {
  const target = () => path.join(folder, 'incoming');

  test('the file holds what was sent, and its digest is that of the bytes', async () => {
    const parts = [Buffer.from('one'), 'hai', Buffer.alloc(100_000, 7)];
    const whole = Buffer.concat(parts.map((part) => Buffer.from(part)));
    const received = await receiveArchive(Readable.from(parts), target());
    expect(received).toEqual({
      ...{ file: target(), bytes: whole.length },
      digest: `sha256:${createHash('sha256').update(whole).digest('hex')}`,
    });
    expect(await readFile(target())).toEqual(whole);
  });

  test('too much ends at the first byte that is too many, and the sender’s stream stays open for the answer', async () => {
    let asked = 0;
    const stream = Readable.from(
      (function* () {
        for (; asked < 100; asked++) yield Buffer.alloc(1_024 ** 2);
      })(),
    );
    const error: unknown = await receiveArchive(stream, target()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ code: 'payload_too_large' });
    expect([stream.destroyed, asked <= SUBMISSION_LIMITS.archiveBytes / 1_024 ** 2 + 20]).toEqual([false, true]);
  });

  test('a place that is taken is not written over', async () => {
    await writeFile(target(), 'mine');
    await expect(receiveArchive(Readable.from(['theirs']), target())).rejects.toThrow('EEXIST');
    expect(await readFile(target(), 'utf8')).toBe('mine');
  });
});

describe('the content store', () => {
  const digest = `sha256:ab${'0'.repeat(62)}`;

  test('moves a file to the place of its digest, and the same content again to the same place', async () => {
    const store = await createDiskStore(path.join(folder, 'store'));
    for (const name of ['first', 'second']) {
      await writeFile(store.incoming(name), 'content');
      await store.keep(store.incoming(name), digest);
    }
    // A transaction that runs again asks for what was moved already.
    await store.keep(store.incoming('second'), digest);
    expect(await readdir(path.join(folder, 'store/incoming'))).toEqual([]);
    expect(await readFile(path.join(folder, 'store/sha256/ab', digest.slice(7)), 'utf8')).toBe('content');
  });

  test('a file that is not there is an error, and makes no empty place', async () => {
    const store = await createDiskStore(path.join(folder, 'store'));
    await expect(store.keep(store.incoming('gone'), digest)).rejects.toThrow('ENOENT');
    expect(await readdir(path.join(folder, 'store/sha256/ab'))).toEqual([]);
  });
});
