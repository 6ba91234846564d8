import { EVENT_TYPES, type PartnerEvent } from '@chung/contracts';
import { CliError } from '../commands/command.ts';

const KNOWN = Object.keys(EVENT_TYPES).filter((type) => type !== 'webhook.test.v1');

/** `--events redemption.redeemed.v1,offer.*`: which events are wanted; all without it. Throws a `CliError` for a type that there is not. */
export function wantedEvents(lists: readonly string[]): (event: PartnerEvent) => boolean {
  const patterns = lists
    .flatMap((list) => list.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
  for (const pattern of patterns) if (!KNOWN.some((type) => matches(type, pattern))) throw unknownType(pattern);
  return ({ type }) => patterns.length === 0 || patterns.some((pattern) => matches(type, pattern));
}

const matches = (type: string, pattern: string): boolean =>
  pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;

const unknownType = (pattern: string) =>
  new CliError({
    text: { vi: `Không có loại sự kiện “${pattern}”.`, en: `There are no events “${pattern}”.` },
    next: {
      vi: `Có: ${KNOWN.join(', ')}; hoặc cả nhóm, như redemption.*.`,
      en: `There are ${KNOWN.join(', ')}; or all of a kind, as redemption.*.`,
    },
    exitCode: 2,
  });
