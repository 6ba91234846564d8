// Each rule has a program on which it fires and one, as near to it as can be, on which it does not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Project, ts } from 'ts-morph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyse } from './analyse.ts';
import { projectOf } from './project.ts';
import { checkDependencies, isAllowed } from './rules/dependencies.ts';
import { RULE_CODES, RULES, type RuleCode } from './rules.ts';

interface Case {
  readonly fires: string;
  readonly quiet: string;
  /** `chung.config.ts`, where it is not the usual one: on the program that fires, and on the other. */
  readonly manifests?: readonly [fires: string | null, quiet: string];
}

const purpose = `purpose: { vi: 'Vì', en: 'Because' }`;
const offers = `{ name: 'offers:read', ${purpose} }`;
const host = `{ host: 'api.example.vn', reason: { vi: 'Vì', en: 'Because' } }`;
const manifest = ({
  permissions = '',
  hosts = '',
  more = '',
}: {
  permissions?: string;
  hosts?: string;
  more?: string;
} = {}) => `export default {
  app_id: 'vn.example.rewards', name: { vi: 'Quà', en: 'Gifts' }, description: { vi: 'Quà', en: 'Gifts' },
  icons: [{ src: 'app.svg', sizes: 'any' }], version: { code: 1, name: '1.0.0' }, platform_version: { min_code: 1 },
  req_permissions: [${permissions}], allowed_hosts: [${hosts}], age_rating: 'all', data_retention: { kept: 'none' },
  contact: { email: 'partners@example.vn' }, ${more}
};`;
const using = (scopes: string, body = '') =>
  `import { createMiniApp } from '@chung/mini-app'; export const app = await createMiniApp({ ${scopes} }); ${body}`;
const random = 'q8Zx2Lw0Rf7Tn4Vb9Kc3Hs6Yd1';

const CASES: Readonly<Partial<Record<RuleCode, Case>>> = {
  CH101: {
    fires: using(`scopes: ['offers:read']`, 'app.offers.list();'),
    quiet: using(`scopes: ['offers:read']`, 'app.offers.list();'),
    manifests: [manifest(), manifest({ permissions: offers })],
  },
  CH102: {
    fires: using(`scopes: ['offers:read']`),
    quiet: using(`scopes: ['offers:read']`, 'const { list } = app.offers; list();'),
    manifests: [manifest({ permissions: offers }), manifest({ permissions: offers })],
  },
  CH103: {
    fires: using(`scopes: ['offers:read']`, 'const it: any = app; it.offers.list();'),
    quiet: using(`scopes: ['offers:read']`, 'const it: any = app; it.me; app.offers.list();'),
    manifests: [manifest({ permissions: offers }), manifest({ permissions: offers })],
  },
  CH104: {
    fires: using(`scopes: ['offers:read'], optional: ['redemptions:claim']`, 'app.offers.list();'),
    quiet: using(`scopes: ['offers:read']`, 'app.offers.list();'),
    manifests: [manifest({ permissions: offers }), manifest({ permissions: offers })],
  },
  CH105: {
    fires: using(`scopes: [], optional: ['offers:read']`, `if (app.has('offers:read')) app.offers.list();`),
    quiet: using(`scopes: ['offers:read']`, 'app.offers.list();'),
    manifests: [manifest({ permissions: offers }), manifest({ permissions: offers })],
  },
  CH106: {
    fires: using('scopes: []', 'const it: any = app; it.me;'),
    quiet: using('scopes: []', 'const it: typeof app = app; it.provinces.list();'),
  },
  CH107: {
    fires: `${using('scopes: []', 'app.provinces.list();')} declare module '@chung/mini-app' { interface Extra { readonly own: true } }`,
    quiet: `${using('scopes: []', 'app.provinces.list();')} declare module './own.css' { const own: string; export default own; }`,
  },
  CH201: {
    fires: `fetch('https://api.example.vn/gifts');`,
    quiet: `fetch('https://api.example.vn/gifts'); fetch('./own.json');`,
    manifests: [manifest(), manifest({ hosts: host })],
  },
  CH202: {
    fires: `fetch('./own.json');`,
    quiet: `new WebSocket('wss://api.example.vn/live');`,
    manifests: [manifest({ hosts: host }), manifest({ hosts: host })],
  },
  CH203: {
    fires: `declare const it: string; fetch(it); export {};`,
    quiet: `declare const it: string; fetch(\`https://api.example.vn/\${it}\`); export {};`,
  },
  CH301: {
    fires: `export const k = { kty: 'EC', crv: 'P-256', x: 'x', d: '${random}' };`,
    quiet: `export const k = { kty: 'EC', crv: 'P-256', x: '${random}' };`,
  },
  CH302: { fires: `// ghp_${random}${random.slice(0, 12)}\nexport {};`, quiet: `export const id = 'ghp_short';` },
  CH303: {
    fires: `export const apiKey = '${random}';`,
    quiet: `export const apiKey = 'the name of a key in the environment'; export const title = '${random}';`,
  },
  CH401: {
    fires: `const run = eval; run('1'); new Function('1')();`,
    quiet: `const evaluate = (text: string) => text; evaluate('1'); const f: Function = evaluate; f;`,
  },
  CH402: { fires: `document.cookie = 'a=1';`, quiet: `const jar = { cookie: '' }; jar.cookie = 'a=1';` },
  CH403: {
    fires: `const { localStorage: kept } = window; kept.clear(); window['sessionStorage'].clear();`,
    quiet: `const localStorage = new Map(); localStorage.clear(); export {};`,
  },
  CH404: {
    fires: `navigator.serviceWorker.register('sw.js');`,
    quiet: `const it = { serviceWorker: { register: (x: string) => x } }; it.serviceWorker.register('sw.js');`,
  },
  CH405: {
    fires: `window.parent.postMessage('x', '*');`,
    quiet: `const parent = document.querySelector('p'); parent?.append('x'); parent?.parentElement; export {};`,
  },
  CH406: { fires: `new RTCPeerConnection();`, quiet: `class RTCPeerConnection {} new RTCPeerConnection(); export {};` },
  CH501: { fires: '', quiet: '', manifests: [null, manifest()] },
  CH502: { fires: '', quiet: '', manifests: [manifest({ more: 'colour: "red"' }), manifest()] },
  CH503: {
    fires: '',
    quiet: '',
    manifests: [manifest({ permissions: `{ name: 'openid' }` }), manifest({ permissions: `{ name: 'openid', ${purpose} }` })],
  },
  CH504: {
    fires: '',
    quiet: '',
    manifests: [
      `export default { app_id: process.env.APP };`,
      `const app_id = 'vn.example.rewards' as const; ${manifest({ more: 'app_id' })}`,
    ],
  },
  CH601: {
    fires: `export const words = { vi: { hello: 'Chào', bye: 'Tạm biệt' }, en: { hello: 'Hello' } };`,
    quiet: `export const words = { vi: { hello: 'Chào' }, en: { hello: 'Hello' } }; export const locales = { vi: 'vi-VN', en: 'en-GB', fr: 'fr-FR' };`,
  },
};

const RULES_FOLDER = path.resolve(import.meta.dirname, '../../corpus/rules');
const folderOf = (code: string, side: string) => path.join(RULES_FOLDER, `${code}-${side}`);
let program: ts.Program;

beforeAll(() => {
  const compilerOptions: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['chung-source'],
    ...{ allowImportingTsExtensions: true, noEmit: true, strict: true, skipLibCheck: true, types: [] },
    moduleDetection: ts.ModuleDetectionKind.Force,
  };
  const project = new Project({ compilerOptions, skipFileDependencyResolution: true });
  for (const [code, { fires, quiet, manifests }] of Object.entries(CASES)) {
    for (const [index, source] of [fires, quiet].entries()) {
      const folder = folderOf(code, index === 0 ? 'fires' : 'quiet');
      project.createSourceFile(path.join(folder, 'main.ts'), source);
      const config = manifests ? manifests[index] : manifest();
      if (config) project.createSourceFile(path.join(folder, 'chung.config.ts'), config);
    }
  }
  program = project.getProgram().compilerObject;
}, 120_000);

const codesIn = (folder: string) =>
  analyse(projectOf(program, folder, (file) => file.startsWith(`${folder}/`))).findings.map(({ rule }) => rule);

describe.each(Object.keys(CASES) as RuleCode[])('%s', (code) => {
  test(`fires: ${RULES[code].title.en}`, () => expect(codesIn(folderOf(code, 'fires'))).toContain(code), 60_000);
  test('does not fire on what is allowed', () => expect(codesIn(folderOf(code, 'quiet'))).not.toContain(code), 60_000);
});

test('a manifest that is right, and a program that keeps to it, have no finding', () => {
  const ours = codesIn(folderOf('CH101', 'quiet')).filter((code) => !code.startsWith('CH7'));
  expect(ours).toEqual([]);
});

test('every rule has a case, and every one its words in both languages and a page of its own', () => {
  const dependencies = ['CH701', 'CH702', 'CH703', 'CH704'];
  // Theirs are in check-build, with real builds and a real browser.
  const ofBuilds = ['CH801', 'CH802', 'CH803', 'CH804', 'CH805', 'CH806'];
  expect(Object.keys(CASES).concat(dependencies, ofBuilds).toSorted()).toEqual([...RULE_CODES].toSorted());
  for (const code of RULE_CODES) {
    const { title, why, remedy } = RULES[code];
    for (const words of [title, why, remedy]) expect(Math.min(words.vi.length, words.en.length)).toBeGreaterThan(5);
  }
  expect(new Set(RULE_CODES.map((code) => RULES[code].slug)).size).toBe(RULE_CODES.length);
});

describe('dependencies', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chung-lock-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, '.git'), '');
  const codes = (packages: object | string) => {
    writeFileSync(path.join(folder, 'package-lock.json'), typeof packages === 'string' ? packages : JSON.stringify({ packages }));
    return checkDependencies(folder).map(({ rule, subject }) => `${rule} ${subject}`);
  };

  test('CH704: a lock file is needed, and one that can be read', () => {
    expect(checkDependencies(folder).map(({ rule }) => rule)).toEqual(['CH704']);
    expect(codes('{')).toEqual(['CH704 package-lock.json']);
    expect(codes({})).toEqual([]);
  });

  test('CH701 and CH702: licences that may be served on; those of tools are not asked about', () => {
    const locked = (license?: string, more = {}) => codes({ 'node_modules/x': { version: '1.0.0', license, ...more } });
    expect(locked('MIT')).toEqual([]);
    expect(locked('GPL-3.0-only')).toEqual(['CH701 x@1.0.0']);
    expect(locked('GPL-3.0-only', { dev: true })).toEqual([]);
    expect(locked()).toEqual(['CH702 x@1.0.0']);
    expect(isAllowed('(GPL-2.0-only OR MIT)')).toBe(true);
    expect(isAllowed('MIT AND GPL-2.0-only')).toBe(false);
  });

  test('an app of a workspace answers for what it needs, not for its neighbours', () => {
    const gpl = { version: '1.0.0', license: 'GPL-3.0-only' };
    const packages = {
      'apps/mine': { dependencies: { kit: '*' } },
      'node_modules/kit': { resolved: 'packages/kit', link: true },
      'packages/kit': { dependencies: { deep: '1' } },
      'packages/kit/node_modules/deep': gpl,
      'node_modules/deep': { version: '2.0.0', license: 'GPL-3.0-only' },
    };
    writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages }));
    expect(checkDependencies(path.join(folder, 'apps/mine')).map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      'CH701 deep@1.0.0',
    ]);
  });

  test('CH703: a version that is known to be bad, also of a tool and deep in the tree', () => {
    const locked = (version: string) => codes({ 'node_modules/a/node_modules/event-stream': { version, license: 'MIT', dev: true } });
    expect(locked('3.3.6')).toEqual(['CH703 event-stream@3.3.6']);
    expect(locked('4.0.1')).toEqual([]);
  });
});

test('a secret is never repeated in a report', () => {
  const folder = folderOf('CH303', 'fires');
  const { findings } = analyse(projectOf(program, folder, (file) => file.startsWith(`${folder}/`)));
  expect(JSON.stringify(findings)).not.toContain(random);
});
