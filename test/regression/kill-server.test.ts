// kill -9 of the server while members claim. After each restart: what was answered is there, what was not can be asked again by
// its key, and the books, the stock and the events agree (I1, I3, I6, I10, I13).
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoFile } from '../../platform/server/src/demo/file.ts';
import { freePort, type ServerProcess, startServer } from '../harness/server-process.ts';
import { signIn, type WebSession } from '../harness/session.ts';

const KILLS = 3;
const CLAIMS_A_ROUND = 120;
const STOCK = 150;

let dataDirectory: string;
let port: number;
let server: ServerProcess;
let demo: DemoFile;
let offerId: string;
let members: WebSession[];

const settings = () => ({ PORT: String(port), CHUNG_DATA_DIR: dataDirectory });
const hour = (offset: number) => new Date(Date.now() + offset * 3_600_000).toISOString();

async function publishOffer(): Promise<string> {
  const [partner] = demo.partners;
  if (!partner) throw new Error('the demo has a partner');
  const portal = await signIn(server.baseUrl, 'partner', partner);
  const desk = await signIn(server.baseUrl, 'admin', demo.admin);
  const written = await portal.call('POST', '/v1/partner/offers', {
    body: {
      title: { vi: 'Quà thử thách độ bền', en: 'Endurance gift' },
      summary: { vi: 'Ưu đãi dùng để thử hệ thống.', en: 'An offer to try the system with.' },
      terms: { vi: 'Mỗi đoàn viên nhận được nhiều lần.', en: 'Each member may claim many times.' },
      category: 'other',
      benefit: { kind: 'free_voucher', faceValueMinor: 10_000 },
      regularPriceMinor: 50_000,
      currency: 'VND',
      funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
      stock: STOCK,
      limits: { perMember: STOCK, perMemberPerDay: null },
      window: { startsAt: hour(-1), endsAt: hour(48) },
      fulfilment: { mode: 'instant' },
      codes: 'pool',
      eligibility: { version: 1, all: [] },
    },
  });
  expect([written.status, written.body]).toMatchObject([201, {}]);
  const id = String(written.body['id']);
  const codes = Array.from({ length: STOCK }, (_, i) => `KILL-${String(i).padStart(5, '0')}-WXYZ`).join('\n');
  expect(
    (await portal.call('POST', `/v1/partner/offers/${id}/codes`, { body: codes, headers: { 'content-type': 'text/plain' } })).body,
  ).toMatchObject({ added: STOCK });
  const submission = await portal.call('POST', `/v1/partner/offers/${id}/submit`, { body: {} });
  expect([submission.status, submission.body['fields']]).toEqual([201, undefined]);
  const decided = await desk.call('POST', `/v1/admin/submissions/${submission.body['id']}/decision`, { body: { decision: 'approve' } });
  expect(decided.status).toBe(200);
  return id;
}

beforeAll(async () => {
  dataDirectory = await mkdtemp(path.join(tmpdir(), 'chung-kill-'));
  port = await freePort();
  server = await startServer(settings());
  demo = JSON.parse(await readFile(path.join(dataDirectory, 'demo.json'), 'utf8'));
  offerId = await publishOffer();
  members = await Promise.all(demo.members.map((member) => signIn(server.baseUrl, 'member', member)));
}, 180_000);

afterAll(async () => {
  await server?.interrupt();
  await rm(dataDirectory, { recursive: true, force: true });
});

interface Attempt {
  readonly member: WebSession;
  readonly key: string;
  answer: { status: number; id: string; code: string } | null;
}

async function claim(attempt: Attempt): Promise<void> {
  const reply = await attempt.member
    .call('POST', `/v1/offers/${offerId}/redemptions`, { body: {}, headers: { 'idempotency-key': attempt.key } })
    .catch(() => null);
  if (!reply || reply.status >= 500) return;
  const answer = { status: reply.status, id: String(reply.body['id']), code: String(reply.body['code']) };
  // An answer once given never changes: a sold-out refusal has no effect and may become a success, a success stays.
  if (attempt.answer?.status === 201) expect(answer).toEqual(attempt.answer);
  attempt.answer = answer;
}

async function expectInvariants(answered: readonly Attempt[]): Promise<void> {
  const runtime = JSON.parse(await readFile(path.join(dataDirectory, 'runtime.json'), 'utf8'));
  const db = new pg.Client({ connectionString: runtime.serverUrl });
  await db.connect();
  const rows = async (text: string, values: unknown[] = []) => (await db.query(text, values)).rows;
  try {
    expect(await rows('SELECT currency FROM chung.postings GROUP BY currency HAVING sum(amount_minor) <> 0'), 'I10').toEqual([]);
    expect(
      await rows('SELECT journal_id FROM chung.postings GROUP BY shard_id, journal_id, currency HAVING sum(amount_minor) <> 0'),
      'I10',
    ).toEqual([]);
    const [stock] = await rows('SELECT stock, held, redeemed FROM chung.offer_stock WHERE offer_id = $1', [offerId]);
    const [live] = await rows(`SELECT count(*)::int AS n FROM chung.redemptions WHERE offer_id = $1 AND state = 'REDEEMED'`, [offerId]);
    expect(Number(stock.redeemed), 'I1').toBe(live.n);
    expect(Number(stock.held) + Number(stock.redeemed), 'I1').toBeLessThanOrEqual(Number(stock.stock));
    const [codes] = await rows(
      'SELECT count(code_position)::int AS bound, count(DISTINCT code_position)::int AS different FROM chung.redemptions WHERE offer_id = $1',
      [offerId],
    );
    expect(codes, 'I3').toEqual({ bound: live.n, different: live.n });
    const lonely = `SELECT r.id FROM chung.redemptions r WHERE r.offer_id = $1 AND 1 <> (SELECT count(*) FROM chung.%s x WHERE x.shard_id = r.offer_id AND %k = r.id::text)`;
    expect(await rows(lonely.replace('%s', 'journals').replace('%k', 'x.cause_id::text'), [offerId]), 'I13').toEqual([]);
    expect(await rows(lonely.replace('%s', 'outbox').replace('%k', `x.data ->> 'redemptionId'`), [offerId]), 'I6, I13').toEqual([]);
    const ids = new Set((await rows('SELECT id FROM chung.redemptions WHERE offer_id = $1', [offerId])).map((row) => row.id));
    for (const { answer } of answered) if (answer?.status === 201) expect(ids.has(answer.id), 'an answered claim is there').toBe(true);
  } finally {
    await db.end();
  }
}

test(`nothing is lost, doubled or left half done over ${KILLS} kills`, { timeout: 240_000 }, async () => {
  const attempts: Attempt[] = [];
  let cutOff = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const round = Array.from({ length: CLAIMS_A_ROUND }, (_, i): Attempt => {
      const member = members[i % members.length];
      if (!member) throw new Error('there are members');
      return { member, key: `kill-${kill}-${i}`, answer: null };
    });
    attempts.push(...round);
    const under = Promise.all(round.map(claim));
    await new Promise((resolve) => setTimeout(resolve, 120 + 60 * kill));
    await server.kill();
    await under;
    server = await startServer(settings());
    await expectInvariants(attempts);
    // Those without an answer ask again by their key.
    const unanswered = round.filter(({ answer }) => answer === null);
    cutOff += unanswered.length;
    await Promise.all(unanswered.map(claim));
    await expectInvariants(attempts);
  }
  // A kill that hits nothing proves nothing.
  expect(cutOff).toBeGreaterThan(0);
  await Promise.all(attempts.map(claim));
  await expectInvariants(attempts);
  const winners = attempts.filter(({ answer }) => answer?.status === 201);
  expect(winners).toHaveLength(STOCK);
  expect(new Set(winners.map(({ answer }) => answer?.code)).size).toBe(STOCK);
});
