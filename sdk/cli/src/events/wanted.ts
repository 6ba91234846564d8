import { EventId } from '@chung/contracts';
import { type Arguments, CliError } from '../commands/command.ts';
import { endOf, timeOf } from './start.ts';

/** One event, or those of a time. */
export type Wanted = { readonly eventId: EventId } | { readonly from: Date; readonly until: Date };

/** Reads an event's id, or `--from` and `--to` (now, unless told). Throws a `CliError`. */
export function wantedOf(given: Arguments, now: Date): Wanted {
  const [, id] = given.positionals;
  const [from, to] = [given.value('from'), given.value('to')];
  if (id !== undefined && from === null && to === null) {
    const eventId = EventId.safeParse(id);
    if (eventId.success) return { eventId: eventId.data };
    throw wrongly({ vi: `“${id}” không phải mã sự kiện.`, en: `“${id}” is no event’s id.` });
  }
  if (id !== undefined || from === null)
    throw wrongly({ vi: 'Cần một mã sự kiện, hoặc --from.', en: 'It takes an event’s id, or --from.' });
  const at = timeOf(from, now);
  if (!at) throw wrongly({ vi: `Không hiểu --from ${from}.`, en: `--from ${from} is no moment.` });
  const until = endOf(to, now) ?? now;
  if (until <= at) throw wrongly({ vi: '--to phải sau --from.', en: '--to must be after --from.' });
  return { from: at, until };
}

const wrongly = (text: { vi: string; en: string }) =>
  new CliError({
    text,
    next: {
      vi: 'Viết: chung events replay MÃ_SỰ_KIỆN, hoặc --from 2h --to 1h. Xem mã bằng chung events list.',
      en: 'Write: chung events replay EVENT_ID, or --from 2h --to 1h. chung events list shows ids.',
    },
    exitCode: 2,
  });
