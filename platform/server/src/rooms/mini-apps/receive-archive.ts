import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { SUBMISSION_LIMITS } from '@chung/contracts';
import { DomainError } from '../../kernel/errors.ts';

/** An archive that arrived whole and is on the disk for certain. */
export interface ReceivedArchive {
  readonly file: string;
  readonly bytes: number;
  /** Of the bytes as they came. */
  readonly digest: string;
}

/** Writes what is sent to a file; throws `payload_too_large` as soon as it is, and whatever the connection breaks off with. */
export async function receiveArchive(stream: Readable, file: string): Promise<ReceivedArchive> {
  const hash = createHash('sha256');
  const target = await open(file, 'wx', 0o600);
  try {
    let bytes = 0;
    // The connection is left open: it still has to carry the refusal.
    const chunks: AsyncIterable<Buffer | string> = stream.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) {
      const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      bytes += part.length;
      if (bytes > SUBMISSION_LIMITS.archiveBytes) throw archiveTooLarge();
      hash.update(part);
      await writeAll(target, part);
    }
    await target.sync();
    return { file, bytes, digest: `sha256:${hash.digest('hex')}` };
  } finally {
    await target.close();
  }
}

export function archiveTooLarge(): DomainError {
  const mebibytes = SUBMISSION_LIMITS.archiveBytes / 1024 ** 2;
  return new DomainError('payload_too_large', {
    detail: { vi: `Gói gửi lên tối đa ${mebibytes} MiB.`, en: `An archive has ${mebibytes} MiB at the most.` },
  });
}

/** A disk that is nearly full may take a part of what it is given. */
async function writeAll(target: Awaited<ReturnType<typeof open>>, part: Buffer): Promise<void> {
  for (let done = 0; done < part.length; ) done += (await target.write(part, done)).bytesWritten;
}
