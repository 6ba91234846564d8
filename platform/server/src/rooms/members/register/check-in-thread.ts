import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Text } from '@chung/contracts';
import type { CheckedGroup, RegisterContext } from './check-register.ts';
import { refuseRegister } from './refusal.ts';

export type ThreadMessage =
  | { readonly type: 'taken' }
  | { readonly type: 'group'; readonly group: CheckedGroup }
  | { readonly type: 'refused'; readonly detail: Text }
  | { readonly type: 'end' };

/** Pieces of the file that may be on their way: enough that neither side waits, few enough that memory stays small. */
const PIECES_AHEAD = 4;
/** Rows live for milliseconds: with the default room for garbage an import would take half a gigabyte. */
const THREAD_MEMORY = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 12 };

/** Lets one side sleep until the other has done something. */
function createBell(): { ring(): void; heard(): Promise<void> } {
  let ring = () => {};
  return {
    ring: () => ring(),
    heard: () =>
      new Promise((resolve) => {
        ring = resolve;
      }),
  };
}

/** Beside this file, by the ending that this file has: `.ts` from the sources, `.js` in the package. */
const THREAD = new URL(`./check-thread${path.extname(import.meta.filename)}`, import.meta.url);

/**
 * `checkRegister` in a thread of its own. Parsing and checking is half of the work of an import: here it runs beside the
 * sealing, and a server that imports a register goes on answering.
 */
export async function* checkRegisterInThread(source: AsyncIterable<Buffer>, context: RegisterContext): AsyncGenerator<CheckedGroup> {
  const thread = new Worker(THREAD, {
    workerData: context,
    execArgv: ['--conditions=chung-source'],
    resourceLimits: THREAD_MEMORY,
  });
  const messages: (ThreadMessage | { readonly type: 'failed'; readonly error: unknown })[] = [];
  const news = createBell();
  const room = createBell();
  let ahead = 0;
  let isOver = false;
  const add = (message: (typeof messages)[number]) => {
    messages.push(message);
    news.ring();
  };
  thread.on('message', add);
  thread.on('error', (error) => add({ type: 'failed', error }));

  const feed = async () => {
    for await (const piece of source) {
      while (ahead >= PIECES_AHEAD && !isOver) await room.heard();
      if (isOver) return;
      ahead++;
      // Handed over, not cloned: a clone of a slice takes the whole buffer that it was cut from.
      const own = new Uint8Array(piece);
      thread.postMessage(own, [own.buffer]);
    }
    thread.postMessage(null);
  };
  const feeding = feed().catch((error: unknown) => add({ type: 'failed', error }));
  try {
    for (;;) {
      while (messages.length === 0) await news.heard();
      const message = messages.shift();
      switch (message?.type) {
        case 'taken':
          // Only now, when the groups before it have been used: so a slow database holds back the reading of the file.
          ahead--;
          room.ring();
          break;
        case 'group':
          yield message.group;
          break;
        case 'refused':
          throw refuseRegister(message.detail.vi, message.detail.en);
        case 'failed':
          throw message.error;
        default:
          return;
      }
    }
  } finally {
    isOver = true;
    room.ring();
    await thread.terminate();
    await feeding;
  }
}
