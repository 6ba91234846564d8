// What a developer sees of a build, and what a script can read of it.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chungIn } from '../../testing/chung.ts';
import { type SampleApp, sampleApp } from '../../testing/sample-app.ts';

let app: SampleApp;
beforeEach(async () => {
  app = await sampleApp(path.resolve(import.meta.dirname, '..'));
});
afterEach(() => app.remove());

const chung = (words: readonly string[], changes?: Parameters<typeof chungIn>[2]) => chungIn(app.folder, words, changes);

describe('chung build', { timeout: 60_000 }, () => {
  test('tells files, sizes, the budget and the digest, and writes them to dist', async () => {
    const { code, out, error } = await chung(['build']);
    expect([code, error]).toEqual([0, 'Bundling vn.example.sample-app 1.0.0 …\n']);
    expect(out).toMatch(/remoteEntry\.js +\d+\.\d kB +\d+\.\d kB gzip {3}first load/);
    expect(out).toMatch(/First load: \d+\.\d kB \/ 40\.0 kB gzip, beside React, which the frame has\./);
    expect(out).toMatch(/Digest: sha256:[0-9a-f]{64}\nWritten to dist in \d+\.\d s\.\n$/);
    expect(await readdir(path.join(app.folder, 'dist'))).toContain('remoteEntry.js');
    expect((await chung(['build'], { language: 'vi' })).out).toContain('Đã ghi vào dist sau');
  });

  test('speaks to programs: the same digest each time, wherever it goes', async () => {
    const first = JSON.parse((await chung(['build', '--json'])).out);
    expect(first).toMatchObject({
      ...{ version: 1, appId: 'vn.example.sample-app', release: { code: 1, name: '1.0.0' }, budgetGzipBytes: 40_000 },
      digest: expect.stringMatching(/^sha256:/),
      firstLoad: expect.arrayContaining(['remoteEntry.js']),
    });
    const name = path.basename(app.folder);
    const there = await chungIn(path.dirname(app.folder), ['build', name, '--json', '--out', `${name}/elsewhere/bundle`]);
    expect(JSON.parse(there.out)).toMatchObject({ digest: first.digest, folder: path.join(app.folder, 'elsewhere/bundle') });
  });

  test('says what is over the budget and what helps, and ends with 1, with the bundle there to look at', async () => {
    const bytes = Buffer.alloc(60_000).map((_, index) => (index * index * 31 + (index >> 3) * 7 + (index % 251) * 13) % 256);
    const words = Buffer.from(bytes).toString('base64').replaceAll('/', '_');
    await app.change({ 'src/page.tsx': `export const words = '${words}'; export const Page = () => <p>{words}</p>;` });
    const { code, out } = await chung(['build']);
    expect([code, out]).toEqual([1, expect.stringContaining('That is over the budget: import() later')]);
    expect(await readdir(path.join(app.folder, 'dist'))).toContain('remoteEntry.js');
  });

  test('has nothing to do for an app of offers alone, and says so', async () => {
    const config = await readFile(path.join(app.folder, 'chung.config.ts'), 'utf8');
    await writeFile(path.join(app.folder, 'chung.config.ts'), config.replace("['home']", '[]'));
    expect(await chung(['build'])).toMatchObject({
      ...{ code: 0, out: 'The app is of offers alone, without a page: there is nothing to build.\n' },
    });
    expect(JSON.parse((await chung(['build', '--json'])).out)).toEqual({ version: 1, files: [], digest: null });
    expect(await readdir(app.folder)).not.toContain('dist');
  });

  test('tells every mistake with its place, in the language of the person, and ends with 1', async () => {
    await app.change({ 'src/page.tsx': `import { gone } from './gone.ts';\nexport const Page = () => <p>{gone}</p>;\n` });
    const told = await chung(['build']);
    expect([told.code, told.out]).toEqual([1, '']);
    expect(told.error).toContain('It cannot be built:\n  src/page.tsx:1:23 There is no ./gone.ts.\n');
    expect(told.error).not.toMatch(/\n\s+at /);
    expect((await chung(['build'], { language: 'vi' })).error).toContain('src/page.tsx:1:23 Không có tệp ./gone.ts.');
    expect(JSON.parse((await chung(['build', '--json'])).out).problems).toEqual([
      { file: 'src/page.tsx', line: 1, column: 23, message: { vi: expect.any(String), en: 'There is no ./gone.ts.' } },
    ]);
  });

  test('takes nothing away that it did not make', async () => {
    const { code, error } = await chung(['build', '--out', 'src']);
    expect([code, error]).toEqual([1, expect.stringContaining('holds files that are not of a bundle')]);
    expect(await readdir(path.join(app.folder, 'src'))).toContain('main.tsx');
    expect((await chung(['build', 'nowhere'])).code).toBe(2);
  });
});
