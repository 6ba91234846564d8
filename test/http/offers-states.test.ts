// Every move from every state of an offer, as partner and reviewer would try them, against the state table in the guide.
import type { OfferId, OfferState, PartnerId } from '@chung/contracts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { type Answer, type Caller, openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { draftOf, inDays, publish } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let owner: pg.Client;
let partnerId: PartnerId;
let mine: Caller;
beforeAll(async () => {
  http = await openPartnerHttp();
  owner = new pg.Client({ connectionString: http.rooms.database.ownerUrl });
  await owner.connect();
  partnerId = (await http.rooms.activePartner('states')).id;
  mine = http.partner(partnerId);
});
afterAll(async () => {
  await owner.end();
  await http.close();
});

const submit = (id: OfferId) => mine.call('POST', `/v1/partner/offers/${id}/submit`, { body: {} });
const change = (id: OfferId, body: object) => mine.call('PATCH', `/v1/partner/offers/${id}`, { body });
const read = async (id: OfferId) => (await mine.call('GET', `/v1/partner/offers/${id}`)).body;
const stateOf = async (id: OfferId) => (await read(id))['state'];
const isListed = async (id: OfferId) => JSON.stringify((await http.member().call('GET', '/v1/offers?limit=100')).body).includes(id);
const decide = (submissionId: unknown, body: object) => http.admin.call('POST', `/v1/admin/submissions/${submissionId}/decision`, { body });
const approval = { decision: 'approve' };
const refusal = { decision: 'refuse', reasons: [{ rule: 'REV-201' }] };

const draft = async () => (await http.rooms.db.tx((tx) => http.rooms.offers.create(tx, { partnerId, draft: draftOf() }))).id;
const published = async (changes: Parameters<typeof draftOf>[0] = {}) => (await publish(http.rooms, partnerId, draftOf(changes))).id;

/** An offer in each state, got there as far as there is a way. */
const MAKE: Readonly<Record<OfferState, () => Promise<OfferId>>> = {
  draft,
  submitted: async () => {
    const id = await draft();
    expect((await submit(id)).status).toBe(201);
    return id;
  },
  refused: async () => {
    const id = await draft();
    await decide((await submit(id)).body['id'], refusal);
    return id;
  },
  published: () => published(),
  // No operation pauses an offer yet; the state is there for it.
  paused: async () => {
    const id = await published();
    await owner.query(`UPDATE chung.offers SET state = 'paused' WHERE id = $1`, [id]);
    await owner.query('DELETE FROM chung.offer_listings WHERE offer_id = $1', [id]);
    return id;
  },
  ended: () => published({ window: { startsAt: inDays(-5), endsAt: inDays(-1) } }),
};

/** The last submission of the offer, or none. */
async function submissionOf(id: OfferId): Promise<string> {
  const { rows } = await owner.query('SELECT id FROM chung.submissions WHERE offer_id = $1 ORDER BY id DESC LIMIT 1', [id]);
  return rows[0]?.id ?? newId<string>();
}

const MOVES: Readonly<Record<string, (id: OfferId) => Promise<Answer>>> = {
  'change terms': (id) => change(id, { regularPriceMinor: 90_000 }),
  'change stock': (id) => change(id, { stock: 20 }),
  'change nothing': (id) => change(id, {}),
  submit,
  approve: async (id) => decide(await submissionOf(id), approval),
  refuse: async (id) => decide(await submissionOf(id), refusal),
};

type Outcome = readonly [status: number, state: OfferState];
const no = (state: OfferState): Outcome => [409, state];
const none = (state: OfferState): Outcome => [404, state];
/** Status and state afterwards. `approve` and `refuse` of what never was submitted find no submission (404). */
const TABLE: Readonly<Record<OfferState, Readonly<Record<string, Outcome>>>> = {
  draft: {
    'change terms': [200, 'draft'],
    'change stock': [200, 'draft'],
    'change nothing': [200, 'draft'],
    submit: [201, 'submitted'],
    approve: none('draft'),
    refuse: none('draft'),
  },
  submitted: {
    'change terms': no('submitted'),
    'change stock': no('submitted'),
    'change nothing': no('submitted'),
    submit: no('submitted'),
    approve: [200, 'published'],
    refuse: [200, 'refused'],
  },
  refused: {
    'change terms': [200, 'draft'],
    'change stock': [200, 'draft'],
    'change nothing': [200, 'refused'],
    submit: no('refused'),
    approve: no('refused'),
    refuse: no('refused'),
  },
  published: {
    'change terms': [200, 'draft'],
    'change stock': [200, 'published'],
    'change nothing': [200, 'published'],
    submit: no('published'),
    approve: none('published'),
    refuse: none('published'),
  },
  paused: {
    'change terms': [200, 'draft'],
    'change stock': [200, 'paused'],
    'change nothing': [200, 'paused'],
    submit: no('paused'),
    approve: none('paused'),
    refuse: none('paused'),
  },
  ended: {
    'change terms': [200, 'draft'],
    'change stock': [200, 'ended'],
    'change nothing': [200, 'ended'],
    submit: no('ended'),
    approve: none('ended'),
    refuse: none('ended'),
  },
};

describe.each(Object.keys(TABLE) as OfferState[])('a %s offer', (state) => {
  test.each(Object.keys(MOVES))('%s', async (move) => {
    const [status, after] = TABLE[state][move] ?? [0, 'draft'];
    const id = await MAKE[state]();
    const before = await read(id);
    const answer = await MOVES[move]?.(id);
    expect([answer?.status, await stateOf(id)]).toEqual([status, after]);
    // What is refused changes nothing at all; only what is published is shown to members.
    if (status >= 400) expect(await read(id)).toEqual(before);
    expect(await isListed(id)).toBe(after === 'published');
  });

  test('is claimed only when it is published, and never tells a stranger which other state it has', async () => {
    const id = await MAKE[state]();
    const claimed = await http.member().call('POST', `/v1/offers/${id}/redemptions`, { body: {} });
    const expected = state === 'published' ? 201 : state === 'paused' || state === 'ended' ? 409 : 404;
    expect([state, claimed.status]).toEqual([state, expected]);
    expect((await http.member().call('GET', `/v1/offers/${id}`)).status).toBe(state === 'published' ? 200 : 404);
  });
});

test('a window is half-open: an offer is gone at its last instant and not there before its first', async () => {
  const id = await published();
  const setWindow = (from: string, until: string) =>
    owner.query(
      // A listing never changes: other times are another listing, told to the servers by the version.
      `WITH told AS (UPDATE chung.catalogue_version SET version = gen_random_uuid())
       UPDATE chung.offer_listings SET id = gen_random_uuid(), starts_at = now() + $2::interval, ends_at = now() + $3::interval
        WHERE offer_id = $1`,
      [id, from, until],
    );
  await setWindow('-1 hour', '1 hour');
  expect(await isListed(id)).toBe(true);
  await setWindow('-1 hour', '0');
  expect(await isListed(id)).toBe(false);
  await setWindow('1 minute', '1 hour');
  expect(await isListed(id)).toBe(false);
});

test('ten submits at once: one waits, the others are told, and the partner gets one event', async () => {
  const id = await draft();
  const answers = await Promise.all(Array.from({ length: 10 }, () => submit(id)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(9).fill(409)]);
  const { rows } = await owner.query(`SELECT type FROM chung.outbox WHERE data ->> 'offerId' = $1`, [id]);
  expect(rows).toEqual([{ type: 'offer.submitted.v1' }]);
});

test('ten decisions at once by several reviewers: one holds, with one event and one listing', async () => {
  const id = await draft();
  const { body } = await submit(id);
  const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => decide(body['id'], index % 2 ? approval : refusal)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array(9).fill(409)]);
  const state = await stateOf(id);
  const decided = answers.find((answer) => answer.status === 200)?.body;
  expect(decided?.['state']).toBe(state === 'published' ? 'approved' : 'refused');
  const { rows } = await owner.query(`SELECT type FROM chung.outbox WHERE data ->> 'offerId' = $1 AND type <> 'offer.submitted.v1'`, [id]);
  expect(rows).toEqual([{ type: `offer.${state}.v1` }]);
  expect(await isListed(id)).toBe(state === 'published');
});

test('the same decision with the same key is made once and answered alike each time', async () => {
  const id = await draft();
  const { body } = await submit(id);
  const headers = { 'idempotency-key': newId<string>() };
  const send = () => http.admin.call('POST', `/v1/admin/submissions/${body['id']}/decision`, { body: approval, headers });
  const answers = await Promise.all([send(), send(), send()]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
});

test('a change during the review cannot slip in: of change and submit at once the reviewer sees what was submitted', async () => {
  for (let round = 0; round < 5; round++) {
    const id = await draft();
    const [changed, submitted] = await Promise.all([change(id, { regularPriceMinor: 77_000 }), submit(id)]);
    expect(submitted.status).toBe(201);
    expect([200, 409]).toContain(changed.status);
    const { body } = await http.admin.call('GET', `/v1/admin/submissions/${submitted.body['id']}`);
    expect(body['offer']).toMatchObject({ regularPriceMinor: changed.status === 200 ? 77_000 : 100_000, state: 'submitted' });
  }
});
