// The hand that moves clocks and stock while the load runs, and the eye that writes down when a hold was seen to be swept.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { clock, type Entry, HistoryWriter, LOST } from './history.ts';
import type { OfferTarget } from './plan.ts';
import type { Random } from './random.ts';
import { ask, type Site } from './site.ts';

export interface Watch {
  readonly looks: number;
  readonly lapsed: number;
  readonly restocks: number;
  /** Stops when all lapsed holds have been swept. */
  finish(): Promise<void>;
}

export interface WatchedOffer extends OfferTarget {
  readonly stock: number;
  readonly perMember: number;
}

interface WatchOptions {
  readonly site: Site;
  readonly offers: readonly WatchedOffer[];
  readonly random: Random;
  readonly historyFile: string;
}

const EVERY_MS = 400;
const LAPSES_A_LOOK = 4;
const SWEPT_WITHIN_MS = 60_000;

class Watcher implements Watch {
  looks = 0;
  lapsed = 0;
  restocks = 0;
  readonly #site: Site;
  readonly #offers: readonly WatchedOffer[];
  readonly #random: Random;
  readonly #history: HistoryWriter;
  readonly #seen = new Set<string>();
  readonly #nameOf: ReadonlyMap<string, string>;
  readonly #stock: Map<string, number>;
  #client: pg.Client | null = null;
  #stopping = false;
  readonly #rounds: Promise<void>;

  constructor({ site, offers, random, historyFile }: WatchOptions) {
    this.#site = site;
    this.#offers = offers;
    this.#random = random;
    this.#history = new HistoryWriter(historyFile);
    this.#nameOf = new Map(offers.map(({ id, name }) => [id, name]));
    this.#stock = new Map(offers.map(({ name, stock }) => [name, stock]));
    this.#rounds = this.#run();
  }

  async finish(): Promise<void> {
    this.#stopping = true;
    await this.#rounds;
    const deadline = Date.now() + SWEPT_WITHIN_MS;
    const ids = this.#offers.map(({ id }) => id);
    for (;;) {
      const [row] = await this.#site.cluster.ask<{ left: number }>(
        `SELECT count(*)::integer AS left FROM chung.redemptions WHERE state = 'RESERVED' AND expires_at <= now() AND offer_id = ANY ($1)`,
        [ids],
      );
      if (row?.left === 0) break;
      if (Date.now() > deadline) throw new Error(`${row?.left} lapsed holds were not swept within ${SWEPT_WITHIN_MS / 1000} s`);
      await pause(EVERY_MS);
    }
    await this.#look();
    await this.#client?.end().catch(() => {});
    this.#history.flush();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      // The database may be down just now: that is part of the proof.
      await this.#look().catch(() => this.#forget());
      await this.#lapseSome().catch(() => this.#forget());
      if (this.#random.chance(300)) await this.#restock();
      await pause(EVERY_MS);
    }
  }

  async #forget(): Promise<void> {
    await this.#client?.end().catch(() => {});
    this.#client = null;
  }

  async #query(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    if (!this.#client) {
      this.#client = new pg.Client({ connectionString: this.#site.cluster.ownerUrl, connectionTimeoutMillis: 2_000 });
      this.#client.on('error', () => {});
      await this.#client.connect();
    }
    return this.#client.query(text, [...values]);
  }

  #add(entry: Partial<Entry> & Pick<Entry, 'operation' | 'invoked' | 'offer' | 'outcome'>): void {
    this.#history.add({ returned: clock(), member: 'watch', key: '', redemption: '', detail: '', ...entry });
  }

  /** Holds that have been swept since the last look: from the answer on, their unit is free for certain. */
  async #look(): Promise<void> {
    const invoked = clock();
    const { rows } = await this.#query(
      `SELECT id, offer_id FROM chung.redemptions WHERE state = 'EXPIRED' AND offer_id = ANY ($1) AND updated_at > now() - interval '1 minute'`,
      [this.#offers.map(({ id }) => id)],
    );
    this.looks += 1;
    for (const { id, offer_id: offerId } of rows) {
      if (this.#seen.has(id)) continue;
      this.#seen.add(id);
      this.#add({ operation: 'expire', invoked, offer: this.#nameOf.get(offerId) ?? '', outcome: 'ok', redemption: id });
    }
  }

  /** The clock moves on for some holds. Written down before it is done: a lost answer must not hide it. */
  async #lapseSome(): Promise<void> {
    const held = this.#offers.filter(({ held: isHeld }) => isHeld).map(({ id }) => id);
    const invoked = clock();
    const { rows } = await this.#query(
      `SELECT id, offer_id FROM chung.redemptions WHERE state = 'RESERVED' AND expires_at > now() AND offer_id = ANY ($1)
        ORDER BY random() LIMIT ${LAPSES_A_LOOK}`,
      [held],
    );
    for (const { id, offer_id: offerId } of rows)
      this.#add({ operation: 'lapse', invoked, offer: this.#nameOf.get(offerId) ?? '', outcome: LOST, redemption: id });
    // The state is asked for again, so that no confirmed one gets a past.
    const { rowCount } = await this.#query(
      `UPDATE chung.redemptions SET expires_at = now() - interval '1 second'
        WHERE state = 'RESERVED' AND (offer_id, id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))`,
      [rows.map((row) => row.offer_id), rows.map((row) => row.id)],
    );
    this.lapsed += rowCount ?? 0;
  }

  /** Mostly up, so that a sold-out offer opens again; sometimes down, which the guard may refuse. */
  async #restock(): Promise<void> {
    const offer = this.#random.pick(this.#offers);
    const now = this.#stock.get(offer.name) ?? 0;
    const stock = this.#random.chance(800) ? now + 1 + this.#random.below(30) : Math.max(1, now - this.#random.below(10));
    if (stock === now) return;
    const invoked = clock();
    const reply = await ask(this.#site, this.#site.partner, { method: 'PATCH', path: `/v1/partner/offers/${offer.id}`, body: { stock } });
    const outcome = reply.status > 0 && reply.status < 300 ? 'ok' : String(reply.body['code'] ?? LOST);
    if (outcome === 'ok') this.#stock.set(offer.name, stock);
    this.restocks += 1;
    this.#add({ operation: 'stock', invoked, offer: offer.name, outcome, detail: String(stock) });
  }
}

export const startWatch = (options: WatchOptions): Watch => new Watcher(options);
