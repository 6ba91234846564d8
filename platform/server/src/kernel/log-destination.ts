import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Lines that wait for a slow disk; past this they are dropped and counted. */
const MOST_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 50;

/**
 * Writes the log to an open file or to standard output, and never stops what it tells of. pino's own stream throws when the disk
 * is full, and at the exit it then tries for ever: a server on a full disk hung instead of answering 503. Here a line that cannot
 * be written is dropped, and the first one that can be again says how many were.
 */
export function createLogDestination(fd: number): DestinationStream {
  let waiting: string[] = [];
  let bytes = 0;
  let dropped = 0;
  let isWriting = false;

  const take = (): Buffer => {
    const lost = dropped > 0 ? `${JSON.stringify({ level: 40, time: Date.now(), dropped, msg: 'log lines lost' })}\n` : '';
    const batch = Buffer.from(lost + waiting.join(''));
    [waiting, bytes, dropped] = [[], 0, 0];
    return batch;
  };
  const send = (batch: Buffer, lines: number): void => {
    isWriting = true;
    write(fd, batch, (error, written) => {
      isWriting = false;
      if (error?.code === 'EAGAIN') {
        isWriting = true;
        setTimeout(send, RETRY_MS, batch, lines).unref();
      } else if (error) dropped += lines;
      // A disk that fills up takes a part of the last batch.
      else if (written < batch.length) send(batch.subarray(written), lines);
      else {
        if (waiting.length > 0) flush();
      }
    });
  };
  const flush = (): void => {
    const lines = waiting.length + dropped;
    if (waiting.length > 0) send(take(), lines);
  };
  process.once('exit', () => {
    try {
      writeSync(fd, take());
    } catch {
      // Nobody is left to tell.
    }
  });
  return {
    write: (line) => {
      if (bytes + line.length > MOST_BYTES) {
        dropped += 1;
        return;
      }
      waiting.push(line);
      bytes += line.length;
      if (!isWriting) flush();
    },
  };
}
