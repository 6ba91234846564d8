// The process that judges a submission: what it answers, what it may not do, and how it ends when an app exhausts it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appFiles } from '../../../../../test/harness/app-archive.ts';
import { type CheckSettings, checkApp } from './check-app.ts';
import { findProvidedTypes } from './provided-types.ts';

const SLOW = 60_000;
const types = findProvidedTypes();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-check-app-'));
  await types.linkInto(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function check(files: Readonly<Record<string, string | Buffer>>, settings: Partial<CheckSettings> = {}) {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  const { signal } = new AbortController();
  return checkApp(path.join(folder, 'source'), { readable: types.readable, platformHosts: ['chung.example'], signal, ...settings });
}

test(
  'answers the manifest, the findings and the evidence',
  async () => {
    const main = `import { createMiniApp } from '@chung/mini-app';
const app = await createMiniApp({ scopes: ['offers:read'] });
await app.offers.list();
`;
    const outcome = await check(appFiles({ permissions: ['offers:read'], files: { 'source/src/main.ts': main } }));
    expect(outcome).toMatchObject({
      kind: 'checked',
      report: {
        manifest: { app_id: 'vn.example.gifts', allowed_hosts: [] },
        findings: [],
        scopes: { used: ['offers:read'], uses: [{ operation: 'offers.list', at: { file: 'src/main.ts', line: 3, column: 18 } }] },
      },
    });
  },
  SLOW,
);

test(
  'has the types of React, Express and Node beside the SDK, and of nothing else that is installed here',
  async () => {
    const main = `import { readFileSync } from 'node:fs';
import express from 'express';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import pino from 'pino';
export const all = [readFileSync, express, useState, createRoot, pino];
`;
    const outcome = await check(
      appFiles({ files: { 'source/src/main.ts': `import { createMiniApp } from '@chung/mini-app';\nvoid createMiniApp;\n${main}` } }),
    );
    const missing = outcome.kind === 'checked' ? outcome.report.findings.filter(({ subject }) => subject === 'module-missing') : [];
    expect(missing.map(({ at }) => at?.line)).toEqual([7]);
  },
  SLOW,
);

test(
  'knows the platform’s own host: a request to it past the SDK is for a person to look at',
  async () => {
    const main = "export const mine = await fetch('https://chung.example/v1/offers');\n";
    const outcome = await check(appFiles({ hosts: ['chung.example'], files: { 'source/src/main.ts': main } }));
    expect(outcome).toMatchObject({
      kind: 'checked',
      report: { findings: [{ subject: 'raw-request', at: { file: 'src/main.ts', line: 1 } }] },
    });
  },
  SLOW,
);

test(
  'an app that takes too long, or more memory than it may, is ended',
  async () => {
    const files = appFiles({ files: { 'source/src/main.ts': "import '@chung/mini-app';" } });
    expect(await check(files, { timeMs: 50 })).toEqual({ kind: 'unfinished' });
    expect(await check(files, { memoryMebibytes: 24 })).toEqual({ kind: 'unfinished' });
  },
  SLOW,
);

test(
  'settings that are no settings are a failure that says so, and no crash',
  async () => {
    const outcome = await check(appFiles({ files: { 'source/tsconfig.json': '{ "compilerOptions": { "target": "' } }));
    expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('tsconfig.json') });
  },
  SLOW,
);

test(
  'reads nothing that lies beside the submission, whatever an import names',
  async () => {
    const secret = path.join(await mkdtemp(path.join(tmpdir(), 'chung-secret-')), 'secret.ts');
    await writeFile(secret, "export const secret = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc';");
    const outcome = await check(appFiles({ files: { 'source/src/main.ts': `export * from '${secret}';\n` } }));
    expect(outcome).toMatchObject({ kind: 'checked', report: { findings: [{ subject: 'module-missing', at: { line: 1 } }] } });
    await rm(path.dirname(secret), { recursive: true });
  },
  SLOW,
);

test(
  'ends when the server stops',
  async () => {
    const stopping = new AbortController();
    const checking = check(appFiles(), { signal: stopping.signal });
    setTimeout(() => stopping.abort(), 300);
    await expect(checking).rejects.toThrow(/abort/i);
  },
  SLOW,
);
