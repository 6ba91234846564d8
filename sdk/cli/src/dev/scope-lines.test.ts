// Declared, inferred, used: three answers to one question, side by side.
import { Manifest, type Scope } from '@chung/contracts';
import { expect, test } from 'vitest';
import { scopeLines } from './scope-lines.ts';

const purpose = { vi: 'Để thử', en: 'To try' };
const manifest = Manifest.parse({
  app_id: 'vn.example.gifts',
  name: purpose,
  description: purpose,
  icons: [{ src: 'icon.svg', sizes: 'any' }],
  version: { code: 1, name: '1.0.0' },
  platform_version: { min_code: 1 },
  req_permissions: [
    { name: 'offers:read', purpose },
    { name: 'redemptions:claim', purpose, optional: true },
    { name: 'partner.events:read', purpose },
  ],
  age_rating: 'all',
  data_retention: { kept: 'none' },
  contact: { email: 'dev@example.vn' },
});
const granted = new Set<Scope>(['offers:read']);
const uses = [
  { scope: 'offers:read', at: 'src/home.tsx:3' },
  { scope: 'offers:read', at: 'src/list.tsx:9' },
  { scope: 'member.age:read', at: 'src/home.tsx:5' },
];
const used = (scope: Scope) => (scope === 'offers:read' ? 4 : 0);
const lineOf = (scope: Scope, inferred: { uses: typeof uses; findings: number } | null = { uses, findings: 0 }) =>
  scopeLines({ manifest, granted, inferred, used }).find((line) => line.scope === scope);

test('a scope that is declared, needed and called says so', () => {
  expect(lineOf('offers:read')).toMatchObject({
    ...{ declared: 'required', granted: 'granted', used: 4, purpose },
    inferred: ['src/home.tsx:3', 'src/list.tsx:9'],
  });
});

test('one that is declared and nowhere in the source shows an empty list; one that the source needs and nobody declared is there too', () => {
  expect(lineOf('redemptions:claim')).toMatchObject({ declared: 'optional', granted: 'denied', inferred: [], used: 0 });
  expect(lineOf('member.age:read')).toMatchObject({ declared: 'no', purpose: null, inferred: ['src/home.tsx:5'] });
});

test('what a backend holds is granted by no member', () => {
  expect(lineOf('partner.events:read')).toMatchObject({ granted: 'backend' });
});

test('while the source is being read nothing is said to be unused', () => {
  expect(lineOf('redemptions:claim', null)).toMatchObject({ inferred: null });
});
