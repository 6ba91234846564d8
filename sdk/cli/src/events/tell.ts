import type { PartnerEvent, Text } from '@chung/contracts';
import type { Arguments, CliError, Terminal } from '../commands/command.ts';
import { isTaken, type Try } from './deliver.ts';
import type { Position } from './reading.ts';

export interface Tally {
  /** Events seen, and of them delivered; tries that came to nothing. */
  events: number;
  delivered: number;
  failedTries: number;
  position: Position | null;
}

export const emptyTally = (): Tally => ({ events: 0, delivered: 0, failedTries: 0, position: null });

/** How a run of deliveries speaks: to a person line by line, or to a program as one JSON object a line. */
export interface Teller {
  event(event: PartnerEvent): void;
  tried(one: Try): void;
  note(words: Text): void;
  lost(error: CliError): void;
  back(): void;
  done(tally: Tally, next: Text | null): void;
}

export function tellerOf(given: Pick<Arguments, 'flag'>, terminal: Terminal): Teller {
  return given.flag('json') === 'given' ? programTeller(terminal) : personTeller(terminal);
}

function programTeller({ out, error, language }: Terminal): Teller {
  const line = (kind: string, fields: object) => out(`${JSON.stringify({ kind, ...fields })}\n`);
  return {
    event: (event) => line('event', { event }),
    tried: ({ event, ...one }) => line('try', { eventId: event.id, type: event.type, delivered: isTaken(one), ...one }),
    note: (words) => error(`${words[language]}\n`),
    lost: ({ text }) => line('lost', { message: text[language] }),
    back: () => line('back', {}),
    done: (tally) => line('done', tally),
  };
}

function personTeller({ out, error, language, colour }: Terminal): Teller {
  const paint = (code: number, text: string) => (colour === 'on' ? `\u001b[${code}m${text}\u001b[39m` : text);
  return {
    event: (event) => out(`${lineOf(event)}\n${indented(JSON.stringify(event.data, null, 2))}\n`),
    tried: (one) => {
      const took = isTaken(one);
      const answer = paint(took ? 32 : 31, String(one.status ?? one.error ?? ''));
      out([lineOf(one.event), answer, `${one.latencyMs} ms`, ...(took ? [] : whyOf(one)[language])].join('  ').concat('\n'));
    },
    note: (words) => error(`${words[language]}\n`),
    lost: ({ text }) => error(`${text[language]} ${{ vi: 'Đang thử lại…', en: 'Trying again…' }[language]}\n`),
    back: () => error({ vi: 'Đã kết nối lại.\n', en: 'Connected again.\n' }[language]),
    done: (tally, next) => error(`${summary(tally)[language]}${next ? ` ${next[language]}` : ''}\n`),
  };
}

const lineOf = ({ id, type, occurredAt }: PartnerEvent) => `${occurredAt}  ${type.padEnd(28)}  ${id}`;
const indented = (text: string) => text.replaceAll(/^/gm, '    ');

/** What a person needs to mend it: the answer's own words, what the code means, when it is tried again. */
function whyOf({ status, error, excerpt, attempt, nextInSeconds }: Try): {
  readonly vi: readonly string[];
  readonly en: readonly string[];
} {
  const said = excerpt === null ? [] : [JSON.stringify(excerpt)];
  const meant = error === 'ECONNREFUSED' ? 'down' : status !== null && status >= 300 && status < 400 ? 'redirect' : null;
  const meaning: Record<'down' | 'redirect', Text> = {
    down: { vi: 'chưa có gì chạy ở đó', en: 'nothing runs there' },
    redirect: { vi: 'không đi theo chuyển hướng', en: 'redirects are not followed' },
  };
  const words = meant === null ? null : meaning[meant];
  const again: Text =
    nextInSeconds === null
      ? { vi: 'không thử nữa', en: 'given up' }
      : { vi: `lần ${attempt + 1} sau ${nextInSeconds} giây`, en: `try ${attempt + 1} in ${nextInSeconds} s` };
  return { vi: [...said, ...(words ? [words.vi] : []), again.vi], en: [...said, ...(words ? [words.en] : []), again.en] };
}

/** Where nothing was forwarded, nothing is said of deliveries. */
function summary({ events, delivered, failedTries }: Tally): Text {
  const seen: Text = { vi: `${events} sự kiện`, en: `${events} ${events === 1 ? 'event' : 'events'}` };
  if (delivered + failedTries === 0) return { vi: `${seen.vi}.`, en: `${seen.en}.` };
  return {
    vi: `${seen.vi}, ${delivered} đã giao, ${failedTries} lần thử không thành.`,
    en: `${seen.en}, ${delivered} delivered, ${failedTries} failed ${failedTries === 1 ? 'try' : 'tries'}.`,
  };
}
