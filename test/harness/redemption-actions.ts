// Performs the actions of redemption-model.ts on the real room, through its routes, and reads back what the model tells.
import { Readable } from 'node:stream';
import { type OfferDraft, type OfferId, type OperationId, Redemption, type RedemptionId } from '@chung/contracts';
import type { Tx } from '../../platform/server/src/kernel/db.ts';
import { DomainError } from '../../platform/server/src/kernel/errors.ts';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import type { MemberPrincipal, Principal } from '../../platform/server/src/kernel/principal.ts';
import { expireLapsedHolds, type RedemptionPorts, redemptionsRoutes } from '../../platform/server/src/rooms/redemptions/index.ts';
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
  /** In the place of the room's own, to see what a broken one does. */
  readonly ports?: RedemptionPorts;
}

export async function openStage(world: RedemptionRooms, { specs, members: count, ports = world.ports }: StageOptions): Promise<Stage> {
  const offers: OfferId[] = [];
  for (const spec of specs) offers.push(await world.offer(draftFor(spec), spec.codes ?? undefined));
  // Holds that an earlier run left over would count as this one's.
  await expireLapsedHolds(ports);
  const members = Array.from({ length: count }, () => world.member());
  const redemptions: RedemptionId[] = [];
  const owners = new Map<RedemptionId, MemberPrincipal>();

  const claim = async ({ member, offer, key }: { member: number; offer: number; key: string }) => {
    const principal = at(members, member);
    const reply = await invoke(ports, { id: 'offers.claim', principal, params: { offerId: at(offers, offer) }, key });
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
    await invoke(ports, { id: OPERATION_OF[kind], principal, params: { redemptionId }, body: { reason: 'by a test' } });
    return 'done';
  };
  const perform = async (action: Action): Promise<string> => {
    switch (action.kind) {
      case 'claim':
        return claim(action);
      case 'sweep':
        return `${await expireLapsedHolds(ports)} expired`;
      case 'restock':
        await ports.db.tx((tx) =>
          ports.offers.change(tx, { partnerId: world.partnerId, offerId: at(offers, action.offer), change: { stock: action.stock } }),
        );
        return 'done';
      default:
        return change(action.kind, action.target);
    }
  };
  return {
    offers,
    members,
    redemptions,
    perform: (action) => perform(action).catch(codeOf),
    view: (offer) => viewOf(world, { offerId: at(offers, offer), members }),
  };
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
      count(*) FILTER (WHERE state IN ('RESERVED', 'REDEEMED', 'FULFILLED'))::integer AS live,
      count(*) FILTER (WHERE state NOT IN ('RESERVED', 'REDEEMED', 'FULFILLED'))::integer AS voided
     FROM chung.redemptions WHERE offer_id = $1 AND code_position IS NOT NULL`);
  const uses =
    await rows(`SELECT member_id, max(used) FILTER (WHERE day = '-infinity') AS life, max(used) FILTER (WHERE day <> '-infinity') AS today
      FROM chung.redemption_usage WHERE offer_id = $1 GROUP BY member_id`);
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
