// Uploads and generations as jobs: their progress over HTTP, how they go on after a break, how they end, and whose they are.
import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { CODE_ALPHABETS, CodeJob, type OfferId, type PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCode } from '../../platform/server/src/rooms/offers/code.ts';
import { createOffers } from '../../platform/server/src/rooms/offers/index.ts';
import { type Answer, type Caller, openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { cursors, draftOf, names, publish, vault } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let partnerId: PartnerId;
let mine: Caller;
let stranger: Caller;
beforeAll(async () => {
  http = await openPartnerHttp();
  partnerId = (await http.rooms.activePartner('jobs')).id;
  mine = http.partner(partnerId);
  stranger = http.partner((await http.rooms.activePartner('stranger')).id);
});
afterAll(() => http.close());

const withPool = async (): Promise<OfferId> =>
  (await http.rooms.db.tx((tx) => http.rooms.offers.create(tx, { partnerId, draft: draftOf({ codes: 'pool' }) }))).id;
const codesOf = (id: OfferId) => `/v1/partner/offers/${id}/codes`;
const upload = (id: OfferId, body: string, query = '') =>
  mine.call('POST', `${codesOf(id)}${query}`, { body, headers: { 'content-type': 'text/plain' } });
const generate = (id: OfferId, body: object, caller = mine) => caller.call('POST', `${codesOf(id)}/generate`, { body });
const job = async (id: OfferId, jobId: unknown) => CodeJob.parse((await mine.call('GET', `${codesOf(id)}/jobs/${jobId}`)).body);
const cancel = (id: OfferId, jobId: unknown, caller = mine) => caller.call('POST', `${codesOf(id)}/jobs/${jobId}/cancel`, { body: {} });
const pool = async (id: OfferId) => (await http.rooms.offers.find({ partnerId, offerId: id }))?.codes;
const worker = () => http.rooms.offers.codeGenerator;
/** The room as another server on the same database has it. */
const otherServer = () => createOffers({ ...http.rooms, vault, cursors, names, onPublish: async () => {} });
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `JOB-${String(from + i).padStart(7, '0')}\n`).join('');

/** Positions as the table has them, and the codes behind them. */
async function kept(offerId: OfferId) {
  const rows = await http.rooms.db.query<{ position: bigint; lookup_hash: Buffer; sealed: Buffer; hint: string }>(
    'SELECT position, lookup_hash, sealed, hint FROM chung.codes WHERE offer_id = $1 ORDER BY position',
    [offerId],
  );
  return rows.map((row) => ({
    position: Number(row.position),
    code: openCode(vault, { offerId, hash: row.lookup_hash, sealed: row.sealed }),
    hint: row.hint,
  }));
}

/** Sends a part of a file and loses the connection, as a laptop that is shut does. */
async function breakOff(
  offerId: OfferId,
  text: string,
  { whenTaken, query = '' }: { whenTaken: number; query?: string },
): Promise<CodeJob> {
  const principal = JSON.stringify({ actor: 'partner', partnerId, clientId: 'test', accountId: null, scopes: ['partner.codes:write'] });
  const headers = { 'content-type': 'text/plain', 'content-length': '1000000', 'x-test-principal': principal };
  const broken = request(`${http.baseUrl}${codesOf(offerId)}${query}`, { method: 'POST', headers });
  broken.on('error', () => {});
  broken.write(text);
  const newest = async () => CodeJob.parse((await listed(offerId))[0]);
  await expect.poll(async () => (await listed(offerId)).length && (await newest()).rowsRead, { timeout: 20_000 }).toBe(whenTaken);
  broken.destroy();
  await expect.poll(async () => (await newest()).state, { timeout: 20_000 }).toBe('interrupted');
  return newest();
}
const listed = async (id: OfferId) => (await mine.call('GET', `${codesOf(id)}/jobs`)).body['items'] as unknown as readonly unknown[];

describe('an upload', () => {
  test('is a job that tells its bytes, its rows and how fast it went', async () => {
    const id = await withPool();
    const text = `${lines(0, 3)}x\n${lines(0, 1)}`;
    const { status, body } = await upload(id, text);
    expect([status, body]).toMatchObject([
      201,
      { kind: 'upload', state: 'done', percent: 100, bytesTaken: text.length, bytesTotal: text.length },
    ]);
    expect(body).toMatchObject({ rowsRead: 5, added: 3, duplicates: 1, rejected: 1, duplicateLines: [5], rowsTotal: null, error: null });
    expect(await job(id, body['id'])).toEqual(body);
  });

  test('that lost its connection goes on at the byte it tells: no code twice, none left out, lines counted through', async () => {
    const id = await withPool();
    const text = `${lines(0, 5_000)}!\n${lines(5_000, 9_000)}`;
    const broken = await breakOff(id, text.slice(0, 5_500 * 12 + 5), { whenTaken: 5_000 });
    expect(broken).toMatchObject({ added: 5_000, bytesTaken: 5_000 * 12, percent: 6 });
    // Once more on the way: a part without one whole batch is read again.
    const again = await upload(id, text.slice(broken.bytesTaken), `?jobId=${broken.id}&offset=${broken.bytesTaken}`);
    expect(again).toMatchObject({
      status: 201,
      body: { id: broken.id, state: 'done', added: 9_000, duplicates: 0, rejected: 1, rowsRead: 9_001 },
    });
    expect(again.body['rejectedLines']).toEqual([{ line: 5_001, reason: 'too_short' }]);
    const codes = await kept(id);
    expect(codes.map(({ position }) => position)).toEqual(Array.from({ length: 9_000 }, (_, i) => i + 1));
    expect(
      codes
        .map(({ code }) => `${code}\n`)
        .sort()
        .join(''),
    ).toBe(lines(0, 9_000));
    expect(await pool(id)).toEqual({ total: 9_000, free: 9_000 });
  });

  test('does not go on anywhere else, twice, as another kind or by another partner', async () => {
    const id = await withPool();
    const { id: jobId, bytesTaken } = await breakOff(id, lines(0, 5_001), { whenTaken: 5_000 });
    const at = (offset: number, caller = mine) =>
      caller.call('POST', `${codesOf(id)}?jobId=${jobId}&offset=${offset}`, { body: 'X', headers: { 'content-type': 'text/plain' } });
    const wrong = await at(7);
    expect(wrong).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(wrong.body['detail']).toContain(String(bytesTaken));
    expect((await at(bytesTaken, stranger)).status).toBe(404);
    expect((await upload(id, 'X', `?jobId=${jobId}`)).status).toBe(400);
    expect((await upload(id, 'X', '?offset=3')).status).toBe(400);
    expect((await upload(await withPool(), 'X', `?jobId=${jobId}&offset=${bytesTaken}`)).status).toBe(404);
    expect((await upload(id, lines(5_000, 5_010), `?jobId=${jobId}&offset=${bytesTaken}`)).status).toBe(201);
    expect(await at(bytesTaken)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  test('taken over while its first request still seems to live adds nothing more through that one', async () => {
    const id = await withPool();
    const principal = JSON.stringify({ actor: 'partner', partnerId, clientId: 'test', accountId: null, scopes: ['partner.codes:write'] });
    const first = request(`${http.baseUrl}${codesOf(id)}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'x-test-principal': principal },
    });
    const answer = new Promise<number | undefined>((resolve) => first.on('response', (response) => resolve(response.resume().statusCode)));
    first.write(lines(0, 5_000));
    await expect.poll(async () => (await pool(id))?.total, { timeout: 20_000 }).toBe(5_000);
    const running = CodeJob.parse((await listed(id))[0]);
    expect(await upload(id, lines(5_000, 6_000), `?jobId=${running.id}&offset=${running.bytesTaken}`)).toMatchObject({ status: 201 });
    first.end(lines(6_000, 12_000));
    expect(await answer).toBe(409);
    expect(await pool(id)).toEqual({ total: 6_000, free: 6_000 });
  });

  test('that is cancelled stops at its next batch and keeps what it added', async () => {
    const id = await withPool();
    const broken = await breakOff(id, lines(0, 5_001), { whenTaken: 5_000 });
    expect(await cancel(id, broken.id)).toMatchObject({ status: 200, body: { state: 'cancelled', added: 5_000 } });
    expect((await cancel(id, broken.id)).body['code']).toBe('wrong_state');
    expect((await upload(id, 'X', `?jobId=${broken.id}&offset=${broken.bytesTaken}`)).body['code']).toBe('wrong_state');
    expect(await pool(id)).toEqual({ total: 5_000, free: 5_000 });
  });

  test('that never came back stops being in the way once its lease has lapsed', async () => {
    const id = await withPool();
    await upload(id, lines(0, 1));
    await http.rooms.db.query(
      `UPDATE chung.code_jobs SET state = 'running', lease_until = now() - interval '1 second', finished_at = NULL WHERE offer_id = $1`,
      [id],
    );
    expect(CodeJob.parse((await listed(id))[0]).state).toBe('interrupted');
    expect((await upload(id, lines(1, 2))).status).toBe(201);
    expect(await pool(id)).toEqual({ total: 2, free: 2 });
  });
});

describe('a generation', () => {
  test('answers at once, is made by the worker and tells how far it is', async () => {
    const id = await withPool();
    const begun = await generate(id, { count: 25_000, prefix: 'TET-' });
    expect(begun).toMatchObject({ status: 202, body: { kind: 'generation', state: 'running', percent: 0, rowsTotal: 25_000, added: 0 } });
    expect((await upload(id, 'ABCD-0001')).body['code']).toBe('import_running');
    await worker().runWaiting();
    const seen = new Set<number | null>();
    for (let done = false; !done; await setTimeout(5)) {
      const { percent, state } = await job(id, begun.body['id']);
      seen.add(percent);
      done = state === 'done';
    }
    expect(seen.size).toBeGreaterThan(2);
    expect(await job(id, begun.body['id'])).toMatchObject({ state: 'done', added: 25_000, percent: 100, duplicates: 0 });
    expect((await job(id, begun.body['id'])).rowsPerSecond).toBeGreaterThan(0);
    const codes = await kept(id);
    expect(codes.map(({ position }) => position)).toEqual(Array.from({ length: 25_000 }, (_, i) => i + 1));
    expect(new Set(codes.map(({ code }) => code)).size).toBe(25_000);
    for (const { code, hint } of codes.slice(0, 100)) {
      expect(code).toMatch(new RegExp(`^TET-[${CODE_ALPHABETS.readable}]{13}$`));
      expect(hint).toBe(`…${code.slice(-4)}`);
    }
  });

  test('stopped in the middle, as at a restart, goes on to exactly its count', async () => {
    const id = await withPool();
    const { body } = await generate(id, { count: 45_000 });
    const left = otherServer();
    await left.codeGenerator.runWaiting();
    await expect.poll(async () => (await job(id, body['id'])).added, { timeout: 30_000, interval: 10 }).toBeGreaterThan(0);
    await left.codeGenerator.stop();
    const between = await job(id, body['id']);
    expect(between.state).toBe('running');
    expect(between.added).toBeLessThan(45_000);
    await worker().runWaiting();
    await worker().settled();
    expect(await job(id, body['id'])).toMatchObject({ state: 'done', added: 45_000 });
    expect(await pool(id)).toEqual({ total: 45_000, free: 45_000 });
  });

  test('is made by one worker, however many look for work', async () => {
    const id = await withPool();
    const { body } = await generate(id, { count: 12_000 });
    const others = [otherServer(), otherServer()];
    const workers = [worker(), ...others.map(({ codeGenerator }) => codeGenerator)];
    await Promise.all(workers.map((each) => each.runWaiting()));
    await Promise.all(workers.map((each) => each.settled()));
    expect(await job(id, body['id'])).toMatchObject({ state: 'done', added: 12_000, rowsRead: 12_000 });
    expect(await pool(id)).toEqual({ total: 12_000, free: 12_000 });
  });

  test('can be cancelled while it runs; what is there stays and can be claimed', async () => {
    const { id } = await publish(http.rooms, partnerId, draftOf({ codes: 'pool', stock: 5 }));
    const claim = () => http.member().call('POST', `/v1/offers/${id}/redemptions`, { body: {} });
    expect(await claim()).toMatchObject({ status: 409, body: { code: 'codes_exhausted' } });
    const { body } = await generate(id, { count: 200_000 });
    // Asked again and again, as the worker does: a round that is just ending does not see what comes now.
    const filled = async () => {
      await worker().runWaiting();
      return (await pool(id))?.total;
    };
    await expect.poll(filled, { timeout: 30_000 }).toBeGreaterThan(0);
    // The pool is claimed from while it is being filled.
    expect((await claim()).status).toBe(201);
    expect(await cancel(id, body['id'])).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    await worker().settled();
    const { total } = (await pool(id)) ?? { total: 0 };
    expect(total).toBe((await job(id, body['id'])).added);
    expect(total).toBeLessThan(200_000);
  });

  test.each<[string, object, string]>([
    ['fewer than 60 random bits', { count: 10, length: 12 }, 'body.length'],
    ['digits alone of 18', { count: 10, alphabet: 'digits', length: 18 }, 'body.length'],
    ['more than 25 million', { count: 25_000_001 }, 'body.count'],
    ['none', { count: 0 }, 'body.count'],
    ['a prefix with signs that codes do not have', { count: 10, prefix: 'tết ' }, 'body.prefix'],
    ['an alphabet of its own', { count: 10, alphabet: '01OI' }, 'body.alphabet'],
  ])('422: %s', async (_what, recipe, path) => {
    const reply = await generate(await withPool(), recipe);
    expect(reply).toMatchObject({ status: 422, body: { code: 'validation_failed', fields: [{ path }] } });
  });

  test('a pool that could hold more than 25 million free codes is refused before any is made', async () => {
    const id = await withPool();
    await upload(id, 'ABCD-0001');
    expect(await generate(id, { count: 25_000_000 })).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  test('sent again with the same key is the same job', async () => {
    const id = await withPool();
    const send = () => mine.call('POST', `${codesOf(id)}/generate`, { body: { count: 5 }, headers: { 'idempotency-key': `again-${id}` } });
    const [first, second] = [await send(), await send()];
    expect(second.body['id']).toBe(first.body['id']);
    expect(await listed(id)).toHaveLength(1);
  });
});

test('another partner sees no job, starts none and cancels none', async () => {
  const id = await withPool();
  const { body } = await upload(id, 'ABCD-0001');
  const answers: readonly Answer[] = [
    await stranger.call('GET', `${codesOf(id)}/jobs`),
    await stranger.call('GET', `${codesOf(id)}/jobs/${body['id']}`),
    await generate(id, { count: 5 }, stranger),
    await cancel(id, body['id'], stranger),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
});

test('the jobs of a pool are listed newest first, in pages', async () => {
  const id = await withPool();
  for (const code of ['ABCD-0001', 'ABCD-0002', 'ABCD-0003']) await upload(id, code);
  const first = await mine.call('GET', `${codesOf(id)}/jobs?limit=2`);
  const second = await mine.call('GET', `${codesOf(id)}/jobs?limit=2&cursor=${first.body['nextCursor']}`);
  const started = [first, second].flatMap(({ body }) => (body['items'] as readonly { startedAt: string }[]).map((each) => each.startedAt));
  expect(started).toEqual(started.toSorted().reverse());
  expect(started).toHaveLength(3);
  expect(second.body['nextCursor']).toBeNull();
});
