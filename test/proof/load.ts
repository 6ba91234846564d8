// A load process: claims, repeats by key, follow-ups and cut connections, as fast as the answers come. Started by the driver
// with a plan; every request leaves one line in the history, also those whose answer never came.
import { readFileSync } from 'node:fs';
import { clock, type Entry, HistoryWriter, LOST } from './history.ts';
import { field, HttpLine, type Outcome } from './http-line.ts';
import type { Caller, LoadOrder, LoadPlan, LoadProgress, OfferTarget } from './plan.ts';
import { randomOf } from './random.ts';

type Act = 'confirm' | 'fulfil' | 'cancel' | 'reverse';

interface Request {
  readonly operation: 'claim' | Act;
  readonly member: Caller;
  readonly offer: OfferTarget;
  readonly key: string;
  readonly redemption: string;
}

const REMEMBERED = 400;
const CHANGES_WAITING = 60;
/** Keys that every load process uses, so that two processes and two servers meet at one. */
const SHARED_KEYS = 40;
/** Members in turn for a while, as people do it: the server remembers who they are for half a second. */
const CROWD = 32;
const CROWD_TURNS_AFTER = 1_600;
const RECONNECT_MS = 40;
const BUSY_PAUSE_MS = 30;

export class Load {
  readonly #plan: LoadPlan;
  readonly #random;
  readonly #history: HistoryWriter;
  readonly #lines: (HttpLine | null)[];
  readonly #recent: Request[] = [];
  /** Claims without an answer, to be asked again. */
  readonly #again: Request[] = [];
  /** What counters and members do with the redemptions made so far. */
  readonly #changes: Request[] = [];
  readonly #outcomes: Record<string, number> = {};
  readonly #weighted: OfferTarget[];
  #sent = 0;
  #answered = 0;
  #stopping = false;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#random = randomOf(plan.seed);
    this.#history = new HistoryWriter(plan.historyFile);
    this.#lines = Array.from({ length: plan.connections + plan.changeConnections }, () => null);
    this.#weighted = plan.offers.flatMap((offer) => Array.from({ length: offer.weight }, () => offer));
  }

  get progress(): LoadProgress {
    return { attempts: this.#answered, outcomes: this.#outcomes, done: this.#stopping && this.#sent === this.#answered };
  }

  stop(): void {
    this.#stopping = true;
  }

  /** Resolves when all that was sent has its outcome. */
  async run(): Promise<void> {
    for (const place of this.#lines.keys()) this.#connect(place);
    while (!this.progress.done) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const line of this.#lines) line?.cut();
    this.#history.flush();
  }

  #connect(place: number): void {
    if (this.#stopping) return;
    // Answers on a line come in the order of its requests: claims must not wait behind the slower changes.
    const changes = place >= this.#plan.connections;
    const line = new HttpLine({
      ...this.#random.pick(this.#plan.servers),
      // What was never sent is no attempt: nothing is tried before the connection stands.
      opened: () => {
        if (changes) this.#nextChange(line);
        else for (let i = 0; i < this.#plan.depth; i++) this.#next(line);
      },
      closed: () => {
        setTimeout(() => this.#connect(place), RECONNECT_MS);
      },
    });
    this.#lines[place] = line;
  }

  /** One request is over: the next takes its place. */
  #next(line: HttpLine): void {
    if (this.#isOver(line)) return;
    this.#send(line, this.#choose(), (busy) => {
      // A server that says it is busy is given a moment, as its Retry-After asks for.
      if (busy) setTimeout(() => this.#next(line), BUSY_PAUSE_MS);
      else this.#next(line);
    });
    if (this.#random.chance(this.#plan.cutsPerThousand)) line.cut();
  }

  #nextChange(line: HttpLine): void {
    if (this.#isOver(line)) return;
    const [change] = this.#changes.splice(this.#random.below(this.#changes.length), 1);
    if (change) this.#send(line, change, () => this.#nextChange(line));
    else setTimeout(() => this.#nextChange(line), BUSY_PAUSE_MS);
  }

  #isOver(line: HttpLine): boolean {
    return this.#stopping || !line.isOpen;
  }

  #choose(): Request {
    const random = this.#random;
    const unanswered = random.chance(300) ? this.#again.shift() : undefined;
    if (unanswered) return unanswered;
    if (this.#recent.length > 0 && random.chance(60)) return random.pick(this.#recent);
    const { members } = this.#plan;
    const crowd = Math.floor(this.#sent / CROWD_TURNS_AFTER) * CROWD;
    const member = members[(crowd + random.below(CROWD)) % members.length] ?? random.pick(members);
    const key = random.chance(20) ? `shared-${random.below(SHARED_KEYS)}` : `${this.#plan.name}-${this.#sent}`;
    return { operation: 'claim', member, offer: random.pick(this.#weighted), key, redemption: '' };
  }

  #send(line: HttpLine, request: Request, over: (busy: boolean) => void): void {
    this.#sent += 1;
    const invoked = clock();
    line.send(textOf(request, this.#plan.partner), (outcome) => {
      this.#answered += 1;
      const entry = entryOf(request, { invoked, outcome });
      this.#history.add(entry);
      this.#outcomes[entry.outcome] = (this.#outcomes[entry.outcome] ?? 0) + 1;
      this.#remember(request, entry);
      over(entry.outcome === 'unavailable');
    });
  }

  #remember(request: Request, { outcome, redemption }: Entry): void {
    const random = this.#random;
    const undecided = outcome === LOST || outcome === 'unavailable';
    // What got no answer is asked again, soon and with its key, as a phone does it.
    if (undecided && random.chance(700)) (request.operation === 'claim' ? this.#again : this.#changes).push(request);
    if (request.operation === 'claim' && (outcome === 'ok' || random.chance(30))) {
      this.#recent.push(request);
      if (this.#recent.length > REMEMBERED) this.#recent.splice(random.below(REMEMBERED), 1);
    }
    if (request.operation !== 'claim' || outcome !== 'ok' || this.#changes.length > CHANGES_WAITING) return;
    // Notices come twice, late and in any order: each has a key of its own or the other's.
    for (const operation of this.#followUps(request.offer)) {
      const key = `${operation}-${this.#plan.name}-${this.#sent}-${random.below(2)}`;
      this.#changes.push({ ...request, operation, key, redemption });
      if (random.chance(300)) this.#changes.push({ ...request, operation, key: random.chance(500) ? key : `${key}b`, redemption });
    }
  }

  #followUps(offer: OfferTarget): Act[] {
    const chosen = this.#random.below(10);
    if (!offer.held) return chosen < 2 ? ['reverse'] : chosen < 4 ? ['fulfil'] : chosen < 5 ? ['fulfil', 'reverse'] : [];
    if (chosen < 2) return ['confirm'];
    if (chosen < 4) return ['cancel'];
    if (chosen < 6) return ['confirm', 'cancel', 'reverse'];
    return chosen < 7 ? ['fulfil', 'cancel'] : [];
  }
}

function textOf({ operation, member, offer, key, redemption }: Request, partner: Caller): string {
  const path = {
    claim: `/v1/offers/${offer.id}/redemptions`,
    cancel: `/v1/redemptions/${redemption}/cancel`,
    confirm: `/v1/partner/redemptions/${redemption}/confirm`,
    fulfil: `/v1/partner/redemptions/${redemption}/fulfil`,
    reverse: `/v1/partner/redemptions/${redemption}/reverse`,
  }[operation];
  const body = operation === 'reverse' ? '{"reason":"proof"}' : '{}';
  const { headers } = operation === 'claim' || operation === 'cancel' ? member : partner;
  return `POST ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\nidempotency-key: ${key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

function entryOf(request: Request, { invoked, outcome }: { invoked: number; outcome: Outcome }): Entry {
  const ok = outcome !== null && outcome.status < 300;
  const claimed = request.operation === 'claim' && ok;
  return {
    operation: request.operation,
    invoked,
    returned: clock(),
    member: request.member.name,
    offer: request.offer.name,
    key: request.key,
    outcome: outcome === null ? LOST : ok ? 'ok' : outcome.code,
    redemption: claimed ? (field(outcome.body, 'id') ?? 'none') : request.redemption,
    detail: claimed ? (field(outcome.body, 'code') ?? '') : '',
  };
}

/** The program: `node load.ts PLAN.json`, with the driver at the other end of the channel. */
async function main(planFile: string): Promise<void> {
  const plan: LoadPlan = JSON.parse(readFileSync(planFile, 'utf8'));
  const load = new Load(plan);
  process.on('message', (order: LoadOrder) => {
    if (order.kind === 'stop') load.stop();
  });
  // Without its driver nobody would stop it.
  process.on('disconnect', () => process.exit(1));
  const report = setInterval(() => process.send?.(load.progress), 100);
  await load.run();
  clearInterval(report);
  process.send?.(load.progress, undefined, undefined, () => process.exit(0));
}

const [, program, planFile] = process.argv;
if (program !== undefined && import.meta.filename === program && planFile !== undefined) await main(planFile);
