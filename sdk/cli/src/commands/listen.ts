import type { PartnerEvent } from '@chung/contracts';
import { ACCOUNT_OPTIONS, accountOf } from '../account/index.ts';
import { deliver, isTaken } from '../events/deliver.ts';
import { wantedEvents } from '../events/event-types.ts';
import { FORWARD_OPTIONS, type Forward, forwardOf, tellSecret } from '../events/forward.ts';
import { positionStore } from '../events/position-store.ts';
import { follow, type Placed } from '../events/reading.ts';
import { startOf } from '../events/start.ts';
import { emptyTally, type Tally, type Teller, tellerOf } from '../events/tell.ts';
import type { Command } from './command.ts';

/** A crash repeats what was delivered since; an event that comes twice is what receivers must take anyway. */
const KEEP_EVERY_MS = 1_000;

export const listenCommand: Command = {
  name: 'listen',
  usage: 'chung listen',
  about: {
    vi: 'Theo dõi sự kiện của đối tác và chuyển tới máy này như webhook, có chữ ký.',
    en: 'Follows the partner’s events and forwards them to this machine as signed webhooks.',
  },
  options: [
    ...FORWARD_OPTIONS,
    { name: 'events', takes: 'TYPES', about: { vi: 'Chỉ những loại này, như redemption.*.', en: 'Only these types, as redemption.*.' } },
    {
      name: 'from',
      takes: 'WHERE',
      about: {
        vi: 'now (mặc định), last (chỗ dừng lần trước), oldest, 2h, một thời điểm hay con trỏ.',
        en: 'now (the default), last (where it stopped), oldest, 2h, an instant or a cursor.',
      },
    },
    { name: 'print', about: { vi: 'In cả nội dung sự kiện.', en: 'Prints the events themselves too.' } },
    ...ACCOUNT_OPTIONS,
  ],
  run: async (given, terminal) => {
    const isWanted = wantedEvents(given.values('events'));
    const forward = await forwardOf(given, terminal);
    const from = given.value('from');
    // What is asked wrongly is told before anybody is asked for anything.
    startOf(from, { now: new Date(), last: () => null });
    const account = await accountOf(given, terminal, ['partner.events:read']);
    const places = positionStore(terminal, `${account.issuer} ${forward?.target.url ?? 'print'}`);
    const start = startOf(from, { now: new Date(), last: places.last });
    const stop = terminal.interruption();
    const teller = tellerOf(given, terminal);
    teller.note({
      vi: `Đang theo dõi sự kiện của ${account.issuer}${forward ? `, chuyển tới ${forward.target.url}` : ''}. Ctrl-C để dừng.`,
      en: `Following the events of ${account.issuer}${forward ? `, forwarding to ${forward.target.url}` : ''}. Ctrl-C stops.`,
    });
    if (forward) tellSecret(forward, given, terminal);
    const tally = emptyTally();
    const run: Run = {
      forward,
      print: !forward || given.flag('print') === 'given' ? 'all' : 'none',
      teller,
      tally,
      stop,
      keep: places.keep,
    };
    try {
      await pass(follow({ account, start, stop }, teller), isWanted, run);
    } finally {
      if (tally.position) places.keep(tally.position);
      const again = { vi: 'Tiếp tục sau: chung listen --from last.', en: 'Go on later: chung listen --from last.' };
      teller.done(tally, tally.position ? again : null);
    }
    return 0;
  },
};

interface Run {
  readonly forward: Forward | null;
  readonly print: 'all' | 'none';
  readonly teller: Teller;
  readonly tally: Tally;
  readonly stop: AbortSignal;
  keep(position: NonNullable<Tally['position']>): void;
}

/** One event after the other: the next is not begun before this one is taken. */
async function pass(events: AsyncGenerator<Placed>, isWanted: (event: PartnerEvent) => boolean, run: Run): Promise<void> {
  const { forward, teller, tally, stop } = run;
  let keptAt = Date.now();
  for await (const { event, position } of events) {
    if (isWanted(event)) {
      tally.events += 1;
      if (run.print === 'all') teller.event(event);
      if (forward) {
        const told = (one: Parameters<Teller['tried']>[0]) => {
          if (!isTaken(one)) tally.failedTries += 1;
          teller.tried(one);
        };
        const isDelivered = await deliver(event, { ...forward, stop, told });
        if (isDelivered) tally.delivered += 1;
        // Stopped in the middle: this event is the first of the next run.
        else if (stop.aborted) return;
      }
    }
    tally.position = position;
    if (Date.now() - keptAt < KEEP_EVERY_MS) continue;
    run.keep(position);
    keptAt = Date.now();
  }
}
