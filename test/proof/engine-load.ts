// A load process without HTTP: a server's composition in its own process, whose use case is called directly. It makes far more
// attempts a second than requests could, so that races between processes get their chances; its history is the same.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { GrantId, MemberId, OfferId } from '@chung/contracts';
import pino from 'pino';
import { composePlatform, type Platform } from '../../platform/server/src/compose.ts';
import { readConfig } from '../../platform/server/src/config.ts';
import { DomainError } from '../../platform/server/src/kernel/errors.ts';
import type { MemberPrincipal } from '../../platform/server/src/kernel/principal.ts';
import { claimOffer } from '../../platform/server/src/rooms/redemptions/claim-offer.ts';
import { loadKeys } from '../../platform/server/src/secrets.ts';
import { clock, type Entry, HistoryWriter } from './history.ts';
import type { EnginePlan, LoadOrder, LoadProgress } from './plan.ts';
import { randomOf } from './random.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const SHARED_KEYS = 40;
const REMEMBERED = 400;
const BUSY_PAUSE_MS = 30;

interface Attempt {
  readonly member: { readonly name: string; readonly id: string };
  readonly offer: { readonly name: string; readonly id: string };
  readonly key: string;
}

const principalOf = (id: string): MemberPrincipal => ({
  actor: 'member',
  memberId: MemberId.parse(id),
  clientId: 'chung-member',
  partnerId: null,
  grantId: GrantId.parse('grant-proof'),
  subject: `s-${id}`,
  scopes: [],
});

async function claim(platform: Platform, { member, offer, key }: Attempt): Promise<Entry> {
  const invoked = clock();
  const done = await claimOffer(platform.redemptions, {
    principal: principalOf(member.id),
    offerId: OfferId.parse(offer.id),
    idempotencyKey: key,
  }).then(
    ({ id }) => ({ outcome: 'ok', redemption: String(id) }),
    (error: unknown) => ({ outcome: error instanceof DomainError ? error.code : 'internal', redemption: '' }),
  );
  return { operation: 'claim', invoked, returned: clock(), member: member.name, offer: offer.name, key, detail: '', ...done };
}

async function main(planFile: string): Promise<void> {
  const plan: EnginePlan = JSON.parse(readFileSync(planFile, 'utf8'));
  const config = readConfig({ ...plan.settings, NODE_ENV: 'development' }, REPOSITORY);
  const platform = await composePlatform({
    config,
    keys: await loadKeys(config),
    serverUrl: plan.serverUrl,
    webDirectory: path.join(REPOSITORY, 'platform/web'),
    log: pino({ level: 'silent' }),
    selfOrigin: () => config.baseUrl,
  });
  const random = randomOf(plan.seed);
  const history = new HistoryWriter(plan.historyFile);
  const weighted = plan.offers.flatMap((offer) => Array.from({ length: offer.weight }, () => offer));
  const recent: Attempt[] = [];
  const outcomes: Record<string, number> = {};
  const state = { sent: 0, answered: 0, allowed: 0, stopping: false };
  process.on('message', (order: LoadOrder) => {
    if (order.kind === 'stop') state.stopping = true;
    else state.allowed = order.attempts;
  });
  process.on('disconnect', () => process.exit(1));
  const progress = (done: boolean): LoadProgress => ({ attempts: state.answered, outcomes, done });
  const report = setInterval(() => process.send?.(progress(false)), 100);

  const choose = (): Attempt => {
    if (recent.length > 0 && random.chance(60)) return random.pick(recent);
    const key = random.chance(20) ? `shared-${random.below(SHARED_KEYS)}` : `${plan.name}-${state.sent}`;
    return { member: random.pick(plan.members), offer: random.pick(weighted), key };
  };
  const worker = async () => {
    while (!state.stopping && state.sent < plan.attempts) {
      // The driver spreads the attempts over its troubles: a kill after the load proves nothing.
      if (state.sent >= state.allowed) {
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
        continue;
      }
      state.sent += 1;
      const attempt = choose();
      const entry = await claim(platform, attempt);
      state.answered += 1;
      history.add(entry);
      outcomes[entry.outcome] = (outcomes[entry.outcome] ?? 0) + 1;
      // What is undecided is asked again first of all.
      if (entry.outcome === 'ok' || entry.outcome === 'unavailable' || random.chance(30)) recent.push(attempt);
      if (recent.length > REMEMBERED) recent.splice(random.below(REMEMBERED), 1);
      if (entry.outcome === 'unavailable') await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
    }
  };
  await Promise.all(Array.from({ length: plan.outstanding }, worker));
  history.flush();
  clearInterval(report);
  await platform.close();
  process.send?.(progress(true), undefined, undefined, () => process.exit(0));
}

const [, program, planFile] = process.argv;
if (program !== undefined && import.meta.filename === program && planFile !== undefined) await main(planFile);
