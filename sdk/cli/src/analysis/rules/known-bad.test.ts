// The list of bad releases itself: its form, and that what everybody has heard of is on it and what was clean is not.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkDependencies } from './dependencies.ts';
import knownBad from './known-bad.json' with { type: 'json' };

function found(name: string, version: string): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'chung-known-bad-'));
  const packages = { [`node_modules/${name}`]: { version, license: 'MIT' } };
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  return checkDependencies(folder).map(({ rule, subject }) => `${rule} ${subject}`);
}

const BAD = [
  'event-stream@3.3.6',
  'flatmap-stream@0.1.1',
  'eslint-scope@3.7.2',
  'ua-parser-js@0.7.29',
  'ua-parser-js@1.0.0',
  'coa@2.0.3',
  'rc@1.2.9',
  'colors@1.4.44-liberty-2',
  'faker@6.6.6',
  'node-ipc@10.1.1',
  '@ledgerhq/connect-kit@1.1.7',
  '@lottiefiles/lottie-player@2.0.7',
  '@solana/web3.js@1.95.7',
  '@rspack/core@1.1.7',
  'vant@4.9.14',
  'xrpl@4.2.4',
  'eslint-config-prettier@10.1.7',
  'is@5.0.0',
  'nx@21.5.0',
  '@nx/devkit@20.9.0',
  'chalk@5.6.1',
  'debug@4.4.2',
  'color@5.0.1',
  '@ctrl/tinycolor@4.1.2',
  'ngx-bootstrap@20.0.6',
  'posthog-js@1.297.3',
  'axios@1.14.1',
  '@tanstack/react-router@1.169.8',
  'keyv@6.0.0',
  '@toptal/picasso-forms@73.3.2',
  '@antv/g2@5.5.8',
  'echarts-for-react@3.1.7',
];
const CLEAN = [
  'event-stream@3.3.4',
  'ua-parser-js@0.7.30',
  'coa@2.0.2',
  'rc@1.2.8',
  'colors@1.4.0',
  'node-ipc@10.1.0',
  '@solana/web3.js@1.95.8',
  '@rspack/core@1.1.8',
  'vant@4.9.15',
  'eslint-config-prettier@10.1.8',
  'nx@21.4.1',
  'chalk@5.6.2',
  'chalk@5.6.0',
  'debug@4.4.1',
  '@ctrl/tinycolor@4.1.0',
  'axios@1.14.0',
  '@tanstack/react-router@1.169.2',
  '@antv/g2@5.4.8',
];
const parted = (release: string): [string, string] => [
  release.slice(0, release.lastIndexOf('@')),
  release.slice(release.lastIndexOf('@') + 1),
];

test.each(BAD)('%s is known to be bad', (release) => expect(found(...parted(release))).toEqual([`CH703 ${release}`]));

test.each(CLEAN)('%s, its neighbour, is not', (release) => expect(found(...parted(release))).toEqual([]));

test('every incident has its day, its source and versions that are versions; none stands twice', () => {
  const { incidents, dated } = knownBad;
  expect(incidents.map(({ when }) => when)).toEqual(incidents.map(({ when }) => when).toSorted());
  expect(incidents.every(({ when }) => when <= dated)).toBe(true);
  expect(incidents.filter(({ source }) => !source.startsWith('https://'))).toEqual([]);
  const releases = incidents.flatMap(({ versions }) =>
    Object.entries(versions).flatMap(([name, bad]) => (bad ?? []).map((version) => `${name}@${version}`)),
  );
  expect(releases.filter((release) => !/^(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+(-[\w.-]+)?$/.test(release))).toEqual([]);
  expect(new Set(releases).size).toBe(releases.length);
});

test('nothing that this repository itself has locked is on it', () => {
  const own = checkDependencies(path.resolve(import.meta.dirname, '../../../../..'));
  expect(own.filter(({ rule }) => rule === 'CH703')).toEqual([]);
});
