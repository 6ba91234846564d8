// What partners install: built, packed, and installed in a project of its own that knows nothing of this repository.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { buildMiniApp } from '@chung/cli/build';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiReport, committedReport } from '../../platform/setup/api-report.mjs';
import { packedPackages, publishedPackages, sdkPackages } from '../../platform/setup/sdk-packages.mjs';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
const PACKAGES = sdkPackages();
const INSTALL_WITHIN_MS = 400_000;

let project: string;
let tarballs: Readonly<Record<string, string>>;
beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'chung-packages-'));
  tarballs = await packedPackages({ node: process.execPath, env: process.env });
  const dependencies = Object.fromEntries(Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]));
  const react = { react: '19', 'react-dom': '19', '@types/react': '19' };
  const manifest = { name: 'a-partner', private: true, type: 'module', dependencies: { ...dependencies, ...react, '@types/node': '24' } };
  await writeFile(path.join(project, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: project });
}, INSTALL_WITHIN_MS);
afterAll(() => rm(project, { recursive: true, force: true }));

describe.each(PACKAGES.map((one) => [one.manifest.name, one] as const))('%s', (name, one) => {
  test('has the public face that api.md says; a change of it is written by `npm run api:report` and reviewed', () => {
    expect(apiReport(one)).toBe(committedReport(one));
  });

  test('has types that lead where its programs are (are the types wrong?)', async () => {
    const tarball = await readFile(tarballs[name] ?? '');
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
    if (!analysis.types) throw new Error(`${name} has no types`);
    // ESM alone, on purpose: what asks by `require` or by the rules of Node 10 finds nothing.
    const wrong = analysis.problems.filter((one) => !('resolutionKind' in one) || !['node10', 'node16-cjs'].includes(one.resolutionKind));
    expect(wrong.map(({ kind }) => kind)).toEqual([]);
  });
});

/** What else a package may hold beside what is compiled, its manifest, README and licence. */
const EXTRAS: Readonly<Record<string, RegExp>> = {
  '@chung/cli': /^(templates\/.+|dist\/dev-page\/.+\.(html|css|js))$/,
  '@chung/server': /^(migrations\/\d{4}_\w+\.sql|web\/(member|partner|admin)\/dist\/.+|web\/docs\/.+)$/,
};

describe.each(publishedPackages().map(({ manifest }) => manifest.name))('the tarball of %s', (name) => {
  test('is published as its manifest says (publint)', async () => {
    const { messages } = await publint({ pkgDir: path.join(project, 'node_modules', name), strict: true });
    expect(messages.map(({ code, path: place }) => `${code} at ${place.join('.')}`)).toEqual([]);
  });

  test('holds what is built and no sources, tests or secrets', async () => {
    const { stdout } = await run('tar', ['-tzf', tarballs[name] ?? ''], { maxBuffer: 16_777_216 });
    const files = stdout
      .trim()
      .split('\n')
      .map((file) => file.replace(/^package\//, ''));
    const isExpected = (file: string) =>
      /^(dist\/.+\.(js|d\.ts|json)|package\.json|README\.md|LICENSE)$/.test(file) || EXTRAS[name]?.test(file) === true;
    expect(files.filter((file) => !isExpected(file))).toEqual([]);
    expect(files.filter((file) => /^(?!templates\/).*\.test\.|\.env$|\.pem$|\.jwk$/.test(file))).toEqual([]);
    expect(files).toContain('README.md');
  });
});

test('a partner’s program compiles against the installed packages, and a missing scope is named there too', async () => {
  await writeFile(
    path.join(project, 'program.ts'),
    `import { connectPartner } from '@chung/client/partner';
     import { verifyWebhook } from '@chung/webhooks';
     const chung = await connectPartner({ issuer: 'http://localhost:1', clientId: 'x', privateKey: { kty: 'EC' }, scopes: ['partner.events:read'] });
     for await (const event of chung.partner.events.list.all()) console.log(event.type);
     export const verify = verifyWebhook;
     export const wrong = chung.partner.offers.list();`,
  );
  const compilerOptions = {
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    target: 'ES2024',
    strict: true,
    noEmit: true,
    types: ['node'],
  };
  await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['program.ts'] }));
  const tsc = path.join(REPOSITORY, 'node_modules/typescript/bin/tsc');
  const said: string = await run(process.execPath, [tsc, '-p', '.'], { cwd: project }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
  expect(said.split('\n').filter((line) => line.startsWith('program.ts'))).toHaveLength(1);
  expect(said).toContain('MissingScope<"partner.offers:read">');
});

test('the command that is installed checks a project of its own and repairs it', async () => {
  const app = path.join(project, 'app');
  await mkdir(app);
  const purpose = (vi: string, en: string) => `{ vi: '${vi}', en: '${en}' }`;
  const files = {
    'chung.config.ts': `import { defineApp } from '@chung/contracts';
      export default defineApp({
        app_id: 'vn.example.rewards', name: ${purpose('Quà', 'Gifts')}, description: ${purpose('Quà tặng', 'Gifts')},
        icons: [{ src: 'icon.svg', sizes: 'any' }], version: { code: 1, name: '1.0.0' }, platform_version: { min_code: 1 },
        req_permissions: [{ name: 'offers:read', purpose: ${purpose('Xem ưu đãi', 'See offers')} }],
        age_rating: 'all', data_retention: { kept: 'none' }, contact: { email: 'dev@example.vn' },
      });`,
    'main.ts': `import { createMiniApp } from '@chung/mini-app';
      const app = await createMiniApp({ scopes: ['offers:read', 'redemptions:claim'] });
      export const claim = async (offerId: string) => (await app.offers.list()) && app.offers.claim({ offerId });`,
    'tsconfig.json': JSON.stringify({
      compilerOptions: { target: 'es2024', module: 'esnext', moduleResolution: 'bundler', strict: true, noEmit: true, types: [] },
      include: ['*.ts'],
    }),
    'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: {} }),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(app, name), text);
  const chung = (...words: string[]) =>
    run(process.execPath, [path.join(project, 'node_modules/.bin/chung'), ...words], { cwd: app }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
    );
  const found = await chung('check');
  expect([found.code, found.stdout]).toEqual([1, expect.stringContaining('redemptions:claim')]);
  expect((await chung('check', '--fix', '--purpose', 'redemptions:claim=Nhận ưu đãi|Claim offers')).code).toBe(0);
});

test('the command that is installed makes a project that its check is content with', async () => {
  const bin = path.join(project, 'node_modules/.bin/chung');
  await run(process.execPath, [bin, 'create', 'Quà tháng 3', '--no-install'], { cwd: project });
  const { stdout } = await run(process.execPath, [bin, 'check', '--json'], { cwd: path.join(project, 'qua-thang-3') });
  expect(JSON.parse(stdout).findings.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
});

test('the command that is installed bundles a mini-app within the budget, to the very bytes that this repository makes of it', async () => {
  const bin = path.join(project, 'node_modules/.bin/chung');
  await run(process.execPath, [bin, 'create', 'Quà đóng gói', '--template', 'mini-app', '--no-install'], { cwd: project });
  const app = path.join(project, 'qua-dong-goi');
  const { stdout } = await run(process.execPath, [bin, 'build', '--json'], { cwd: app });
  const built = JSON.parse(stdout);
  expect(built.firstLoadGzipBytes).toBeLessThan(built.budgetGzipBytes);
  // As the platform does, which runs from its sources.
  const again = await buildMiniApp({ root: app, into: path.join(project, 'again') });
  expect(again.digest).toBe(built.digest);
});

test('every door of every package opens in plain Node', async () => {
  const doors = PACKAGES.flatMap(({ manifest }) => Object.keys(manifest.exports ?? {}).map((door) => path.posix.join(manifest.name, door)));
  const program = `for (const door of ${JSON.stringify(doors)}) if (Object.keys(await import(door)).length === 0) throw new Error(door + ' is empty');`;
  await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: project });
  expect(doors.length).toBeGreaterThan(PACKAGES.length);
});
