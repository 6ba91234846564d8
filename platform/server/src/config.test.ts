import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const read = (environment: Record<string, string>) => {
  try {
    return { config: readConfig(environment, '/srv/chung'), message: '' };
  } catch (error) {
    return { config: null, message: error instanceof Error ? error.message : '' };
  }
};

test('without settings it is a development platform with the demo', () => {
  expect(read({}).config).toMatchObject({
    PORT: 4100,
    CHUNG_DEMO: true,
    production: false,
    baseUrl: 'http://localhost:4100',
    dataDirectory: '/srv/chung/.data',
  });
});

test('everything wrong is named at once, and no value is shown', () => {
  const { message } = read({ PORT: 'http', DATABASE_URL: 'mysql://u:hunter2@h/d', CHUNG_SECRET: 'short-secret', CHUNG_DEMO: 'yes' });
  for (const name of ['PORT', 'DATABASE_URL', 'CHUNG_SECRET', 'CHUNG_DEMO']) expect(message).toContain(name);
  for (const value of ['hunter2', 'short-secret']) expect(message).not.toContain(value);
});

test('production refuses each development default by name', () => {
  const { message } = read({ NODE_ENV: 'production' });
  for (const name of ['CHUNG_BASE_URL', 'DATABASE_URL', 'CHUNG_SECRET', 'CHUNG_TOKEN_KEYS', 'CHUNG_RECEIPT_KEYS', 'CHUNG_DEMO'])
    expect(message).toContain(name);
});

test('production takes a whole set of settings', () => {
  const key = (crv: string) => JSON.stringify({ keys: [{ kty: crv === 'P-256' ? 'EC' : 'OKP', crv, kid: '1', d: 'x', x: 'x' }] });
  const settings = {
    NODE_ENV: 'production',
    CHUNG_BASE_URL: 'https://chung.example.vn/',
    DATABASE_URL: 'postgresql://owner@db/chung',
    CHUNG_SECRET: 'a'.repeat(43),
    CHUNG_TOKEN_KEYS: key('P-256'),
    CHUNG_RECEIPT_KEYS: key('Ed25519'),
    CHUNG_DEMO: '0',
  };
  expect(read(settings)).toMatchObject({ message: '', config: { production: true, baseUrl: 'https://chung.example.vn' } });
  expect(read({ ...settings, CHUNG_BASE_URL: 'http://chung.example.vn' }).message).toContain('https');
});
