// Performs the actions of redemption-model.ts on the real room, through its routes, and reads back what the model tells.
import { Readable } from 'node:stream';
import { type OfferDraft, type OfferId, type OperationId, Redemption, type RedemptionId } from '@chung/contracts';
import type { Tx } from '../../platform/server/src/kernel/db.ts';
import { DomainError } from '../../platform/server/src/kernel/errors.ts';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import type { MemberPrincipal, Principal } from '../../platform/server/src/kernel/principal.ts';
import { expireLapsedHolds, type RedemptionPorts, redemptionsRoutes } from '../../platform/server/src/rooms/redemptions/index.ts';
import { clock, type Entry } from '../proof/history.ts';
import { type Action, type OfferSpec, type OfferView, withoutZeroes } from './redemption-model.ts';
import { hold, type RedemptionRooms } from './redemption-rooms.ts';

/** Fresh offers and members for one run, on a database that many runs share. */
export interface Stage {
  readonly offers: readonly OfferId[];
  readonly members: readonly MemberPrincipal[];
  /** In the order of their claims. */
  readonly redemptions: readonly RedemptionId[];
  perform(action: Action): Promise<string>;
  view(offer: number): Promise<OfferView>;
}

interface StageOptions {
  readonly specs: readonly OfferSpec[];
  readonly members: number;
  /** In the place of the room's own, to see what broken ones do; several take the actions in turns, as several servers would. */
  readonly processes?: readonly [RedemptionPorts, ...RedemptionPorts[]];
  /** Hears of every claim and change, with the times between which it happened. */
  readonly record?: (entry: Entry) => void;
}

export async function openStage(
  world: RedemptionRooms,
  { specs, members: count, processes = [world.ports], record }: StageOptions,
): Promise<Stage> {
  let turn = 0;
  const nextPorts = () => processes[turn++ % processes.length] ?? processes[0];
  const [first] = processes;
  const offers: OfferId[] = [];
  for (const spec of specs) offers.push(await world.offer(draftFor(spec), spec.codes ?? undefined));
  // Holds that an earlier run left over would count as this one's.
  await expireLapsedHolds(first);
  const members = Array.from({ length: count }, () => world.member());
  const redemptions: RedemptionId[] = [];
  const owners = new Map<RedemptionId, MemberPrincipal>();

  const claim = async ({ member, offer, key }: { member: number; offer: number; key: string }) => {
    const principal = at(members, member);
    const reply = await invoke(nextPorts(), { id: 'offers.claim', principal, params: { offerId: at(offers, offer) }, key });
    const { id } = Redemption.parse(reply);
    if (!owners.has(id)) redemptions.push(id);
    owners.set(id, principal);
    return `redemption ${redemptions.indexOf(id)}`;
  };
  const change = async (kind: keyof typeof OPERATION_OF | 'lapse', target: number) => {
    const redemptionId = redemptions[target % redemptions.length];
    if (redemptionId === undefined) return 'nothing';
    if (kind === 'lapse') {
      await world.lapse(redemptionId);
      return 'done';
    }
    const principal = kind === 'cancel' ? owners.get(redemptionId) : world.partner();
    if (!principal) throw new Error('a redemption has an owner');
    await invoke(nextPorts(), { id: OPERATION_OF[kind], principal, params: { redemptionId }, body: { reason: 'by a test' } });
    return 'done';
  };
  const perform = async (action: Action): Promise<string> => {
    switch (action.kind) {
      case 'claim':
        return claim(action);
      case 'sweep':
        return `${await expireLapsedHolds(nextPorts())} expired`;
      case 'restock':
        await first.db.tx((tx) =>
          first.offers.change(tx, { partnerId: world.partnerId, offerId: at(offers, action.offer), change: { stock: action.stock } }),
        );
        return 'done';
      case 'pause':
      case 'resume':
        // Nobody can do this by an operation yet; an operator does it in the database.
        await world.owner.query('UPDATE chung.offers SET state = $2 WHERE id = $1', [
          at(offers, action.offer),
          action.kind === 'pause' ? 'paused' : 'published',
        ]);
        return 'done';
      default:
        return change(action.kind, action.target);
    }
  };
  const recorded = async (action: Action): Promise<string> => {
    const invoked = clock();
    const outcome = await perform(action).catch(codeOf);
    for (const entry of entriesOf(action, { outcome, redemptions, invoked })) record?.(entry);
    return outcome;
  };
  return {
    offers,
    members,
    redemptions,
    perform: recorded,
    view: (offer) => viewOf(world, { offerId: at(offers, offer), members }),
  };
}

/** What a checker of histories needs to know of an action. */
function entriesOf(
  action: Action,
  { outcome, redemptions, invoked }: { outcome: string; redemptions: readonly RedemptionId[]; invoked: number },
): Entry[] {
  const common = { invoked, returned: clock(), member: '', offer: '', key: '', redemption: '', detail: '', outcome };
  if (action.kind === 'claim') {
    const made = /^redemption (\d+)$/.exec(outcome);
    const redemption = made ? (redemptions[Number(made[1])] ?? '') : '';
    const place = { member: `m${action.member}`, offer: `o${action.offer}`, key: action.key };
    return [{ ...common, ...place, operation: 'claim', redemption, outcome: made ? 'ok' : outcome }];
  }
  if (action.kind === 'restock')
    return [
      {
        ...common,
        operation: 'stock',
        offer: `o${action.offer}`,
        detail: String(action.stock),
        outcome: outcome === 'done' ? 'ok' : outcome,
      },
    ];
  if (!('target' in action) || outcome === 'nothing') return [];
  const redemption = redemptions[action.target % redemptions.length] ?? '';
  return [{ ...common, operation: action.kind, redemption, outcome: outcome === 'done' ? 'ok' : outcome }];
}

const OPERATION_OF = {
  confirm: 'partner.redemptions.confirm',
  fulfil: 'partner.redemptions.fulfil',
  cancel: 'redemptions.cancel',
  reverse: 'partner.redemptions.reverse',
} as const satisfies Record<string, OperationId>;

/** A refusal is an outcome; anything else is a bug and ends the test. */
function codeOf(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  throw error;
}

interface Invocation {
  readonly id: OperationId;
  readonly principal: Principal;
  readonly params: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly key?: string;
}

/** As the seam does it: operations that keep their key in a header get its transaction. */
function invoke(ports: RedemptionPorts, { id, principal, params, body = {}, key = newId<string>() }: Invocation): Promise<unknown> {
  const route = redemptionsRoutes(ports).find(({ operation }) => operation.id === id);
  if (!route) throw new Error(`${id} is no operation of the room`);
  const handle = (tx: Tx) =>
    route.handle({
      principal,
      params,
      body,
      tx,
      query: {},
      stream: Readable.from([]),
      language: 'vi',
      requestId: 'request-1',
      idempotencyKey: key,
    });
  return route.operation.idempotency === 'header' ? ports.db.tx(handle) : handle(ports.db);
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no item ${index}`);
  return item;
}

function draftFor(spec: OfferSpec): Partial<OfferDraft> {
  const cashback = spec.cashback && spec.cashback.platform + spec.cashback.partner;
  return {
    stock: spec.stock,
    limits: { perMember: spec.perMember, perMemberPerDay: spec.perDay },
    ...(spec.held && hold(60)),
    ...(cashback !== null && {
      benefit: { kind: 'cashback', cashbackMinor: cashback, minimumSpendMinor: 0, vestingDays: 7 },
      funding: [
        { by: 'partner', shareBasisPoints: 6_667 },
        { by: 'platform', shareBasisPoints: 3_333 },
      ],
    }),
  };
}

const WAY = `(SELECT coalesce(string_agg(split_part(type, '.', 2), ' ' ORDER BY txid, id), '') FROM chung.outbox
               WHERE shard_id = r.offer_id AND data ->> 'redemptionId' = r.id::text) AS events,
             (SELECT coalesce(string_agg(kind, ' ' ORDER BY kind COLLATE "C"), '') FROM chung.journals
               WHERE shard_id = r.offer_id AND cause_id = r.id) AS journals`;

async function viewOf(
  world: RedemptionRooms,
  { offerId, members }: { offerId: OfferId; members: readonly MemberPrincipal[] },
): Promise<OfferView> {
  const rows = async (text: string) => (await world.owner.query(text, [offerId])).rows;
  const [codes] = await rows(`SELECT (SELECT coalesce(max(total - taken), 0)::integer FROM chung.code_pools WHERE offer_id = $1) AS free,
      count(*) FILTER (WHERE state IN ('RESERVED', 'REDEEMED', 'FULFILLED', 'PARTLY_REVERSED'))::integer AS live,
      count(*) FILTER (WHERE state NOT IN ('RESERVED', 'REDEEMED', 'FULFILLED', 'PARTLY_REVERSED'))::integer AS voided
     FROM chung.redemptions WHERE offer_id = $1 AND code_position IS NOT NULL`);
  const uses = await rows('SELECT member_id, used AS life, used_today AS today FROM chung.redemption_usage WHERE offer_id = $1');
  const sums = await rows(
    'SELECT account, sum(amount_minor)::bigint::text AS balance FROM chung.postings WHERE shard_id = $1 GROUP BY account',
  );
  return {
    units: await world.units(offerId),
    codes,
    redemptions: await rows(`SELECT r.state, ${WAY} FROM chung.redemptions r WHERE offer_id = $1 ORDER BY id`),
    used: Object.fromEntries(
      uses.map(({ member_id, life, today }) => [members.findIndex(({ memberId }) => memberId === member_id), [life, today]]),
    ),
    balances: withoutZeroes(Object.fromEntries(sums.map(({ account, balance }) => [account, Number(balance)]))),
  };
}
