// What is said of what a browser saw: once a mistake, with the languages in which it was met, in both of ours.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULES } from '../analysis/rules.ts';
import { doesNotBuild, lookFindings, notLookedAt, tooLarge } from './findings.ts';
import { type Look, NOTHING_SHOWN } from './look.ts';

const look = (changes: Partial<Look> = {}): Look => ({ broke: null, violations: [], tooWide: 0, ...changes });
const violation = (id: string, ...targets: string[]) => ({
  id,
  help: `Help of ${id}`,
  nodes: targets.map((target) => ({ target: [target], html: `<i class="${target}">` })),
});
const both = (vi: Look, en: Look) =>
  lookFindings([
    { language: 'vi', look: vi },
    { language: 'en', look: en },
  ]);
const told = (findings: ReturnType<typeof lookFindings>) =>
  findings.map(({ rule, subject, message }) => `${rule} ${subject}: ${message.en}`);

describe('what was seen', () => {
  test('nothing wrong is no finding', () => expect(both(look(), look())).toEqual([]));

  test('the same mistake at the same place in both languages is one finding, at two places it is two', () => {
    const seen = look({ violations: [violation('label', '#a', '#b')] });
    expect(told(both(seen, seen))).toEqual([
      'CH805 label: Help of label (label, in Vietnamese and in English): #a: <i class="#a">',
      'CH805 label: Help of label (label, in Vietnamese and in English): #b: <i class="#b">',
    ]);
    expect(both(seen, look())[0]?.message).toEqual({
      vi: 'Ô nhập không có nhãn (label, tiếng Việt): #a: <i class="#a">',
      en: 'Help of label (label, in Vietnamese): #a: <i class="#a">',
    });
  });

  test('a rule that has no Vietnamese words of ours keeps those of axe, and is told all the same', () => {
    const [finding] = both(look(), look({ violations: [violation('a-rule-of-tomorrow', 'p')] }));
    expect(finding?.message).toMatchObject({ vi: expect.stringContaining('Help of a-rule-of-tomorrow (a-rule-of-tomorrow, tiếng Anh)') });
  });

  test('long markup is cut, so that a finding stays a line', () => {
    const seen = { id: 'label', help: 'Help', nodes: [{ target: ['p'], html: `<p>${'x'.repeat(5_000)}` }] };
    expect(both(look({ violations: [seen] }), look())[0]?.message.en.length).toBeLessThan(200);
  });

  test('what broke is told with the words of the error; that nothing was shown, in ours', () => {
    expect(told(both(look({ broke: 'x is not a function' }), look({ broke: 'x is not a function' })))).toEqual([
      'CH804 start: The app does not run (in Vietnamese and in English): x is not a function',
    ]);
    const empty = both(look({ broke: NOTHING_SHOWN }), look());
    expect(empty[0]?.message).toEqual({ vi: 'Trang đầu không hiện gì (tiếng Việt).', en: 'The first page shows nothing (in Vietnamese).' });
  });

  test('two different errors in two languages are two findings', () => {
    expect(told(both(look({ broke: 'one' }), look({ broke: 'other' })))).toHaveLength(2);
  });

  test('how much too wide the page is, in whichever language it is', () => {
    expect(told(both(look(), look({ tooWide: 42 })))).toEqual(['CH805 reflow: The first page is 42 px wider than a phone (in English).']);
  });
});

test('sizes are told in kilobytes of a thousand, as budgets are', () => {
  expect(tooLarge(52_345, 40_000).message.en).toContain('The first screen loads 52.3 kB compressed; the budget is 40.0 kB');
});

test('not to have looked is for a person, never a pass', () => {
  const { rule, severity, message } = notLookedAt({ vi: 'Vì thế.', en: 'Because.' });
  expect([rule, severity, message.vi, message.en]).toEqual([
    ...['CH806', 'review', 'Vì thế. Chưa xem ứng dụng trong trình duyệt.', 'Because. The app was not looked at in a browser.'],
  ]);
  expect(RULES[rule].remedy.en).toContain('CHROMIUM_PATH');
});

describe('where it does not build', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'chung-place-'));
  const source = 'const a = 1;\r\nconst b = ;\nend\n';
  writeFileSync(path.join(root, 'main.ts'), source);
  const message = { vi: 'Sai', en: 'Wrong' };

  test('the place is in characters too, to the end of its line', () => {
    const { at } = doesNotBuild({ file: 'main.ts', line: 2, column: 11, message }, root);
    expect(source.slice(at?.start, at?.end)).toBe(';');
    expect(doesNotBuild({ file: 'main.ts', line: null, column: null, message }, root).at).toMatchObject({ line: 1, column: 1, start: 0 });
  });

  test('a line that is not there any more is no reason to fail', () => {
    const { at } = doesNotBuild({ file: 'main.ts', line: 90, column: 4, message }, root);
    expect(at?.end).toBeGreaterThanOrEqual(at?.start ?? 0);
  });

  test('a file outside of the app is named and not pointed into', () => {
    expect(doesNotBuild({ file: '../other/x.ts', line: 1, column: 1, message }, root)).toMatchObject({
      subject: '../other/x.ts',
      at: null,
    });
    expect(doesNotBuild({ file: null, line: null, column: null, message }, root)).toMatchObject({ subject: 'build', at: null });
    rmSync(root, { recursive: true });
  });
});
