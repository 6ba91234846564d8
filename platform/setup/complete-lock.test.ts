import { expect, test } from 'vitest';
import { missingEntries } from './complete-lock.mjs';

test('a platform package that the registry did not carry gets an entry that npm ci accepts', () => {
  const packages = {
    '': {},
    'node_modules/tool': {
      version: '2.0.0',
      dev: true,
      optionalDependencies: { '@tool/win32-x64': '2.0.0', '@tool/linux-x64': '2.0.0', loose: '^1.0.0' },
    },
    'node_modules/@tool/linux-x64': { version: '2.0.0', optional: true },
  };
  expect(missingEntries(packages)).toEqual([
    { path: 'node_modules/@tool/win32-x64', entry: { version: '2.0.0', cpu: ['x64'], dev: true, optional: true, os: ['win32'] } },
  ]);
});
