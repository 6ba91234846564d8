// Runs in a thread of its own, started by check-in-thread.ts; knows neither the vault nor the database.
import { parentPort, workerData } from 'node:worker_threads';
import { DomainError } from '../../../kernel/errors.ts';
import type { ThreadMessage } from './check-in-thread.ts';
import { checkRegister, type RegisterContext } from './check-register.ts';

const port = parentPort;
if (!port) throw new Error('this file is the code of a thread');

const pieces: (Uint8Array | null)[] = [];
let wake = () => {};
port.on('message', (piece: Uint8Array | null) => {
  pieces.push(piece);
  wake();
});
const send = (message: ThreadMessage, handedOver: ArrayBuffer[] = []) => port.postMessage(message, handedOver);

async function* source(): AsyncGenerator<Buffer> {
  for (;;) {
    while (pieces.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    const piece = pieces.shift();
    if (!piece) return;
    yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    send({ type: 'taken' });
  }
}

async function run(): Promise<void> {
  // Only check-in-thread.ts starts this file.
  const context = workerData as RegisterContext;
  try {
    for await (const group of checkRegister(source(), context)) send({ type: 'group', group }, [group.staged.buffer]);
    send({ type: 'end' });
  } catch (error) {
    if (!(error instanceof DomainError) || !error.extras.detail) throw error;
    send({ type: 'refused', detail: error.extras.detail });
  }
  port?.close();
}

await run();
