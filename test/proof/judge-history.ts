// Judges a recorded history against the rules of redemptions. It knows nothing of the server and asks no database: what it
// says can be checked with the files in hand. Whatever the history cannot decide (an answer that never came, two requests at
// once) counts for the server; so every violation it tells is one.
import { type Entry, type FinalRedemption, type History, LOST, type OfferFacts } from './history.ts';
import { type Change, meets, StepCount } from './step-counts.ts';

export interface Rule {
  readonly name: string;
  /** How often there was something to judge. */
  readonly checks: number;
  /** The first few, in words. */
  readonly violations: readonly string[];
  readonly broken: number;
}

/** What the server may say to the requests of the load; anything else is a bug of the server or of the proof. */
const EXPECTED = new Set([
  ...['ok', LOST, 'unavailable', 'rate_limited', 'offer_sold_out', 'limit_reached', 'codes_exhausted', 'idempotency_key_reused'],
  ...['wrong_state', 'reservation_expired', 'offer_not_open', 'stock_below_redeemed'],
]);
/** Answers that promise nothing and may come at any time. */
const BUSY = new Set([LOST, 'unavailable', 'rate_limited']);
const SHOWN = 5;

class Verdicts {
  readonly #rules = new Map<string, { checks: number; broken: number; violations: string[] }>();

  check(name: string, holds: boolean, tell: () => string): void {
    const rule = this.#rules.get(name) ?? { checks: 0, broken: 0, violations: [] };
    this.#rules.set(name, rule);
    rule.checks += 1;
    if (holds) return;
    rule.broken += 1;
    if (rule.violations.length < SHOWN) rule.violations.push(tell());
  }

  rules(): Rule[] {
    return [...this.#rules].map(([name, rule]) => ({ name, ...rule })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** All that happened to one redemption, with when it began to exist at the earliest and was known to at the latest. */
interface Life {
  readonly row: FinalRedemption;
  readonly begunAfter: number;
  readonly knownAt: number;
  readonly endedAfter: number;
  readonly endKnownAt: number;
}

const keyOf = ({ member, key }: { member: string; key: string }): string => `${member} ${key}`;

function groupBy<Item>(items: Iterable<Item>, key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

export function judgeHistory(history: History): Rule[] {
  const verdicts = new Verdicts();
  const claims = history.entries.filter(({ operation }) => operation === 'claim');
  const acts = groupBy(
    history.entries.filter(({ operation, redemption }) => operation !== 'claim' && redemption !== ''),
    ({ redemption }) => redemption,
  );
  const attempts = groupBy(claims, keyOf);
  const rows = groupBy(history.redemptions, keyOf);
  judgeOutcomes(verdicts, history.entries);
  for (const [key, tries] of attempts) judgeKey(verdicts, tries, rows.get(key) ?? []);
  for (const row of history.redemptions)
    verdicts.check('H3 what exists was asked for', attempts.has(keyOf(row)), () => `${told(row)} has no claim in the history`);
  judgeCodes(verdicts, claims);
  for (const row of history.redemptions) judgeEnd(verdicts, row, acts.get(row.id) ?? []);
  for (const row of history.redemptions.filter(({ state }) => state === 'EXPIRED')) {
    // Holds last longer than a run: one expires only where somebody moved its clock.
    const moved = acts.get(row.id)?.some(({ operation }) => operation === 'lapse') === true;
    verdicts.check('H10 a hold expires only when its time has passed', moved, () => told(row));
  }
  const lives = history.redemptions.map((row) => lifeOf(row, attempts.get(keyOf(row)) ?? [], acts.get(row.id) ?? []));
  judgeStock(verdicts, history, lives);
  judgeLimits(verdicts, history.offers, { claims, lives });
  return verdicts.rules();
}

const told = ({ id, member, offer, key, state }: FinalRedemption): string => `${state} ${id} (${member}, ${offer}, key ${key})`;
const toldEntry = ({ operation, member, offer, key, outcome, invoked, returned }: Entry): string =>
  `${operation} ${member} ${offer} key ${key} → ${outcome} [${invoked}, ${returned}]`;

function judgeOutcomes(verdicts: Verdicts, entries: readonly Entry[]): void {
  for (const entry of entries) verdicts.check('H0 no answer is a bug of the server', EXPECTED.has(entry.outcome), () => toldEntry(entry));
}

/** Everything about one key of one member: H1, H2, H3. */
function judgeKey(verdicts: Verdicts, tries: readonly Entry[], rows: readonly FinalRedemption[]): void {
  const acknowledged = tries.filter(({ outcome }) => outcome === 'ok');
  const [row] = rows;
  if (acknowledged.length > 0) {
    const holds = rows.length === 1 && acknowledged.every(({ redemption, offer }) => row?.id === redemption && row.offer === offer);
    verdicts.check('H1 an acknowledged claim exists exactly once', holds, () => `${tries.map(toldEntry).join('; ')}: ${rows.map(told)}`);
  } else {
    verdicts.check('H3 an unacknowledged claim exists at most once', rows.length <= 1, () => `${tries.map(toldEntry).join('; ')}`);
  }
  const firstKnown = Math.min(...acknowledged.map(({ returned }) => returned));
  for (const later of tries.filter(({ invoked, outcome }) => invoked > firstKnown && !BUSY.has(outcome))) {
    const same = later.outcome === 'ok' ? later.redemption === acknowledged[0]?.redemption : later.outcome === 'idempotency_key_reused';
    const foreign = later.offer !== acknowledged[0]?.offer;
    verdicts.check('H2 a key answers what it answered (I7)', same && foreign === (later.outcome !== 'ok'), () => toldEntry(later));
  }
  const shown = new Set(acknowledged.map(({ detail }) => detail).filter((code) => code !== ''));
  if (acknowledged.length > 0) verdicts.check('H2 a key shows the same code (I3)', shown.size <= 1, () => `${tries.map(toldEntry)}`);
}

function judgeCodes(verdicts: Verdicts, claims: readonly Entry[]): void {
  const owners = new Map<string, string>();
  for (const claim of claims) {
    if (claim.outcome !== 'ok' || claim.detail === '') continue;
    const owner = owners.get(claim.detail) ?? claim.redemption;
    owners.set(claim.detail, owner);
    verdicts.check('H4 a code is shown for one redemption (I3)', owner === claim.redemption, () => `${toldEntry(claim)}: also ${owner}`);
  }
}

/** Which states an acknowledged act leaves open at the end. */
const AFTER: Readonly<Record<string, readonly string[]>> = {
  confirm: ['REDEEMED', 'FULFILLED', 'REVERSED', 'PARTLY_REVERSED'],
  fulfil: ['FULFILLED', 'REVERSED', 'PARTLY_REVERSED'],
  cancel: ['RELEASED'],
  reverse: ['REVERSED', 'PARTLY_REVERSED'],
  expire: ['EXPIRED'],
};

function judgeEnd(verdicts: Verdicts, row: FinalRedemption, acts: readonly Entry[]): void {
  for (const act of acts) {
    const open = AFTER[act.operation];
    if (act.outcome !== 'ok' || !open) continue;
    verdicts.check('H5 an acknowledged change lasts (I6, I8)', open.includes(row.state), () => `${toldEntry(act)}: ${told(row)}`);
  }
}

/** Which acts give the unit back, for a redemption that ended in the state. */
const ENDS: Readonly<Record<string, string>> = { RELEASED: 'cancel', EXPIRED: 'expire', REVERSED: 'reverse' };

function lifeOf(row: FinalRedemption, tries: readonly Entry[], acts: readonly Entry[]): Life {
  const mine = tries.filter(({ offer }) => offer === row.offer);
  const first = (times: readonly number[]) => times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const begunAfter = first(mine.map(({ invoked }) => invoked));
  const knownAt = first(mine.filter(({ outcome }) => outcome === 'ok').map(({ returned }) => returned));
  const end = ENDS[row.state];
  const ending = acts.filter(({ operation }) => operation === end);
  // A hold may lapse by itself at any time after the claim; any other end has somebody who asked for it.
  const endedAfter =
    end === undefined ? Number.POSITIVE_INFINITY : end === 'expire' ? begunAfter : first(ending.map(({ invoked }) => invoked));
  const endKnownAt = first(ending.filter(({ outcome }) => outcome === 'ok').map(({ returned }) => returned));
  return { row, begunAfter, knownAt, endedAfter, endKnownAt };
}

/** Units or uses that may be taken, at the most, and that must be, at the least. */
const atMost = (lives: readonly Life[]): Change[] =>
  lives.flatMap(({ begunAfter, endKnownAt }) => [
    { at: begunAfter, by: 1 },
    { at: endKnownAt, by: -1 },
  ]);
const atLeast = (lives: readonly Life[]): Change[] =>
  lives
    // An end that may have come before the claim was known says nothing for sure.
    .filter(({ knownAt, endedAfter }) => endedAfter > knownAt)
    .flatMap(({ knownAt, endedAfter }) => [
      { at: knownAt, by: 1 },
      { at: endedAfter, by: -1 },
    ]);

/** The stock's bounds over time, as changes: while a change is under way either number may stand. */
function stockBounds(start: number, entries: readonly Entry[]): { low: Change[]; high: Change[] } {
  const low: Change[] = [{ at: 0, by: start }];
  const high: Change[] = [{ at: 0, by: start }];
  let [lowest, highest] = [start, start];
  const set = (at: number, next: { low: number; high: number }) => {
    low.push({ at, by: next.low - lowest });
    high.push({ at, by: next.high - highest });
    [lowest, highest] = [next.low, next.high];
  };
  for (const { invoked, returned, outcome, detail } of entries.toSorted((a, b) => a.invoked - b.invoked)) {
    const stock = Number(detail);
    // A refused change changed nothing; a lost one may stand or not until the next that is known.
    if (outcome !== 'ok' && !BUSY.has(outcome)) continue;
    set(invoked, { low: Math.min(lowest, stock), high: Math.max(highest, stock) });
    if (outcome === 'ok') set(returned, { low: stock, high: stock });
  }
  return { low, high };
}

const minus = (changes: readonly Change[]): Change[] => changes.map(({ at, by }) => ({ at, by: -by }));

function judgeStock(verdicts: Verdicts, { entries, offers }: History, lives: readonly Life[]): void {
  const entriesOf = groupBy(entries, ({ offer }) => offer);
  const livesOf = groupBy(lives, ({ row }) => row.offer);
  for (const { offer, stock } of offers) {
    const mine = livesOf.get(offer) ?? [];
    const all = entriesOf.get(offer) ?? [];
    const bounds = stockBounds(
      stock,
      all.filter(({ operation }) => operation === 'stock'),
    );
    const surely = new StepCount([...atLeast(mine), ...minus(bounds.high)]);
    verdicts.check('H6 never more live redemptions than stock (I1)', surely.timesAtLeast(1).length === 0, () => {
      const [when] = surely.timesAtLeast(1);
      return `${offer} had more than its stock from ${when?.from}`;
    });
    const full = new StepCount([...atMost(mine), ...minus(bounds.low)]).timesAtLeast(0);
    for (const refusal of all.filter(({ outcome, operation }) => outcome === 'offer_sold_out' && operation === 'claim'))
      verdicts.check('H7 sold out only while no unit was free (I5)', meets(full, { from: refusal.invoked, to: refusal.returned }), () =>
        toldEntry(refusal),
      );
  }
}

function judgeLimits(
  verdicts: Verdicts,
  offers: readonly OfferFacts[],
  { claims, lives }: { claims: readonly Entry[]; lives: readonly Life[] },
): void {
  const place = ({ offer, member }: { offer: string; member: string }) => `${offer} ${member}`;
  const limits = new Map(offers.map(({ offer, perMember }) => [offer, perMember]));
  const refused = groupBy(
    claims.filter(({ outcome }) => outcome === 'limit_reached'),
    place,
  );
  const livesOf = groupBy(lives, ({ row }) => place(row));
  for (const [name, mine] of livesOf) {
    const limit = limits.get(mine[0]?.row.offer ?? '') ?? 0;
    const surely = new StepCount(atLeast(mine)).highest();
    verdicts.check('H8 no member passes the limit (I2)', surely <= limit, () => `${name} held ${surely} of ${limit}`);
  }
  for (const [name, refusals] of refused) {
    const limit = limits.get(refusals[0]?.offer ?? '') ?? 0;
    const full = new StepCount(atMost(livesOf.get(name) ?? [])).timesAtLeast(limit);
    for (const refusal of refusals)
      verdicts.check('H9 a limit refuses only when it may be reached', meets(full, { from: refusal.invoked, to: refusal.returned }), () =>
        toldEntry(refusal),
      );
  }
}
