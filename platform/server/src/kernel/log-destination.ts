import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Lines that wait for a slow disk; past this they are dropped and counted. */
const MOST_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 50;
/** A write is a call of the system and a thread that wakes: one for each line was a tenth of a claim's time. What a crash may cost is this much. */
const GATHER_MS = 20;
/** Not waited for with more than this. */
const GATHER_BYTES = 64 * 1024;

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
  let isGathering = false;

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
  const gathered = (): void => {
    isGathering = false;
    if (!isWriting) flush();
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
      if (isWriting || (isGathering && bytes < GATHER_BYTES)) return;
      if (bytes >= GATHER_BYTES) return flush();
      isGathering = true;
      setTimeout(gathered, GATHER_MS).unref();
    },
  };
}
