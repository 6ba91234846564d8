// The command as a developer meets it: what it prints, what it repairs, its exit codes, and what it says when it cannot.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chungIn } from '../testing/chung.ts';

const inBoth = (vi: string, en: string) => `{ vi: '${vi}', en: '${en}' }`;
const manifest = (permissions: string) => `import { defineApp } from '@chung/contracts';
export default defineApp({
  app_id: 'vn.example.rewards', name: ${inBoth('Quà', 'Gifts')}, description: ${inBoth('Quà tặng', 'Gifts for members')},
  icons: [{ src: 'icon.svg', sizes: 'any' }], version: { code: 1, name: '1.0.0' }, platform_version: { min_code: 1 },
  req_permissions: [${permissions}],
  age_rating: 'all', data_retention: { kept: 'none' }, contact: { email: 'dev@example.vn' },
});
`;
const CLEAN = `{ name: 'offers:read', purpose: ${inBoth('Xem ưu đãi', 'See offers')} }`;
const PROGRAM = `import { createMiniApp } from '@chung/mini-app';
const app = await createMiniApp({ scopes: ['offers:read', 'redemptions:claim'] });
export const claim = async (offerId: string) => (await app.offers.list()).items.length > 0 && app.offers.claim({ offerId });
`;
const CLAIM_PURPOSE = 'redemptions:claim=Nhận ưu đãi cho bạn|Claim offers for you';

let folder: string;
beforeEach(async () => {
  // In the workspace, so that the SDK is found as in a project that has installed it.
  folder = await mkdtemp(path.join(import.meta.dirname, '.app-'));
  const compilerOptions = {
    module: 'esnext',
    moduleResolution: 'bundler',
    customConditions: ['chung-source'],
    target: 'es2024',
    types: [],
  };
  const options = { ...compilerOptions, strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true };
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
  // Its own, so that it is not judged by the dependencies of this repository.
  await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages: {} }));
  await writeFile(path.join(folder, 'main.ts'), PROGRAM);
  await writeFile(path.join(folder, 'chung.config.ts'), manifest(CLEAN));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const chung = (words: readonly string[], changes?: Parameters<typeof chungIn>[2]) => chungIn(folder, words, changes);

describe('chung check', { timeout: 60_000 }, () => {
  test('names the missing scope with its line, and says how to repair it', async () => {
    const { code, out } = await chung(['check']);
    expect(code).toBe(1);
    expect(out).toContain('redemptions:claim');
    expect(out).toMatch(/main\.ts:3:\d+/);
    expect(out).toContain('--fix');
    const inVietnamese = await chung(['check'], { language: 'vi' });
    expect(inVietnamese.out).toContain('lỗi');
  });

  test('repairs it with a purpose that a person has given, and is content then', async () => {
    const unasked = await chung(['check', '--fix']);
    expect(unasked.error).toContain('added with their purpose only: redemptions:claim');
    expect(await readFile(path.join(folder, 'chung.config.ts'), 'utf8')).toBe(manifest(CLEAN));
    const { code, out, error } = await chung(['check', '--fix', '--purpose', CLAIM_PURPOSE]);
    expect([code, error]).toEqual([0, 'Repaired chung.config.ts\n']);
    expect(out).toContain('0 error');
    expect(await readFile(path.join(folder, 'chung.config.ts'), 'utf8')).toContain('Nhận ưu đãi cho bạn');
  });

  test('asks the person in front of it, in both languages, once a scope', async () => {
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return question.includes('Vietnamese') ? 'Nhận giúp bạn' : 'Claim for you';
    };
    expect((await chung(['check', '--fix'], { ask })).code).toBe(0);
    expect(asked).toHaveLength(2);
  });

  test('speaks to programs: JSON and SARIF', async () => {
    const json = JSON.parse((await chung(['check', '--json'])).out);
    expect(json.scopes.missing).toEqual(['redemptions:claim']);
    const sarif = JSON.parse((await chung(['check', '--sarif'])).out);
    expect(sarif.runs[0].tool.driver).toMatchObject({ semanticVersion: '9.9.9' });
    expect(sarif.runs[0].results.length).toBeGreaterThan(0);
  });

  test('looks at the folder that is named', async () => {
    const { code } = await chung(['check', path.basename(folder)], { cwd: path.dirname(folder) });
    expect(code).toBe(1);
  });

  test('says that the manifest is missing, and where it breaks', async () => {
    await writeFile(path.join(folder, 'chung.config.ts'), manifest(`{ name: 'offers:read', purpose: { vi: 'Xem', en: '' } }`));
    expect((await chung(['check'])).out).toContain('CH503');
    await rm(path.join(folder, 'chung.config.ts'));
    expect((await chung(['check'])).out).toContain('CH501');
  });
});

describe('what cannot be done', () => {
  test.each([
    [['chek'], 2, 'There is no command “chek”.'],
    [['check', 'nowhere'], 2, 'There is no folder'],
    [['check', '--colour'], 2, "Unknown option '--colour'"],
    [['check', '--fix', '--purpose', 'nonsense'], 2, '“nonsense” is no purpose.'],
  ])('%j ends with %i and one clear sentence', async (words, code, sentence) => {
    const told = await chung(words);
    expect(told.code).toBe(code);
    expect(told.error).toContain(sentence);
    expect(told.error).not.toMatch(/\n\s+at /);
    expect(told.out).toBe('');
  });

  test('a Node that is too old is named, with the one that is needed', async () => {
    const told = await chung(['check'], { node: '18.20.1' });
    expect([told.code, told.error]).toEqual([3, 'Node 18.20.1 is too old.\nInstall Node 20.19 or newer.\n']);
  });

  test('a tsconfig.json that is no JSON is named with its place', async () => {
    await writeFile(path.join(folder, 'tsconfig.json'), '{\n  "compilerOptions": { "target": "ES2022,\n}');
    const told = await chung(['check']);
    expect([told.code, told.out, told.error]).toEqual([1, '', expect.stringMatching(/^tsconfig\.json:2:\d+ is no valid JSON: .*\n.+\n$/)]);
  });

  test('a stack trace comes only with --debug', async () => {
    expect((await chung(['check', 'nowhere', '--debug'])).error).toMatch(/\n\s+at /);
  });
});

test('helps: the commands, one of them, and its version', async () => {
  expect((await chung([])).out).toContain('chung check [FOLDER]');
  expect((await chung(['check', '--help'], { language: 'vi' })).out).toContain('--purpose SCOPE=VI|EN');
  expect(await chung(['--version'])).toMatchObject({ code: 0, out: '9.9.9\n' });
});
