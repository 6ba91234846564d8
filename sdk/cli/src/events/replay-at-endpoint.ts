import { setTimeout as pause } from 'node:timers/promises';
import { ApiError } from '@chung/client';
import type { WebhookEndpoint, WebhookReplay } from '@chung/contracts';
import { type Account, accountOf } from '../account/index.ts';
import { type Arguments, CliError, type ExitCode, type Terminal } from '../commands/command.ts';
import type { Wanted } from './wanted.ts';

type WebhookAccount = Account<'partner.webhooks:write'>;

const PAUSE_MS = 1_000;

/** Asks the platform to send them again to the partner's own endpoint, and tells how it goes until it is done. */
export async function replayAtEndpoint(given: Arguments, terminal: Terminal, wanted: Wanted): Promise<ExitCode> {
  const account = await accountOf(given, terminal, ['partner.webhooks:write']);
  const endpoint = await endpointOf(account, given.value('endpoint'));
  const stop = terminal.interruption();
  const isJson = given.flag('json') === 'given';
  const begun = await begin(account, endpoint, wanted);
  if (!isJson)
    terminal.error(
      { vi: `Nền tảng đang gửi lại tới ${endpoint.url}.\n`, en: `The platform is sending them again to ${endpoint.url}.\n` }[
        terminal.language
      ],
    );
  const replay = await waitFor(account, { endpoint, begun, stop });
  if (isJson) terminal.out(`${JSON.stringify(replay)}\n`);
  else terminal.out(`${told(replay)[terminal.language]}\n`);
  return replay.state === 'failed' ? 1 : 0;
}

async function endpointOf({ ask, client }: WebhookAccount, id: string | null): Promise<WebhookEndpoint> {
  const endpoints = await ask(async () => {
    const found: WebhookEndpoint[] = [];
    for await (const one of client.partner.webhooks.list.all()) found.push(one);
    return found;
  });
  const [first, ...more] = id === null ? endpoints : endpoints.filter((one) => one.id === id);
  if (first && more.length === 0) return first;
  const list = endpoints.map((one) => `${one.id} (${one.url})`).join(', ');
  throw new CliError({
    text: first
      ? { vi: 'Đối tác có nhiều webhook.', en: 'The partner has several endpoints.' }
      : id === null
        ? { vi: 'Đối tác chưa có webhook nào.', en: 'The partner has no webhook endpoint.' }
        : { vi: `Không có webhook ${id}.`, en: `There is no endpoint ${id}.` },
    next:
      endpoints.length > 0
        ? { vi: `Chọn bằng --endpoint: ${list}.`, en: `Choose by --endpoint: ${list}.` }
        : {
            vi: 'Gửi tới máy này: --forward-to http://localhost:3000/webhooks.',
            en: 'Send them to this machine: --forward-to http://localhost:3000/webhooks.',
          },
    exitCode: 2,
  });
}

async function begin({ client, told: toldBy }: WebhookAccount, { id, url }: WebhookEndpoint, wanted: Wanted): Promise<WebhookReplay> {
  const body = 'eventId' in wanted ? wanted : { from: wanted.from.toISOString(), until: wanted.until.toISOString() };
  try {
    return await client.partner.webhooks.replays.create({ endpointId: id, ...body });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not_found')
      throw new CliError({
        text: { vi: `${url} không có sự kiện đó trong 30 ngày qua.`, en: `${url} had no such event in the last 30 days.` },
        next: { vi: 'Xem các mã bằng: chung events list --from 7d.', en: 'See the ids by chung events list --from 7d.' },
        exitCode: 4,
        cause: error,
      });
    throw toldBy(error);
  }
}

/** Until it has ended, or the person does not want to wait: it goes on at the platform all the same. */
async function waitFor(
  { ask, client }: WebhookAccount,
  { endpoint, begun, stop }: { endpoint: WebhookEndpoint; begun: WebhookReplay; stop: AbortSignal },
): Promise<WebhookReplay> {
  for (let replay = begun; ; ) {
    if (replay.state !== 'running' || stop.aborted) return replay;
    await pause(PAUSE_MS, undefined, { signal: stop }).catch(() => {});
    const { items } = await ask(() => client.partner.webhooks.replays.list({ endpointId: endpoint.id, limit: 100 }));
    replay = items.find(({ id }) => id === begun.id) ?? replay;
  }
}

function told({ state, delivered }: WebhookReplay): { vi: string; en: string } {
  const count = { vi: `${delivered} sự kiện`, en: `${delivered} ${delivered === 1 ? 'event' : 'events'}` };
  switch (state) {
    case 'done':
      return { vi: `Đã gửi lại ${count.vi}.`, en: `Sent ${count.en} again.` };
    case 'running':
      return { vi: `Đã gửi lại ${count.vi}; nền tảng còn gửi tiếp.`, en: `Sent ${count.en} again so far; the platform goes on.` };
    case 'failed':
      return {
        vi: `Dừng sau ${count.vi}: máy chủ nhận không chấp nhận.`,
        en: `Stopped after ${count.en}: the receiver did not take them.`,
      };
  }
}
