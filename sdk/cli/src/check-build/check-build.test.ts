// Each rule of the build has an app on which it fires and one, as near to it as can be, on which it does not: built by the real bundler and
// opened in a real browser.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser as findOfHarness } from '../../../../test/harness/browser.ts';
import { type SampleApp, sampleApp } from '../../testing/sample-app.ts';
import { findBrowser } from './browser.ts';
import { type BuildCheckSettings, checkBuild } from './index.ts';

const SRC = path.resolve(import.meta.dirname, '..');

/** A file that no app has in its folder. */
const OUTSIDE = path.join(SRC, '.app-outside.ts');

const VIETNAMESE = /[àáạảãâầấậẩẫăằắặẳẵèéẹẻẽêềếệểễìíịỉĩòóọỏõôồốộổỗơờớợởỡùúụủũưừứựửữỳýỵỷỹđ]/;

let apps: SampleApp[] = [];
beforeAll(() => writeFile(OUTSIDE, 'export const outside = 1;'));
afterAll(() => rm(OUTSIDE, { force: true }));
afterEach(async () => {
  for (const app of apps) await app.remove();
  apps = [];
});

async function findingsOf(changes: Readonly<Record<string, string | null>>, settings: Partial<BuildCheckSettings> = {}) {
  const app = await sampleApp(SRC, changes);
  apps.push(app);
  return checkBuild({ root: app.folder, ...settings });
}
const withoutBrowser = { browser: null } as const;
const rules = (findings: Awaited<ReturnType<typeof findingsOf>>) => findings.map(({ rule, subject }) => `${rule} ${subject}`);
const page = (body: string, before = '') => ({
  'src/page.tsx': `import { useState } from 'react'; ${before}\nexport function Page() { const [asked, setAsked] = useState(''); return ${body}; }\n`,
});
/** Text that a compressor can do nothing with. */
const noise = (bytes: number) => {
  let state = 1;
  const values = Array.from({ length: bytes }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % 256;
  });
  return Buffer.from(values).toString('base64').replaceAll('/', '_');
};

describe('without a browser', { timeout: 60_000 }, () => {
  test('a mini-app that is right has nothing but CH806, which says that nobody looked: it never passes in silence', async () => {
    const findings = await findingsOf({}, withoutBrowser);
    expect(rules(findings)).toEqual(['CH806 browser']);
    expect(findings[0]).toMatchObject({
      severity: 'review',
      message: { en: 'No browser was to be used. The app was not looked at in a browser.' },
    });
  });

  test('an app of offers alone has no build to judge', async () => {
    const app = await sampleApp(SRC);
    apps.push(app);
    const config = await readFile(path.join(app.folder, 'chung.config.ts'), 'utf8');
    await writeFile(path.join(app.folder, 'chung.config.ts'), config.replace("['home']", '[]'));
    expect(await checkBuild({ root: app.folder })).toEqual([]);
  });

  test('CH801: names the place where it does not build, to the character', async () => {
    const source = `import { gone } from './gone.ts';\nexport const Page = () => <p>{gone}</p>;\n`;
    const [finding, ...others] = await findingsOf({ 'src/page.tsx': source }, withoutBrowser);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'CH801', severity: 'error', subject: 'src/page.tsx', at: { line: 1, column: 23 } });
    expect(source.slice(finding?.at?.start)).toMatch(/^\.\/gone\.ts/);
  });

  test('CH802: counts what the first screen loads, and not what is imported later', async () => {
    const words = `export const words = '${noise(60_000)}';`;
    const at = (how: string) => findingsOf({ ...page('<p>{asked}</p>', how), 'src/words.ts': words }, withoutBrowser);
    expect(rules(await at(`import { words } from './words.ts'; document.title = words;`))).toEqual([
      expect.stringMatching(/^CH802 \d+\.\d kB$/),
      'CH806 browser',
    ]);
    const later = `document.addEventListener('click', () => void import('./words.ts').then(({ words }) => (document.title = words)));`;
    expect(rules(await at(later))).toEqual(['CH806 browser']);
  });

  test('CH803: a path of the machine in the bundle, or a file that is not sent along, makes another build elsewhere', async () => {
    const told = await findingsOf(page('<p>{import.meta.url}{asked}</p>'), withoutBrowser);
    expect(rules(told)).toEqual([expect.stringMatching(/^CH803 [0-9a-f]{16}\.js$/), 'CH806 browser']);
    expect(told[0]?.message.en).toContain('holds the path of the folder');
    const address = await findingsOf(page('<p>{new URL("./words.json", import.meta.url).pathname.length}{asked}</p>'), withoutBrowser);
    expect(rules(address)).toEqual(['CH806 browser']);
    const unsent = { 'src/words.ts': `export const words = 'x';`, '.gitignore': 'src/words.ts\n' };
    const ignored = await findingsOf(
      { ...page('<p>{words}{asked}</p>', `import { words } from './words.ts';`), ...unsent },
      withoutBrowser,
    );
    expect(ignored[0]).toMatchObject({ rule: 'CH803', message: { en: expect.stringContaining('There is no ./words.ts.') } });
    const outside = await findingsOf(page('<p>{outside}{asked}</p>', `import { outside } from '../../.app-outside.ts';`), withoutBrowser);
    expect(outside[0]).toMatchObject({
      ...{
        rule: 'CH803',
        message: { en: expect.stringMatching(/^It cannot be built in another folder: src\/page\.tsx:1:\d+ There is no /) },
      },
    });
  });
});

describe('in a browser', { timeout: 120_000 }, () => {
  test('a mini-app that is right has no finding at all, with each step told', async () => {
    const steps: string[] = [];
    expect(rules(await findingsOf({}, { onStep: (step) => void steps.push(step) }))).toEqual([]);
    expect(steps).toEqual(['build', 'build-again', 'browser']);
  });

  test.each([
    ['throws', `throw new Error('no luck');`, 'no luck'],
    ['shows nothing', `document.title = 'nothing';`, 'The first page shows nothing (in Vietnamese and in English).'],
    [
      'asks for a scope that its manifest does not request',
      `import { createMiniApp } from '@chung/mini-app'; await createMiniApp({ scopes: ['member.contact:read'] });`,
      'member.contact:read',
    ],
  ])('CH804: an app that %s', async (_what, source, words) => {
    const findings = await findingsOf({ 'src/main.tsx': source });
    expect(rules(findings)).toEqual(['CH804 start']);
    expect(findings[0]?.message.en).toContain(words);
    expect(findings[0]?.message.vi).toContain('tiếng Việt và tiếng Anh');
  });

  test('CH804: not an app that only takes its time, and not one whose declared host cannot be reached from here', async () => {
    const slow = `setTimeout(() => { document.body.append('Here at last'); }, 300); fetch('https://api.example.vn/').catch(() => {});`;
    expect(rules(await findingsOf({ 'src/main.tsx': slow }))).toEqual([]);
  });

  test('CH805: each thing that somebody cannot use or see, in the words of both languages, and nothing of what is right', async () => {
    const pairs = [
      ['button-name', '<button type="button" />', '<button type="button">Mở</button>'],
      [
        'color-contrast',
        '<p style={{ color: "#bbb", background: "#fff" }}>Mờ</p>',
        '<p style={{ color: "#333", background: "#fff" }}>Rõ</p>',
      ],
      ['image-alt', '<img src="x.png" />', '<img src="x.png" alt="" />'],
      ['label', '<input value={asked} readOnly />', '<label>Tìm <input value={asked} readOnly /></label>'],
      ['reflow', '<p style={{ width: 480, margin: 0 }}>Rộng</p>', '<p style={{ width: 320, margin: 0 }}>Vừa</p>'],
    ] as const;
    const use = '<p onClick={() => setAsked("x")}>Quà</p>';
    const found = await findingsOf(page(`<main>${use}${pairs.map(([, wrong]) => wrong).join('')}</main>`));
    expect(rules(found).toSorted()).toEqual(pairs.map(([id]) => `CH805 ${id}`));
    for (const { message } of found) {
      expect(message.vi).toMatch(VIETNAMESE);
      expect(message.en).toMatch(/^[\x20-\x7e]+in Vietnamese and in English\)/);
    }
    expect(rules(await findingsOf(page(`<main>${use}${pairs.map(([, , right]) => right).join('')}</main>`)))).toEqual([]);
  });

  test('what is wrong in one language alone is said of that one', async () => {
    const words = { vi: { title: 'Quà', offers: 'ưu đãi', press: '' }, en: { title: 'Gifts', offers: 'offers', press: 'Press' } };
    const body = `<main><h1>{words[language].title}</h1><button type="button" onClick={() => setAsked('x')}>{words[language].press}</button></main>`;
    const source = `import { useLanguage } from '@chung/mini-app/react'; import { useState } from 'react'; import words from './words.json';
      export function Page() { const language = useLanguage(); const [, setAsked] = useState(''); return ${body}; }`;
    const findings = await findingsOf({ 'src/page.tsx': source, 'src/words.json': JSON.stringify(words) });
    expect(rules(findings)).toEqual(['CH805 button-name']);
    expect(findings[0]?.message.en).toContain('(button-name, in Vietnamese)');
  });
});

describe('CH806: the browser', () => {
  test('is the one that CHROMIUM_PATH names, or none; and never a silent pass where that is nonsense', async () => {
    const { path: file } = await findOfHarness();
    expect(await findBrowser({ root: SRC, env: { CHROMIUM_PATH: file, PATH: '' } })).toMatchObject({ kind: 'found', browser: { file } });
    const findings = await findingsOf({}, { env: { CHROMIUM_PATH: '/nowhere/chromium' } });
    expect(rules(findings)).toEqual(['CH806 browser']);
    expect(findings[0]?.message.en).toBe(
      'CHROMIUM_PATH is /nowhere/chromium, which is no program. The app was not looked at in a browser.',
    );
  }, 60_000);

  test('is not there where neither the system nor the app has one', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'chung-bare-'));
    expect(await findBrowser({ root, env: { PATH: root } })).toMatchObject({
      kind: 'none',
      why: { en: 'There is no Chromium or Chrome on this machine.' },
    });
    await rm(root, { recursive: true });
  });

  test('is the packaged one where the app has that among its packages', async () => {
    const found = await findBrowser({ root: path.resolve(SRC, '../../../test'), env: { PATH: '' } });
    if (process.platform === 'linux' && process.arch === 'x64')
      expect(found).toMatchObject({ kind: 'found', browser: { file: expect.stringContaining('chung-chromium-') } });
    else expect(found.kind).toBe('none');
  }, 120_000);

  test('that does not open is said so', async () => {
    const findings = await findingsOf({}, { browser: { file: process.execPath, env: {} } });
    expect(rules(findings)).toEqual(['CH806 browser']);
    expect(findings[0]?.message.en).toMatch(/^The browser does not open: /);
  }, 60_000);
});

test('leaves nothing behind: no folder of its own, and the app as it was', { timeout: 60_000 }, async () => {
  const app = await sampleApp(SRC);
  apps.push(app);
  const ours = async () => (await readdir(tmpdir())).filter((name) => /^chung-(check|again)-/.test(name));
  const [before, files] = [await ours(), await readdir(app.folder, { recursive: true })];
  await checkBuild({ root: app.folder, browser: null });
  expect(await readdir(app.folder, { recursive: true })).toEqual(files);
  expect((await ours()).filter((name) => !before.includes(name))).toEqual([]);
});
