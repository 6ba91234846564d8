import { open } from 'node:fs/promises';
import { ApiError, UnreachableError } from '@chung/client';
import type { AppSubmission } from '@chung/contracts';
import type { Account } from '../account/index.ts';
import { CliError, type Terminal } from '../commands/command.ts';
import { type PreparedApp, say } from './prepare.ts';

/** What `chung submit` needs: to send, and to see what was sent before. */
export const SUBMIT_SCOPES = ['partner.apps:read', 'partner.apps:write'] as const;

type Submitter = Account<(typeof SUBMIT_SCOPES)[number]>;

export interface Uploaded {
  readonly submission: AppSubmission;
  /** The same content may have been submitted before; nothing is sent then. */
  readonly sent: 'now' | 'before';
}

/**
 * Sends an app and answers its submission; what the platform has already is not sent again. Throws `CliError`: exit code 4 where the platform
 * refuses, 3 where the connection does not hold.
 */
export async function upload(account: Submitter, prepared: PreparedApp, terminal: Terminal): Promise<Uploaded> {
  const { manifest, packed, bundleDigest } = prepared;
  // A token that has ended is renewed here: a stream that was read once could not be sent a second time.
  const { items } = await account.ask((chung) => chung.partner.apps.submissions.list({ appId: manifest.app_id, limit: 1 }));
  const [latest] = items;
  if (latest?.digest === packed.digest) return { submission: latest, sent: 'before' };
  const size = `${(packed.bytes / 1024).toFixed(0)} KiB`;
  say(terminal, { vi: `Đang gửi ${size} …`, en: `Sending ${size} …` });
  const signal = terminal.interruption();
  try {
    const submission = await account.client.partner.apps.submit(
      {
        digest: packed.digest,
        ...(bundleDigest !== null && { bundleDigest }),
        contentType: 'application/gzip',
        body: streamOf(packed, terminal),
      },
      { idempotencyKey: `submit-${packed.digest}`, signal },
    );
    return { submission, sent: 'now' };
  } catch (error) {
    if (signal.aborted) throw interrupted(error);
    if (error instanceof UnreachableError) throw brokenOff(error, account.issuer);
    if (error instanceof ApiError && error.code === 'checks_failed') throw refusedByCheck(error);
    throw account.told(error);
  }
}

const PART_BYTES = 64 * 1024;

/** The archive as it goes out, with a line that tells how far it is; without a terminal there is nothing to draw over. */
function streamOf({ file, bytes }: PreparedApp['packed'], { error, colour, language }: Terminal): ReadableStream<Uint8Array> {
  const opened = open(file);
  let sent = 0;
  return new ReadableStream({
    pull: async (controller) => {
      const source = await opened;
      const { bytesRead, buffer } = await source.read({ buffer: new Uint8Array(PART_BYTES) });
      if (bytesRead > 0) {
        sent += bytesRead;
        if (colour === 'on') error(`\r  ${Math.floor((sent / bytes) * 100)} % `);
        controller.enqueue(buffer.subarray(0, bytesRead));
        return;
      }
      await source.close();
      controller.close();
      const start = colour === 'on' ? '\r' : '';
      error(start + { vi: 'Đã gửi xong, nền tảng đang kiểm tra …\n', en: 'All is sent, the platform is checking …\n' }[language]);
    },
    cancel: async () => (await opened).close(),
  });
}

const brokenOff = (cause: UnreachableError, issuer: string): CliError =>
  new CliError({
    text: {
      vi: `Mất kết nối tới ${issuer} khi đang gửi.`,
      en: `The connection to ${issuer} broke off while the app was being sent.`,
    },
    next: {
      vi: 'Chạy lại chung submit: cùng nội dung thì chỉ thành một lượt gửi, dù đến mấy lần.',
      en: 'Run chung submit again: the same content is one submission, however often it arrives.',
    },
    exitCode: 3,
    cause,
  });

const interrupted = (cause: unknown): CliError =>
  new CliError({
    text: { vi: 'Đã dừng khi đang gửi.', en: 'It was stopped while the app was being sent.' },
    next: {
      vi: 'chung status cho biết nền tảng đã nhận chưa; chạy lại chung submit cũng không gửi thành hai lượt.',
      en: 'chung status tells whether it arrived; to run chung submit again makes no second submission.',
    },
    exitCode: 3,
    cause,
  });

/** The platform sees more than this machine where a `tsconfig.json` or a package stood in the way here. */
function refusedByCheck(error: ApiError): CliError {
  const lines = error.fields.map(({ path, code, message }) => `\n  ${code} ${path} ${message}`).join('');
  const said = error.detail ?? error.title;
  return new CliError({
    text: {
      vi: `Nền tảng kiểm tra và từ chối: ${said}${lines}`,
      en: `The platform checked it and refused: ${said}${lines}`,
    },
    next: {
      vi: 'Sửa những chỗ trên rồi chạy lại chung submit; chưa có gì được giữ lại.',
      en: 'Put these right and run chung submit again; nothing was kept.',
    },
    exitCode: 4,
    cause: error,
  });
}
