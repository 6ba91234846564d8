import type { MemberOffer, QueueEntry } from '@chung/contracts';
import { type Format, ProblemNotice, useConfirm, useFormat } from '@chung/ui';
import { Button, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { holdTime } from '../catalogue/benefit.ts';
import { useT } from '../texts/use-t.ts';
import { useNow } from './use-now.ts';
import { useQueue } from './use-queue.ts';

type Queue = ReturnType<typeof useQueue>;

/** Places are counted up to here (QUEUE_PLACE_MAX of the contracts, whose schemas this app does not load). */
const PLACE_MAX = 10_000;
const DAY_SECONDS = 86_400;

/** Seconds matter only on the last day. */
const remaining = (seconds: number, format: Format, now: number): string =>
  seconds < DAY_SECONDS ? format.countdown(seconds) : format.fromNow(new Date(now + seconds * 1000), new Date(now));

interface Shown {
  readonly title: string;
  readonly more?: string | undefined;
  readonly action?: ReactNode;
}

/** What a member in line, or at its end, is told; the claim's own button comes from outside, so that there is one claim only. */
export function QueuePanel({ offer, claim }: { offer: MemberOffer; claim: ReactNode }) {
  const queue = useQueue(offer);
  const now = useNow();
  const { data, error } = queue.entry;
  const lottery = useLotteryWords(offer, queue, now);
  const waiting = useWaitingWords(offer, queue, now);
  if (data === undefined) return error ? <ProblemNotice error={error} /> : null;
  const words = offer.allocation.mode === 'lottery' ? lottery(data) : waiting(data);
  return (
    <Stack gap="xs" align="stretch" ta="center">
      <Text fw={600} role="status">
        {words.title}
      </Text>
      {/* Not announced: it counts down, and a screen reader would say nothing else. */}
      {words.more && <Text size="sm">{words.more}</Text>}
      <ProblemNotice error={queue.join.error ?? queue.leave.error} />
      {data?.state === 'PROMISED' && claim}
      {words.action}
    </Stack>
  );
}

function JoinButton({ queue, label }: { queue: Queue; label: string }) {
  return (
    <Button size="lg" fullWidth loading={queue.join.isPending} onClick={() => queue.join.mutate()}>
      {label}
    </Button>
  );
}

/** Asked first: who leaves loses the place, and a second tap cannot bring it back. */
function LeaveButton({ queue, from = 'line' }: { queue: Queue; from?: 'line' | 'draw' }) {
  const t = useT();
  const ask = useConfirm();
  const words =
    from === 'line'
      ? { title: t('queue.leaveTitle'), body: t('queue.leaveBody'), confirm: t('queue.leave') }
      : { title: t('queue.withdrawTitle'), body: t('queue.withdrawBody'), confirm: t('queue.withdraw') };
  const leave = async () => {
    const sure = await ask({ ...words, cancel: t('queue.stay') });
    if (sure) queue.leave.mutate();
  };
  return (
    <Button variant="subtle" color="gray" loading={queue.leave.isPending} onClick={() => void leave()}>
      {words.confirm}
    </Button>
  );
}

function useTurnWords(now: number) {
  const t = useT();
  const format = useFormat();
  return ({ promisedUntil }: QueueEntry, title: string): Shown => {
    const left = promisedUntil ? (Date.parse(promisedUntil) - now) / 1000 : 0;
    return { title, more: t('queue.keptUntil', { time: format.dateTime(promisedUntil ?? ''), left: remaining(left, format, now) }) };
  };
}

function usePlaceWords() {
  const t = useT();
  const format = useFormat();
  return ({ place }: QueueEntry): string => {
    if (place === null || place > PLACE_MAX) return t('queue.placeFar', { places: format.number(PLACE_MAX) });
    return place === 1 ? t('queue.placeNext') : t('queue.place', { place: format.number(place) });
  };
}

function useWaitingWords(offer: MemberOffer, queue: Queue, now: number) {
  const t = useT();
  const turn = useTurnWords(now);
  const place = usePlaceWords();
  const time = holdTime(offer.allocation.acceptMinutes, t);
  const join = <JoinButton queue={queue} label={t('queue.join')} />;
  return (entry: QueueEntry | null): Shown => {
    switch (entry?.state) {
      case 'WAITING':
      case 'ENTERED':
        return { title: place(entry), more: t('queue.waitMore', { time }), action: <LeaveButton queue={queue} /> };
      case 'PROMISED':
        return { ...turn(entry, t('queue.yourTurn')), action: <LeaveButton queue={queue} /> };
      case 'LAPSED':
        return { title: t('queue.lapsed'), more: t('queue.lapsedMore'), action: join };
      case 'SKIPPED':
        return { title: t('queue.skipped') };
      default:
        return { title: t('claim.soldOut'), more: t('queue.joinMore', { time }), action: join };
    }
  };
}

function useLotteryWords(offer: MemberOffer, queue: Queue, now: number) {
  const t = useT();
  const format = useFormat();
  const turn = useTurnWords(now);
  const place = usePlaceWords();
  const { allocation } = offer;
  return (entry: QueueEntry | null): Shown => {
    if (allocation.mode !== 'lottery') return { title: '' };
    const untilClose = Date.parse(allocation.entriesUntil) - now;
    const drawAt = t('queue.drawAt', { time: format.dateTime(allocation.entriesUntil), left: remaining(untilClose / 1000, format, now) });
    switch (entry?.state) {
      case 'ENTERED':
        if (untilClose <= 0) return { title: t('queue.drawing'), more: t('queue.drawingMore') };
        return { title: t('queue.entered'), more: drawAt, action: <LeaveButton queue={queue} from="draw" /> };
      case 'WAITING':
        return {
          title: t('queue.reserve', { rank: format.number(entry.rank ?? 0) }),
          more: place(entry),
          action: <LeaveButton queue={queue} />,
        };
      case 'PROMISED':
        return { ...turn(entry, t('queue.won')), action: <LeaveButton queue={queue} /> };
      case 'LAPSED':
        return { title: t('queue.lapsed') };
      case 'SKIPPED':
        return { title: t('queue.skipped') };
      case 'CLOSED':
        return { title: t('queue.notWon') };
      default:
        if (now < Date.parse(allocation.entriesFrom)) return { title: t('queue.opens', { time: format.dateTime(allocation.entriesFrom) }) };
        if (untilClose <= 0) return { title: t('queue.closed'), more: t('queue.closedMore') };
        return { title: t('queue.byLottery'), more: drawAt, action: <JoinButton queue={queue} label={t('queue.enter')} /> };
    }
  };
}
