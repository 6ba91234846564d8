// The queue while reviewers work on it, partners' standing under several admins, and who learns what of a decision.
import { listSubmissions, type PartnerId, PartnerOffer } from '@chung/contracts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { application, draftOf } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let owner: pg.Client;
let partnerId: PartnerId;
let mine: Caller;
beforeAll(async () => {
  http = await openPartnerHttp();
  owner = new pg.Client({ connectionString: http.rooms.database.ownerUrl });
  await owner.connect();
  partnerId = (await http.rooms.activePartner('queue')).id;
  mine = http.partner(partnerId);
});
afterAll(async () => {
  await owner.end();
  await http.close();
});

async function submit(): Promise<{ id: string; offerId: string }> {
  const { body } = await mine.call('POST', '/v1/partner/offers', { body: draftOf() });
  const submitted = await mine.call('POST', `/v1/partner/offers/${body['id']}/submit`, { body: {} });
  return { id: String(submitted.body['id']), offerId: String(body['id']) };
}
const decide = (id: string, body: object) => http.admin.call('POST', `/v1/admin/submissions/${id}/decision`, { body });
const page = async (query: string) => listSubmissions.reply.parse((await http.admin.call('GET', `/v1/admin/submissions?${query}`)).body);

test('the queue is read whole, oldest first, while others are decided and new ones come', async () => {
  const waiting: string[] = [];
  for (let count = 0; count < 9; count++) waiting.push((await submit()).id);
  const decided = waiting.filter((_, index) => index % 3 === 2);
  const toDecide = [...decided].reverse();
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { items, nextCursor }: Awaited<ReturnType<typeof page>> = await page(`limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...items.map((item) => item.id));
    const next = toDecide.pop();
    if (next) {
      expect((await decide(next, { decision: 'approve' })).status).toBe(200);
      await submit();
    }
    cursor = nextCursor;
  }
  const staying = waiting.filter((id) => !decided.includes(id));
  expect(seen.filter((id) => staying.includes(id))).toEqual(staying);
  expect(new Set(seen).size).toBe(seen.length);
  // The places close up behind what was decided.
  const { items } = await page('limit=100');
  expect(items.map((item) => item.queuePosition)).toEqual(items.map((_, index) => index + 1));
});

test('what was decided is read newest first and keeps its clock: waiting ends with the decision', async () => {
  const [first, second] = [await submit(), await submit()];
  for (const { id } of [first, second]) await decide(id, { decision: 'refuse', reasons: [{ rule: 'REV-202' }] });
  await owner.query(`UPDATE chung.submissions SET submitted_at = decided_at - interval '90 seconds' WHERE id = $1`, [first.id]);
  const { items } = await page('state=refused&limit=2');
  expect(items.map(({ id, waitingSeconds, queuePosition }) => [id, waitingSeconds, queuePosition])).toEqual([
    [second.id, 0, null],
    [first.id, 90, null],
  ]);
});

test('a refusal tells its partner the rules in both languages with the note, and not who decided', async () => {
  const { id, offerId } = await submit();
  const reasons = [{ rule: 'REV-203', note: 'Cần bảng giá có đóng dấu.' }, { rule: 'OFR-101' }];
  expect((await decide(id, { decision: 'refuse', reasons })).body).toMatchObject({ decision: { decidedBy: 'Trần Văn Duyệt' } });
  const { body } = await mine.call('GET', `/v1/partner/offers/${offerId}`);
  const told = PartnerOffer.parse(body).lastDecision;
  expect(told?.reasons.map((reason) => reason.rule)).toEqual(['REV-203', 'OFR-101']);
  for (const { text } of told?.reasons ?? []) expect(text.vi).not.toBe(text.en);
  expect(told?.reasons[0]?.text.en).toBe('The price before the promotion is not evidenced. Cần bảng giá có đóng dấu.');
  expect(JSON.stringify(body)).not.toContain('Trần Văn Duyệt');
  const events = JSON.stringify((await mine.call('GET', '/v1/partner/events?limit=100')).body);
  expect(events).toContain('REV-203');
  expect(events).not.toMatch(/đóng dấu|Duyệt/);
});

test('a partner reads of other partners nothing, and members read of a partner its name alone', async () => {
  const { id, offerId } = await submit();
  await decide(id, { decision: 'approve' });
  const { id: stranger } = await http.rooms.activePartner('queue-stranger');
  const theirs = await Promise.all(
    ['/v1/partner/offers', '/v1/partner/events', '/v1/partner/redemptions'].map((path) => http.partner(stranger).call('GET', path)),
  );
  expect(JSON.stringify(theirs)).not.toMatch(new RegExp(`${offerId}|${partnerId}`));
  const seen = JSON.stringify((await http.member().call('GET', `/v1/offers/${offerId}`)).body);
  expect(seen).toContain('Đối tác queue');
  expect(seen).not.toMatch(/example\.vn|0100000000|Công ty|"(funding|stock|eligibility|counts)"/);
});

test('ten approvals at once by several admins: one holds, with one contract, one event and one telling', async () => {
  const { body } = await http.anyone.call('POST', '/v1/partners', { body: application('ten-approvals') });
  const approve = () => http.admin.call('POST', `/v1/admin/partners/${body['id']}/decision`, { body: { decision: 'approve' } });
  const answers = await Promise.all(Array.from({ length: 10 }, approve));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array(9).fill(409)]);
  const { rows } = await owner.query(
    `SELECT (SELECT count(*)::integer FROM chung.contracts WHERE partner_id = $1) AS contracts,
            (SELECT count(*)::integer FROM chung.outbox WHERE partner_id = $1 AND type = 'partner.approved.v1') AS events`,
    [body['id']],
  );
  expect(rows).toEqual([{ contracts: 1, events: 1 }]);
});

test('a decision that fails on its way leaves submission, offer, listing and events as they were', async () => {
  const { id, offerId } = await submit();
  // A listing that cannot be written, as a full disk or a broken connection would leave it.
  await owner.query("ALTER TABLE chung.offer_listings ADD CONSTRAINT broken_for_a_test CHECK (category <> 'telecom') NOT VALID");
  const failed = await decide(id, { decision: 'approve' });
  await owner.query('ALTER TABLE chung.offer_listings DROP CONSTRAINT broken_for_a_test');
  expect([failed.status, failed.body['code']]).toEqual([500, 'internal']);
  expect(JSON.stringify(failed.body)).not.toMatch(/broken_for_a_test|offer_listings/);
  expect((await http.admin.call('GET', `/v1/admin/submissions/${id}`)).body).toMatchObject({ state: 'waiting', decision: null });
  expect((await mine.call('GET', `/v1/partner/offers/${offerId}`)).body).toMatchObject({ state: 'submitted', lastDecision: null });
  const { rows } = await owner.query(`SELECT type FROM chung.outbox WHERE data ->> 'offerId' = $1`, [offerId]);
  expect(rows).toEqual([{ type: 'offer.submitted.v1' }]);
  expect((await decide(id, { decision: 'approve' })).status).toBe(200);
});
