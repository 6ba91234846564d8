// A statement written from the platform's own ledger, verified against the events that it has exported: two roads to the same đồng.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Statement, type StatementLine } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seal } from '../../sdk/client/testing/write-statement.ts';
import { openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { type Machine, openMachine } from './cli-login.ts';

let http: RedemptionHttp;
let machine: Machine;
beforeAll(async () => {
  http = await openRedemptionHttp();
  machine = await openMachine(http.running.demo.issuer);
}, 120_000);
afterAll(async () => {
  await machine?.close();
  await http?.close();
});

const ZONE_HOURS = 7;
const DAY_MS = 86_400_000;

/** Yesterday, today and tomorrow in Hà Nội. */
function period() {
  const today = Math.floor((Date.now() + ZONE_HOURS * 3_600_000) / DAY_MS) * DAY_MS;
  const [from, until] = [today - DAY_MS, today + 2 * DAY_MS];
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const midnight = (at: number) => new Date(at - ZONE_HOURS * 3_600_000).toISOString();
  return { from: day(from), until: day(until), timeZone: 'Asia/Ho_Chi_Minh', startsAt: midnight(from), endsAt: midnight(until) };
}

/** One line for each journal that moved what the partner owes, joined with the event that told it. */
async function linesFromBooks(): Promise<readonly StatementLine[]> {
  const { rows } = await http.running.owner.query(
    `WITH books AS (
       SELECT j.shard_id, j.cause_id, split_part(j.kind, ':', 1) AS kind, nullif(split_part(j.kind, ':', 2), '')::int AS taken_back,
              -coalesce(sum(p.amount_minor) FILTER (WHERE p.account = 4110), 0) AS fee,
              -coalesce(sum(p.amount_minor) FILTER (WHERE p.account = 2300), 0) AS vat,
              -coalesce(sum(p.amount_minor) FILTER (WHERE p.account = 1200), 0) AS net
         FROM chung.journals j JOIN chung.postings p ON (p.shard_id, p.journal_id) = (j.shard_id, j.id)
        WHERE j.kind LIKE 'redeemed' OR j.kind LIKE 'partly_reversed:%' OR j.kind = 'reversed'
        GROUP BY 1, 2, 3, 4)
     SELECT b.*, o.id AS event_id, o.occurred_at, o.data, r.vat_basis_points
       FROM books b
       JOIN chung.redemptions r ON (r.offer_id, r.id) = (b.shard_id, b.cause_id) AND r.partner_id = $1
       JOIN chung.outbox o ON o.shard_id = b.shard_id AND o.data ->> 'redemptionId' = b.cause_id::text
                          AND o.type = 'redemption.' || b.kind || '.v1'
                          AND (b.taken_back IS NULL OR (o.data ->> 'reversedBasisPoints')::int = b.taken_back)
      ORDER BY o.txid, o.id`,
    [http.partnerId],
  );
  return rows.map((row, index) =>
    Statement.shape.lines.element.parse({
      ...{ number: index + 1, kind: row.kind, at: row.occurred_at.toISOString(), eventId: row.event_id },
      ...{ redemptionId: row.cause_id, offerId: row.shard_id, gross: '0', commission: '0', other: '0', note: '' },
      ...{ fee: row.fee, vat: row.vat, net: row.net, vatBasisPoints: row.vat_basis_points, commissionTerms: null },
      reversedBasisPoints: row.kind === 'redeemed' ? null : (row.taken_back ?? 10_000),
    }),
  );
}

const statementOf = (lines: readonly StatementLine[]): Statement =>
  seal({
    ...{ format: 'chung-statement-v1', id: http.partnerId, number: 1, currency: 'VND', previous: null, opening: '0' },
    ...{ partner: { id: http.partnerId, legalName: 'VNPT Money' }, period: period(), issuedAt: new Date().toISOString(), lines },
  });

test('the books and the events agree on every redemption, its parts and its end; one đồng off is found', { timeout: 90_000 }, async () => {
  const offerId = await http.offer({ limits: { perMember: 10, perMemberPerDay: null } });
  const ids: string[] = [];
  for (const member of [http.an, http.binh, http.an, http.binh, http.an]) ids.push(await http.claimed(member, offerId));
  const [kept = '', parts = '', whole = '', both = '', fulfilled = ''] = ids;
  const reverse = (id: string, partBasisPoints?: number) =>
    http.act(id, 'reverse', { reason: 'Giao nhầm gói', ...(partBasisPoints !== undefined && { partBasisPoints }) });
  for (const part of [3_333, 7, 2_222]) expect((await reverse(parts, part)).status).toBe(200);
  expect((await reverse(whole)).status).toBe(200);
  expect([(await reverse(both, 4_999)).status, (await reverse(both)).status]).toEqual([200, 200]);
  expect((await http.act(fulfilled, 'fulfil')).status).toBe(200);

  const app = http.running.demo.partners[0]?.client;
  const env = { ...machine.env, CHUNG_CLIENT_ID: app?.client_id, CHUNG_PRIVATE_KEY: JSON.stringify(app?.private_key_jwk) };
  const exported = async () => (await machine.chung(['events', 'list', '--json'], { env })).out;
  await expect.poll(exported, { timeout: 20_000, interval: 200 }).toContain(fulfilled);
  await writeFile(path.join(machine.home, 'events.ndjson'), await exported());

  const lines = await linesFromBooks();
  expect(lines.filter(({ redemptionId }) => redemptionId !== null && ids.includes(redemptionId))).toHaveLength(5 + 3 + 1 + 2);
  const verify = async (statement: Statement) => {
    await writeFile(path.join(machine.home, 'statement.json'), JSON.stringify(statement));
    return machine.chung(['statement', 'verify', 'statement.json', '--events', 'events.ndjson']);
  };
  const right = await verify(statementOf(lines));
  expect([right.code, right.out]).toEqual([0, expect.stringContaining('It fits to the đồng')]);

  const at = lines.findIndex(({ redemptionId, kind }) => redemptionId === parts && kind === 'partly_reversed');
  const off = lines.map((line, index) =>
    index === at ? { ...line, vat: String(BigInt(line.vat) + 1n), net: String(BigInt(line.net) - 1n) } : line,
  );
  const wrong = await verify(statementOf(off));
  expect([wrong.code, wrong.out]).toEqual([
    1,
    expect.stringContaining(`Line ${at + 1}: vat is -52 and should be -53 (off by +1) [${parts}].`),
  ]);
  const without = lines.filter(({ redemptionId }) => redemptionId !== kept).map((line, index) => ({ ...line, number: index + 1 }));
  const short = await verify(statementOf(without));
  expect([short.code, short.out]).toEqual([1, expect.stringContaining('which should net -2160')]);
});
