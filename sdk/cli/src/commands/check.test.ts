// What the check says beyond the source: of what is built, and of what a browser shows.
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findBrowser } from '../../../../test/harness/browser.ts';
import { chungIn } from '../../testing/chung.ts';
import { type SampleApp, sampleApp } from '../../testing/sample-app.ts';

let app: SampleApp;
let env: Readonly<Record<string, string>>;
beforeEach(async () => {
  app = await sampleApp(path.resolve(import.meta.dirname, '..'));
  const { path: file, env: needed } = await findBrowser();
  env = { CHROMIUM_PATH: file, ...needed };
});
afterEach(() => app.remove());

const chung = (words: readonly string[], changes?: Parameters<typeof chungIn>[2]) => chungIn(app.folder, words, { env, ...changes });

/** Wrong in three ways: an undeclared host in the source, a path of the machine in the bundle, a picture that nobody can hear. */
const WRONG = `export function Page() {
  return <main><img src="x.png" /><p>{import.meta.url}</p><button type="button" onClick={() => fetch('https://api.example.vn/')}>Gọi</button></main>;
}
`;

describe('chung check of a mini-app', { timeout: 120_000 }, () => {
  test('builds it twice, opens it, tells that it does, and is content with one that is right', async () => {
    const { code, out, error } = await chung(['check']);
    expect([code, out]).toEqual([0, '0 error · 0 warning · 0 for a person\n']);
    expect(error).toBe('Bundling …\nBundling again, in another folder …\nOpening the first page in a browser …\n');
  });

  test('tells what the source says first, then what the build and the browser say, to people and programs alike', async () => {
    await app.change({ 'src/page.tsx': WRONG, 'src/main.tsx': MAIN });
    const { code, out } = await chung(['check', '--json']);
    expect(code).toBe(1);
    const rules = JSON.parse(out).findings.map(({ rule }: { rule: string }) => rule);
    expect(rules.filter((rule: string) => rule !== 'CH102')).toEqual(['CH201', 'CH803', 'CH805']);
    const sarif = JSON.parse((await chung(['check', '--sarif'])).out);
    expect(sarif.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(
      expect.arrayContaining(['CH201', 'CH803', 'CH805']),
    );
  });

  test('reads the source alone with --static', async () => {
    await app.change({ 'src/page.tsx': WRONG, 'src/main.tsx': MAIN });
    const { out, error } = await chung(['check', '--static', '--json']);
    expect(JSON.parse(out).findings.map(({ rule }: { rule: string }) => rule)).toEqual(expect.not.arrayContaining(['CH803', 'CH805']));
    expect([error, out.includes('CH201')]).toEqual(['', true]);
  });

  test('does not pass in silence where there is no browser: it says so, and still ends with 0', async () => {
    const { code, out } = await chung(['check'], { env: { CHROMIUM_PATH: '/nowhere' }, language: 'vi' });
    expect([code, out]).toEqual([0, expect.stringContaining('cần người xem CH806 CHROMIUM_PATH là /nowhere, không chạy được.')]);
    expect(out).toContain('docs/check/not-looked-at.md');
  });
});

const MAIN = `import { createRoot } from 'react-dom/client';
import { Page } from './page.tsx';
const root = document.querySelector('#root');
if (root) createRoot(root).render(<Page />);
`;
