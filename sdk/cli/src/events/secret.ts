import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isCode } from '../account/lock.ts';
import { CliError, type Terminal } from '../commands/command.ts';

/** A secret of Standard Webhooks, `whsec_` and base64: what the backend is given, and what signs. */
export interface WebhookSecret {
  readonly text: string;
  /** Made for this run and to be shown once; one of a file is never shown. */
  readonly origin: 'made' | 'file';
}

const SECRET_BYTES = 32;
const SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

/** Of the file if one is named, which is made when it is not there; else one for this run. */
export function webhookSecret(file: string | null, { cwd }: Pick<Terminal, 'cwd'>): WebhookSecret {
  if (file === null) return { text: newSecret(), origin: 'made' };
  return { text: secretIn(path.resolve(cwd, file)), origin: 'file' };
}

const newSecret = () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

function secretIn(file: string): string {
  try {
    const made = newSecret();
    writeFileSync(file, `${made}\n`, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw unreadable(file, error);
  }
  const text = readText(file);
  if (SECRET.test(text)) return text;
  throw new CliError({
    text: { vi: `${file} không chứa khóa whsec_….`, en: `${file} holds no whsec_… secret.` },
    next: {
      vi: 'Xóa tệp để lệnh tạo khóa mới, hoặc ghi vào đó khóa whsec_ của bạn.',
      en: 'Delete the file to have one made, or write your whsec_ secret into it.',
    },
    exitCode: 2,
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw unreadable(file, error);
  }
}

const unreadable = (file: string, cause: unknown) =>
  new CliError({
    text: { vi: `Không đọc hoặc ghi được ${file}.`, en: `${file} can be neither read nor written.` },
    next: { vi: 'Kiểm tra đường dẫn của --secret-file.', en: 'Check the path of --secret-file.' },
    exitCode: 3,
    cause,
  });

/** The three headers of a delivery (Standard Webhooks, `v1`): HMAC-SHA256 over `id.seconds.body`. */
export function signedHeaders(secret: WebhookSecret, { id, body, at }: { id: string; body: string; at: Date }): Record<string, string> {
  const seconds = String(Math.floor(at.getTime() / 1000));
  const key = Buffer.from(secret.text.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
}
