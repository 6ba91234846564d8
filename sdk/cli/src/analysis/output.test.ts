import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { analyse, applyEdits, editsOf, type Findings, openProject, RULE_CODES, toJson, toSarif, toText } from './index.ts';

const MAIN = `import { createMiniApp } from '@chung/mini-app';

const app = await createMiniApp({ scopes: ['redemptions:claim'] });
export const { claim } = app.offers;
`;
const CONFIG = `export default {
  app_id: 'vn.example.rewards',
  name: { vi: 'Quà', en: 'Gifts' },
  description: { vi: 'Quà', en: 'Gifts' },
  icons: [{ src: 'app.svg', sizes: 'any' }],
  version: { code: 1, name: '1.0.0' },
  platform_version: { min_code: 1 },
  req_permissions: [
    { name: 'offers:read', purpose: { vi: 'Hiện ưu đãi', en: 'Show offers' } },
    { name: 'openid', purpose: { vi: 'Nhận ra bạn', en: 'Recognise you' } },
  ],
  age_rating: 'all',
  data_retention: { kept: 'none' },
  contact: { email: 'partners@example.vn' },
};
`;
const TSCONFIG = {
  extends: '../../../../../tsconfig.base.json',
  compilerOptions: { module: 'ESNext', moduleResolution: 'Bundler', lib: ['ES2024', 'DOM', 'DOM.AsyncIterable'] },
  include: ['src', 'chung.config.ts'],
};

let folder: string;
let all: Findings;

const place = (name: string) => path.join(folder, name);
const text = (name: string) => readFileSync(place(name), 'utf8');

beforeAll(() => {
  folder = mkdtempSync(path.join(import.meta.dirname, 'project-'));
  mkdirSync(place('src'));
  symlinkSync(path.resolve(import.meta.dirname, '../../../../node_modules'), place('node_modules'));
  writeFileSync(place('package.json'), '{ "name": "example-rewards" }');
  writeFileSync(place('package-lock.json'), '{ "packages": {} }');
  writeFileSync(place('tsconfig.json'), JSON.stringify(TSCONFIG));
  writeFileSync(place('src/main.ts'), MAIN);
  writeFileSync(place('chung.config.ts'), CONFIG);
  all = analyse(openProject(folder));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('findings are data: what, how grave, and where to the column', () => {
  expect(all.findings.map(({ rule, subject, at }) => [rule, subject, `${at?.file}:${at?.line}:${at?.column}`])).toEqual([
    ['CH102', 'offers:read', 'chung.config.ts:9:5'],
    ['CH104', 'redemptions:claim', 'src/main.ts:3:44'],
    ['CH101', 'redemptions:claim', 'src/main.ts:4:16'],
  ]);
  expect(all.scopes.uses).toEqual([expect.objectContaining({ scope: 'redemptions:claim', operation: 'offers.claim' })]);
});

test('for people: the line, a mark under the place, what to do and where to read on', () => {
  const shown = toText(all.findings, { language: 'en', readText: text });
  expect(shown).toContain(`error CH101 offers.claim needs redemptions:claim, which the manifest does not request.
  src/main.ts:4:16
    3 │ const app = await createMiniApp({ scopes: ['redemptions:claim'] });
  > 4 │ export const { claim } = app.offers;
      │                ^^^^^`);
  expect(shown).toContain('docs/check/scope-missing.md');
  expect(shown).toContain('--fix: Remove offers:read from the manifest');
  expect(shown).toMatch(/3 error · 0 warning · 0 for a person\n$/);
  expect(toText(all.findings, { language: 'vi', readText: () => null, colour: 'on' })).toContain(
    '\u001b[31mlỗi CH101\u001b[0m offers.claim cần quyền',
  );
});

test('for programs: one object with the evidence', () => {
  const read = JSON.parse(toJson(all));
  expect(read).toMatchObject({
    version: 1,
    scopes: { used: ['redemptions:claim'], missing: ['redemptions:claim'], unused: ['offers:read'] },
  });
  expect(read.findings[0]).toMatchObject({ rule: 'CH102', docs: 'docs/check/scope-unused.md', fix: { needs: 'nothing' } });
});

/** The parts of the SARIF 2.1.0 schema that a reader needs, as strict as it is. */
const region = z.strictObject({
  startLine: z.int().min(1),
  startColumn: z.int().min(1),
  charOffset: z.int().min(0),
  charLength: z.int().min(0),
});
const artifact = z.strictObject({ uri: z.string().regex(/^[^/\\ ][^\\ ]*$/), uriBaseId: z.literal('PROJECT') });
const message = z.strictObject({ text: z.string().min(1) });
const level = z.enum(['none', 'note', 'warning', 'error']);
const Sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string(),
          semanticVersion: z.string(),
          rules: z.array(
            z.strictObject({
              ...{ id: z.string(), name: z.string(), shortDescription: message, fullDescription: message, help: message },
              defaultConfiguration: z.strictObject({ level }),
              helpUri: z.url().optional(),
              properties: z.record(z.string(), z.string()),
            }),
          ),
        }),
      }),
      columnKind: z.literal('utf16CodeUnits'),
      originalUriBaseIds: z.record(z.string(), z.strictObject({ description: message })),
      results: z.array(
        z.strictObject({
          ...{ ruleId: z.string(), ruleIndex: z.int().min(0), level, message },
          locations: z.array(z.strictObject({ physicalLocation: z.strictObject({ artifactLocation: artifact, region }) })),
          partialFingerprints: z.record(z.string(), z.string()),
          properties: z.record(z.string(), z.string()),
          fixes: z
            .array(
              z.strictObject({
                description: message,
                artifactChanges: z
                  .array(
                    z.strictObject({
                      artifactLocation: artifact,
                      replacements: z.array(z.looseObject({ deletedRegion: z.object({}) })).min(1),
                    }),
                  )
                  .min(1),
              }),
            )
            .optional(),
        }),
      ),
    }),
  ]),
});

test('SARIF 2.1.0: rules, results, places and fixes as the standard has them', () => {
  const log = Sarif.parse(JSON.parse(toSarif(all.findings, { version: '0.1.0', docsUrl: 'https://chung.example/docs/check/' })));
  const [run] = log.runs;
  expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(RULE_CODES);
  for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  expect(run.results.map(({ level: told }) => told)).toEqual(['error', 'error', 'error']);
  expect(run.tool.driver.rules[0]?.helpUri).toBe('https://chung.example/docs/check/scope-missing');
});

test('what can be repaired is: an unused scope goes, a missing one comes with the purpose that a person gives', async () => {
  const asked: string[] = [];
  const edits = await editsOf(all.findings, (scope) => {
    asked.push(scope);
    return { vi: 'Nhận ưu đãi', en: "Claim 'em" };
  });
  expect(asked).toEqual(['redemptions:claim']);
  writeFileSync(place('chung.config.ts'), applyEdits(CONFIG, edits));
  expect(text('chung.config.ts')).toContain(`  req_permissions: [
    { name: 'openid', purpose: { vi: 'Nhận ra bạn', en: 'Recognise you' } },
    { name: 'redemptions:claim', purpose: { vi: 'Nhận ưu đãi', en: 'Claim \\'em' } },
  ],`);
  expect(analyse(openProject(folder)).findings).toEqual([]);
}, 60_000);

test('without an answer a missing scope stays missing', async () => {
  const edits = await editsOf(all.findings, () => null);
  expect(edits.map(({ text: put }) => put)).toEqual(['']);
});
