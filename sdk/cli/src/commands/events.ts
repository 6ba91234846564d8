import { ACCOUNT_OPTIONS } from '../account/index.ts';
import { FORWARD_OPTIONS } from '../events/forward.ts';
import { listEvents } from '../events/list-events.ts';
import { replayEvents } from '../events/replay-events.ts';
import { type Arguments, CliError, type Command } from './command.ts';

export const eventsCommand: Command = {
  name: 'events',
  usage: 'chung events list|replay',
  about: {
    vi: 'Liệt kê sự kiện, hoặc gửi lại chúng: chung events replay MÃ_SỰ_KIỆN.',
    en: 'Lists events, or sends them again: chung events replay EVENT_ID.',
  },
  options: [
    {
      name: 'from',
      takes: 'WHEN',
      about: { vi: 'Từ lúc: 2h (2 giờ trước) hoặc một thời điểm.', en: 'Since: 2h (two hours ago) or an instant.' },
    },
    { name: 'to', takes: 'WHEN', about: { vi: 'Đến trước lúc.', en: 'Until before.' } },
    { name: 'events', takes: 'TYPES', about: { vi: 'Chỉ những loại này, như redemption.*.', en: 'Only these types, as redemption.*.' } },
    {
      name: 'endpoint',
      takes: 'ID',
      about: { vi: 'Webhook nào của đối tác, nếu có nhiều.', en: 'Which of the partner’s endpoints, if there are several.' },
    },
    ...FORWARD_OPTIONS,
    ...ACCOUNT_OPTIONS,
  ],
  run: (given, terminal) => {
    switch (given.positionals[0]) {
      case 'list':
        assertNoMore(given, 1);
        return listEvents(given, terminal);
      case 'replay':
        assertNoMore(given, 2);
        return replayEvents(given, terminal);
      default:
        throw wrongly(given.positionals[0]);
    }
  },
};

function assertNoMore({ positionals }: Arguments, most: number): void {
  if (positionals.length > most) throw wrongly(positionals[most]);
}

function wrongly(word: string | undefined): CliError {
  return new CliError({
    text:
      word === undefined
        ? { vi: 'Cần biết làm gì với sự kiện.', en: 'What to do with the events is not said.' }
        : { vi: `Không hiểu “${word}”.`, en: `“${word}” is not understood.` },
    next: {
      vi: 'Viết: chung events list --from 2h, hoặc chung events replay MÃ_SỰ_KIỆN.',
      en: 'Write: chung events list --from 2h, or chung events replay EVENT_ID.',
    },
    exitCode: 2,
  });
}
