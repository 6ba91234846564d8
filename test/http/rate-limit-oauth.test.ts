import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';

let running: TestPlatform;

beforeAll(async () => {
  running = await startTestPlatform({ settings: { CHUNG_RATE_FACTOR: '0.01' } });
}, 120_000);
afterAll(() => running?.close());

test('one address can ask the token endpoint only so often, and is told when again', async () => {
  const ask = () =>
    fetch(`${running.baseUrl}/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }) });
  const replies = [];
  for (let i = 0; i < 9; i++) replies.push(await ask());
  expect(replies.map(({ status }) => status)).toEqual([...Array.from({ length: 6 }, () => 400), 429, 429, 429]);
  expect(Number(replies.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
});
