// Whoever types codes that nobody holds is locked out for a while, over all servers, and learns nothing by trying.
import { AccountId, type PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { createOffers } from '../../platform/server/src/rooms/offers/index.ts';
import { GUESSES } from '../../platform/server/src/rooms/offers/look-up-code.ts';
import { type Caller, openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { cursors, draftOf, names, partnerPrincipal, publish, vault } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let partnerId: PartnerId;
let code: string;
beforeAll(async () => {
  http = await openPartnerHttp();
  partnerId = (await http.rooms.activePartner('guessed')).id;
  code = await givenOut(partnerId, 'REAL-CODE-0001');
});
afterAll(() => http.close());

/** A code that a member holds. */
async function givenOut(of: PartnerId, text: string): Promise<string> {
  const { id } = await publish(http.rooms, of, draftOf({ codes: 'pool', stock: 1 }));
  const headers = { 'content-type': 'text/plain' };
  await http.partner(of).call('POST', `/v1/partner/offers/${id}/codes`, { body: `${text}\n`, headers });
  expect((await http.member().call('POST', `/v1/offers/${id}/redemptions`, { body: {} })).body['code']).toBe(text);
  return text;
}

const cashier = () => http.cashier(partnerId, newId<AccountId>());
const lookUp = (caller: Caller, presented: string) => caller.call('POST', '/v1/partner/redemptions/lookup', { body: { presented } });
const guess = (n: number) => `GUESS-${String(n).padStart(6, '0')}`;

test('ten wrong codes of a cashier lock them out, told by 429 with Retry-After; then the right one is not looked up either', async () => {
  const one = cashier();
  for (let n = 0; n < GUESSES.account.tries; n++) expect([n, (await lookUp(one, guess(n))).status]).toEqual([n, 404]);
  const locked = await lookUp(one, code);
  expect(locked).toMatchObject({ status: 429, body: { code: 'account_locked' } });
  // Somebody else of the same partner is not concerned.
  expect((await lookUp(cashier(), code)).status).toBe(200);
});

test('a cashier who mistypes now and then is never locked out', async () => {
  const one = cashier();
  for (let n = 0; n < GUESSES.account.tries - 1; n++) {
    expect((await lookUp(one, guess(n))).status).toBe(404);
    expect((await lookUp(one, code)).status).toBe(200);
  }
});

test('a flood at one moment gets no more tries than one after the other, whatever server it meets', async () => {
  const caller = partnerPrincipal(partnerId, { accountId: AccountId.parse(newId<AccountId>()) });
  const locked: string[] = [];
  const servers = Array.from({ length: 3 }, () =>
    createOffers({
      ...http.rooms,
      vault,
      cursors,
      names,
      onPublish: async () => {},
      onCodesLocked: async ({ accountId }) => void locked.push(accountId ?? ''),
    }),
  );
  const flood = Array.from({ length: 60 }, (_, n) => servers[n % 3]?.findByCode(caller, guess(n)));
  const outcomes = await Promise.allSettled(flood);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(outcomes.length - refused.length).toBe(GUESSES.account.tries);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'account_locked' });
  expect(Math.max(...refused.map(({ reason }) => reason.extras.retryAfterSeconds))).toBeGreaterThan(14 * 60);
  // Told once, by whoever made the try that was one too many.
  expect(locked).toEqual([caller.accountId]);
});

test('the lock ends, and the next one lasts twice as long', async () => {
  const caller = partnerPrincipal(partnerId, { accountId: AccountId.parse(newId<AccountId>()) });
  const { offers, db } = http.rooms;
  const wait = async () => {
    for (let n = 0; n < GUESSES.account.tries; n++) await offers.findByCode(caller, guess(n));
    return offers.findByCode(caller, code).then(
      () => 0,
      (error) => Math.round(error.extras.retryAfterSeconds / 60),
    );
  };
  expect(await wait()).toBe(15);
  const unlock = () => db.query(`UPDATE chung.code_guesses SET locked_until = now() WHERE caller = $1`, [`account:${caller.accountId}`]);
  await unlock();
  expect(await offers.findByCode(caller, code)).toHaveLength(1);
  expect(await wait()).toBe(30);
});

test('an app stands for many counters: it may be wrong a hundred times before it waits', async () => {
  const caller = partnerPrincipal(partnerId, { clientId: 'chain-of-counters' });
  for (let n = 0; n < GUESSES.app.tries; n++) expect(await http.rooms.offers.findByCode(caller, guess(n))).toEqual([]);
  await expect(http.rooms.offers.findByCode(caller, code)).rejects.toMatchObject({ code: 'account_locked' });
});

test('unknown, not given out, another partner’s and what is no code at all: one answer, word for word', async () => {
  const other = (await http.rooms.activePartner('other')).id;
  const foreign = await givenOut(other, 'FOREIGN-0001');
  const { id } = await publish(http.rooms, partnerId, draftOf({ codes: 'pool', stock: 1 }));
  await http
    .partner(partnerId)
    .call('POST', `/v1/partner/offers/${id}/codes`, { body: 'WAITING-0001\n', headers: { 'content-type': 'text/plain' } });
  const one = cashier();
  const answers = [];
  for (const presented of ['NOBODY-0001', 'WAITING-0001', foreign, 'không phải mã', `${code}X`, "'; DROP TABLE codes; --"]) {
    const { status, body } = await lookUp(one, presented);
    answers.push({ status, ...body, request_id: '' });
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 404, code: 'not_found' });
});

test('the count says who and how often, and holds no code', async () => {
  const rows = await http.rooms.db.query<{ text: string }>('SELECT g::text AS text FROM chung.code_guesses g');
  expect(rows.length).toBeGreaterThan(3);
  expect(rows.map(({ text }) => text).join()).not.toMatch(/GUESS|REAL|FOREIGN|NOBODY/);
});
