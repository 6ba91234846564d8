import { accountOf } from '../account/index.ts';
import { type Arguments, CliError, type ExitCode, type Terminal } from '../commands/command.ts';
import { deliver, isTaken } from './deliver.ts';
import { wantedEvents } from './event-types.ts';
import { type Forward, forwardOf, tellSecret } from './forward.ts';
import { findEvent, type Placed, readUntil } from './reading.ts';
import { replayAtEndpoint } from './replay-at-endpoint.ts';
import { emptyTally, tellerOf } from './tell.ts';
import { type Wanted, wantedOf } from './wanted.ts';

/** Enough for a receiver that is just being started; a replay that never ends would look like one that works. */
const TRIES = 5;

/**
 * `chung events replay`: through the platform to the partner's own endpoint, or from here to `--forward-to`. Exit code 1 when not all of them
 * were taken.
 */
export async function replayEvents(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const wanted = wantedOf(given, new Date());
  const forward = await forwardOf(given, terminal);
  return forward ? replayHere(given, terminal, { wanted, forward }) : replayAtEndpoint(given, terminal, wanted);
}

async function replayHere(
  given: Arguments,
  terminal: Terminal,
  { wanted, forward }: { wanted: Wanted; forward: Forward },
): Promise<ExitCode> {
  const isWanted = wantedEvents(given.values('events'));
  const account = await accountOf(given, terminal, ['partner.events:read']);
  const stop = terminal.interruption();
  const teller = tellerOf(given, terminal);
  tellSecret(forward, given, terminal);
  const tally = emptyTally();
  const reading = { account, stop };
  const events =
    'eventId' in wanted
      ? one(await findEvent(reading, wanted.eventId), wanted.eventId)
      : readUntil({ ...reading, start: { at: 'time', from: wanted.from } }, wanted.until);
  for await (const { event } of events) {
    if (!isWanted(event)) continue;
    tally.events += 1;
    const isDelivered = await deliver(event, {
      ...forward,
      tries: forward.tries ?? TRIES,
      stop,
      told: (tried) => {
        if (!isTaken(tried)) tally.failedTries += 1;
        teller.tried(tried);
      },
    });
    if (isDelivered) tally.delivered += 1;
    else break;
  }
  teller.done(tally, null);
  return tally.delivered === tally.events ? 0 : 1;
}

async function* one(found: Placed | null, eventId: string): AsyncGenerator<Placed, void, undefined> {
  if (found) yield found;
  else throw notThere(eventId);
}

const notThere = (eventId: string) =>
  new CliError({
    text: { vi: `Không có sự kiện ${eventId}.`, en: `There is no event ${eventId}.` },
    next: { vi: 'Xem các mã bằng: chung events list --from 7d.', en: 'See the ids by chung events list --from 7d.' },
    exitCode: 4,
  });
