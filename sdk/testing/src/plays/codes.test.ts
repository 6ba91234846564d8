// Code pools through the client: what only shows over time, or when something breaks.
import { ApiError, createClient } from '@chung/client';
import type { PartnerScope } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { createFakePlatform, FAKE_ISSUER } from '../index.ts';

const SCOPES: readonly PartnerScope[] = ['partner.codes:write', 'partner.offers:read', 'partner.redemptions:read'];

function started() {
  const platform = createFakePlatform({ startAt: '2026-11-22T13:00:00Z' });
  const token = platform.partnerToken(SCOPES, { lifeSeconds: 10 ** 8 });
  const partner = createClient({
    baseUrl: FAKE_ISSUER,
    fetch: platform.fetch,
    attempts: 1,
    headers: () => ({ authorization: `Bearer ${token}` }),
  });
  const offer = platform.addOffer({ codes: 'pool', stock: 1 });
  return { platform, partner, offer, params: { offerId: offer.id } };
}

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'ok',
    (error: unknown) => (error instanceof ApiError ? error.code : error),
  );

/** A file that breaks off after these parts. */
function broken(...parts: string[]): ReadableStream<Uint8Array> {
  const left = parts.map((part) => new TextEncoder().encode(part));
  return new ReadableStream({
    pull: (controller) => {
      const next = left.shift();
      if (next) controller.enqueue(next);
      else controller.error(new Error('the cable was pulled'));
    },
  });
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `CODE-${String(from + index).padStart(6, '0')}\n`).join('');

describe('an upload', () => {
  test('that breaks off keeps whole batches, says where it stands, and goes on from there', async () => {
    const { platform, partner, params } = started();
    const sent = partner.call('partner.offers.codes.upload', {
      params,
      body: broken(lines(0, 5_100), 'CODE-0'),
      contentType: 'text/plain',
    });
    await expect(sent).rejects.toThrow();
    const { items } = await partner.call('partner.offers.codes.jobs.list', { params });
    const [job] = items;
    if (!job) throw new Error('the job is there');
    expect(job).toMatchObject({ state: 'interrupted', added: 5_000, bytesTaken: 5_000 * 12, finishedAt: null });
    const rest = { params, body: lines(5_000, 5_200), contentType: 'text/plain' };
    const resumed = (offset: number) => partner.call('partner.offers.codes.upload', { ...rest, query: { jobId: job.id, offset } });
    expect(await codeOf(resumed(7))).toBe('conflict');
    expect(await resumed(job.bytesTaken)).toMatchObject({ id: job.id, state: 'done', added: 5_200, percent: 100 });
    expect(await codeOf(resumed(job.bytesTaken))).toBe('wrong_state');
    expect(platform.store.codeJobs).toHaveLength(1);
  });

  test('tells its size when the body has one, and counts lines over chunks', async () => {
    const { partner, params } = started();
    const text = lines(0, 10);
    const done = await partner.call('partner.offers.codes.upload', { params, body: new Blob([text]), contentType: 'text/csv' });
    expect(done).toMatchObject({ bytesTotal: text.length, bytesTaken: text.length, added: 10, rowsRead: 10 });
    const pieces = new Blob(['AAAA-0001\nBB', 'BB-0002\nxx\nAAAA-00', '01']).stream();
    const streamed = await partner.call('partner.offers.codes.upload', { params, body: pieces, contentType: 'text/plain' });
    expect(streamed).toMatchObject({ bytesTotal: null, added: 2, rejectedLines: [{ line: 3, reason: 'too_short' }], duplicateLines: [4] });
  });
});

describe('a generation', () => {
  test('runs for a second of the clock, and its codes are claimed after those before it', async () => {
    const { platform, partner, params, offer } = started();
    const job = await partner.call('partner.offers.codes.generate', { params, body: { count: 20_000_000, prefix: 'QUA-' } });
    expect(job).toMatchObject({ state: 'running', added: 0, rowsTotal: 20_000_000, percent: 0 });
    expect(await codeOf(partner.call('partner.offers.codes.generate', { params, body: { count: 1 } }))).toBe('import_running');
    platform.clock.advance(1);
    const look = { params: { ...params, jobId: job.id } };
    expect(await partner.call('partner.offers.codes.jobs.get', look)).toMatchObject({ state: 'done', added: 20_000_000, percent: 100 });
    expect(platform.store.claim(platform.members.lan, offer).code).toBe('SAOBAC-0001');
    const { code } = platform.store.claim(platform.members.minh, offer);
    expect(code).toMatch(/^QUA-[2-9A-HJ-NP-TV-Z]{13}$/);
    expect(await codeOf(partner.call('partner.offers.codes.generate', { params, body: { count: 5_000_002 } }))).toBe('wrong_state');
  });

  test('that is cancelled in time adds nothing', async () => {
    const { platform, partner, params, offer } = started();
    const { id: jobId } = await partner.call('partner.offers.codes.generate', { params, body: { count: 10 } });
    await partner.call('partner.offers.codes.jobs.cancel', { params: { ...params, jobId } });
    platform.clock.advance(60);
    expect(await partner.call('partner.offers.codes.jobs.get', { params: { ...params, jobId } })).toMatchObject({
      state: 'cancelled',
      added: 0,
    });
    expect(offer.pool.free).toBe(1);
  });
});

describe('whoever guesses codes', () => {
  test('is locked out at the hundredth wrong one, twice as long the second time, and forgiven after a day', async () => {
    const { platform, partner, offer } = started();
    const { code } = platform.store.claim(platform.members.lan, offer);
    const look = (presented: string) => partner.call('partner.redemptions.lookup', { body: { presented } });
    const guess = async (times: number) => {
      for (let i = 0; i < times; i++) expect(await codeOf(look(`WRONG-${i}`))).toBe('not_found');
    };
    await guess(99);
    expect(await look(` ${code?.toLowerCase()} `)).toMatchObject({ codeHint: '…0001' });
    await guess(1);
    await expect(look(String(code))).rejects.toMatchObject({ code: 'account_locked', retryAfterSeconds: 300 });
    platform.clock.advance(300);
    await guess(100);
    await expect(look(String(code))).rejects.toMatchObject({ code: 'account_locked', retryAfterSeconds: 600 });
    platform.clock.advance(86_400 + 601);
    await guess(100);
    await expect(look(String(code))).rejects.toMatchObject({ retryAfterSeconds: 300 });
  });

  test('slowly enough is not: wrong ones are counted within ten minutes', async () => {
    const { platform, partner } = started();
    for (let i = 0; i < 150; i++) {
      if (i === 99) platform.clock.advance(600);
      expect(await codeOf(partner.call('partner.redemptions.lookup', { body: { presented: `WRONG-${i}` } }))).toBe('not_found');
    }
  });
});
