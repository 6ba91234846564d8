import { accountOf } from '../account/index.ts';
import type { Arguments, ExitCode, Terminal } from '../commands/command.ts';
import { wantedEvents } from './event-types.ts';
import { readUntil } from './reading.ts';
import { endOf, startOf } from './start.ts';

/** `chung events list`: one event a line, oldest first; with `--json` as the API writes them, which is what `statement verify` reads. */
export async function listEvents(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const isWanted = wantedEvents(given.values('events'));
  const now = new Date();
  const start = startOf(given.value('from') ?? 'oldest', { now, last: () => null });
  const until = endOf(given.value('to'), now);
  const account = await accountOf(given, terminal, ['partner.events:read']);
  const isJson = given.flag('json') === 'given';
  const stop = terminal.interruption();
  let count = 0;
  for await (const { event } of readUntil({ account, start, stop }, until)) {
    if (!isWanted(event)) continue;
    count += 1;
    terminal.out(isJson ? `${JSON.stringify(event)}\n` : `${event.occurredAt}  ${event.type.padEnd(28)}  ${event.id}\n`);
  }
  if (!isJson) terminal.error({ vi: `${count} sự kiện.\n`, en: `${count} ${count === 1 ? 'event' : 'events'}.\n` }[terminal.language]);
  return 0;
}
