// The commands run from Node 20.19 on: what came later may stand nowhere in their source.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { deferred, urlOf } from './older-node.ts';

const SDK = path.resolve(import.meta.dirname, '../..');
/** Each is of Node 21 or 22 and compiles all the same, since the compiler's library is newer. */
const LATER =
  /\b(Promise\.(withResolvers|try)|URL\.parse|(Object|Map)\.groupBy|Array\.fromAsync|RegExp\.escape|Iterator\.from|process\.getBuiltinModule)\b/;

test('nothing of what partners install needs a newer Node than it says', () => {
  const packages = readdirSync(SDK).filter((name) => !name.includes('.'));
  const files = packages.flatMap((name) =>
    readdirSync(path.join(SDK, name, 'src'), { recursive: true, encoding: 'utf8' }).map((file) => path.join(name, 'src', file)),
  );
  const sources = files.filter((file) => /(?<!\.test|\.d)\.tsx?$/.test(file));
  expect(sources.length).toBeGreaterThan(100);
  const late = sources.flatMap((file) => {
    const lines = readFileSync(path.join(SDK, file), 'utf8').split('\n');
    return lines.flatMap((line, index) =>
      LATER.test(line) && !/^\s*(\/\/|\/?\*)/.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [],
    );
  });
  expect(late).toEqual([]);
});

test('an address is parsed or it is none', () => {
  expect(urlOf('http://localhost:4100/a')?.pathname).toBe('/a');
  for (const text of ['', 'localhost', '://', 'http://[::1']) expect(urlOf(text)).toBeNull();
});

test('a promise is settled from outside, once', async () => {
  const one = deferred<number>();
  one.resolve(1);
  one.reject(new Error('late'));
  expect(await one.promise).toBe(1);
  const other = deferred<number>();
  other.reject(new Error('no'));
  await expect(other.promise).rejects.toThrow('no');
});
