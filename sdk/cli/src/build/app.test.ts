// What is read of an app before it is bundled, without running any of it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BuildError, NothingToBuildError, readMiniApp } from './index.ts';

const CONFIG = `import { defineApp } from '@chung/contracts';
import { id } from './id';
import { pages } from 'a-package-that-is-not-there';
export default defineApp({
  app_id: id, name: { vi: 'Quà', en: 'Gifts' }, description: { vi: 'Quà', en: 'Gifts' },
  icons: [{ src: 'icon.svg', sizes: 'any' }], version: { code: 3, name: '1.2.3' }, platform_version: { min_code: 1 },
  req_permissions: [], pages: ['home'], age_rating: 'all', data_retention: { kept: 'none' }, contact: { email: 'dev@example.vn' },
});
`;

let root: string;
const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
};
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'chung-app-'));
  write('chung.config.ts', CONFIG);
  write('id.ts', `export const id = 'vn.example.read';`);
  write('src/main.tsx', `throw new Error('this is never run');`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const reactFor = (packageJson: object | string) => {
  write('package.json', typeof packageJson === 'string' ? packageJson : JSON.stringify(packageJson));
  return readMiniApp(root).sharedReact;
};

test('the manifest is read with the files beside it, and without any package', () => {
  expect(readMiniApp(root)).toMatchObject({
    root,
    main: './src/main.tsx',
    manifest: { app_id: 'vn.example.read', version: { name: '1.2.3' } },
  });
});

test('the first file is main, as TypeScript before JavaScript', () => {
  for (const name of ['src/main.js', 'src/main.jsx', 'src/main.ts']) write(name, '');
  expect(readMiniApp(root).main).toBe('./src/main.tsx');
  for (const [gone, next] of [
    ['src/main.tsx', './src/main.ts'],
    ['src/main.ts', './src/main.jsx'],
    ['src/main.jsx', './src/main.js'],
  ] as const) {
    rmSync(path.join(root, gone));
    expect(readMiniApp(root).main).toBe(next);
  }
  rmSync(path.join(root, 'src/main.js'));
  expect(() => readMiniApp(root)).toThrow(BuildError);
});

describe('React', () => {
  test.each(['^19.0.0', '19', '19.x', '>=18.2', '~19.3.0', '18 || 19', '>=18 <20'])('is the frame’s for “%s”', (range) => {
    expect(reactFor({ dependencies: { react: range } })).toBe(range);
  });

  test.each(['^18.0.0', '17 || 18', '^20.0.0', '~19.0.0', '19.0.0'])('is the app’s own for “%s”, which the frame’s is not', (range) => {
    expect(reactFor({ dependencies: { react: range } })).toBeNull();
  });

  test.each(['latest', 'next', 'workspace:*', 'npm:preact@10', 'file:../react', 'github:facebook/react'])(
    'is the frame’s for “%s”, which promises no version',
    (range) => {
      expect(reactFor({ dependencies: { react: range } })).toBe('^19.0.0');
    },
  );

  test('is asked for by what the app needs before what it is developed with', () => {
    expect(reactFor({ devDependencies: { react: '^19.0.0' }, peerDependencies: { react: '^18.0.0' } })).toBeNull();
    expect(reactFor({ devDependencies: { react: '^18.0.0' }, dependencies: { react: '^19.1.0' } })).toBe('^19.1.0');
  });

  test('is the frame’s where nothing is said, or nothing that can be read', () => {
    expect(reactFor({})).toBe('^19.0.0');
    expect(reactFor('{ broken')).toBe('^19.0.0');
    expect(reactFor({ dependencies: { react: 19 } })).toBe('^19.0.0');
  });
});

test('the SDK is that which the app finds: installed, or a repository’s own folders', () => {
  expect(readMiniApp(root).sdk).toBe('installed');
  write('node_modules/@chung/contracts/dist/index.js', '');
  expect(readMiniApp(root).sdk).toBe('installed');
  write('node_modules/@chung/contracts/src/index.ts', '');
  expect(readMiniApp(root).sdk).toBe('sources');
});

test('what is wrong in the manifest is told with its place; offers alone are nothing to build', () => {
  write('chung.config.ts', CONFIG.replace("['home']", "['Home!']"));
  const error = (() => {
    try {
      return readMiniApp(root);
    } catch (thrown) {
      return thrown;
    }
  })();
  if (!(error instanceof BuildError)) throw new Error('it was read');
  expect(error.problems).toEqual([
    {
      file: 'chung.config.ts',
      line: 7,
      column: expect.any(Number),
      message: expect.objectContaining({ en: expect.stringContaining('pages.0') }),
    },
  ]);
  write('chung.config.ts', CONFIG.replace("['home']", '[]'));
  expect(() => readMiniApp(root)).toThrow(NothingToBuildError);
});
