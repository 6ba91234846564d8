import { type Arguments, CliError, type Option, type Terminal } from '../commands/command.ts';
import type { Delivering } from './deliver.ts';
import { webhookSecret } from './secret.ts';
import { targetOf } from './target.ts';

/** Where events go, what signs them, how often each is tried. */
export type Forward = Pick<Delivering, 'target' | 'secret' | 'tries'>;

/** What every command takes that forwards events. */
export const FORWARD_OPTIONS: readonly Option[] = [
  {
    name: 'forward-to',
    takes: 'URL',
    about: {
      vi: 'Địa chỉ trên máy này, hoặc chỉ số cổng.',
      en: 'An address on this machine, or a port.',
    },
  },
  {
    name: 'secret-file',
    takes: 'FILE',
    about: {
      vi: 'Tệp chứa khóa whsec_; chưa có thì được tạo. Không ghi: khóa mới mỗi lần chạy.',
      en: 'File with the whsec_ secret, made if it is not there. Else a new secret each run.',
    },
  },
  {
    name: 'tries',
    takes: 'N',
    about: { vi: 'Số lần thử một sự kiện; mặc định: đến khi nhận.', en: 'How often an event is tried; else until it is taken.' },
  },
  { name: 'allow-remote', about: { vi: 'Cho phép chuyển ra ngoài mạng nội bộ (https).', en: 'Lets events leave this network (https).' } },
];

/** Reads the options; null without an address. Rejects with a `CliError`. */
export async function forwardOf(given: Arguments, terminal: Terminal): Promise<Forward | null> {
  const to = given.value('forward-to');
  if (to === null) return null;
  return {
    target: await targetOf(to, given.flag('allow-remote') === 'given' ? 'allowed' : 'refused'),
    tries: triesOf(given.value('tries')),
    secret: webhookSecret(given.value('secret-file'), terminal),
  };
}

function triesOf(text: string | null): number | null {
  if (text === null) return null;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new CliError({
    text: { vi: `--tries ${text} không phải số lần.`, en: `--tries ${text} is no number of tries.` },
    next: { vi: 'Viết một số từ 1 đến 9999.', en: 'Write a number from 1 to 9999.' },
    exitCode: 2,
  });
}

/** A secret made for this run is shown once, as the backend's environment takes it; one of a file stays there. */
export function tellSecret({ secret }: Forward, given: Pick<Arguments, 'flag'>, { out, error }: Terminal): void {
  if (secret.origin === 'file') return;
  if (given.flag('json') === 'given') out(`${JSON.stringify({ kind: 'secret', CHUNG_WEBHOOK_SECRET: secret.text })}\n`);
  else error(`CHUNG_WEBHOOK_SECRET=${secret.text}\n\n`);
}
