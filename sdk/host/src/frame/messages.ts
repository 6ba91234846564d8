import * as z from 'zod/mini';

const text = z.string().check(z.maxLength(2_000));

/** What the frame itself tells the page around it, apart from the bridge; anybody may send it, so `readFrameMessage` asks who did. */
export const FrameMessage = z.discriminatedUnion('kind', [
  /** The mini-app's first file has run; milliseconds since the document began to load. */
  z.object({ kind: z.literal('chung.frame.started'), afterMs: z.number() }),
  /** It cannot start: a file is missing or altered, or its first file threw. */
  z.object({ kind: z.literal('chung.frame.failed'), message: text }),
  /** An error that nobody caught, later on. */
  z.object({ kind: z.literal('chung.frame.error'), message: text }),
]);
export type FrameMessage = z.infer<typeof FrameMessage>;

/**
 * Reads what a frame tells; null for anything else, and for what another window says.
 *
 * @example
 * addEventListener('message', (event) => {
 *   const told = readFrameMessage(event, iframe.contentWindow);
 *   if (told?.kind === 'chung.frame.failed') showErrorPage(told.message);
 * });
 */
export function readFrameMessage(event: Pick<MessageEvent, 'data' | 'source' | 'origin'>, frame: unknown): FrameMessage | null {
  if (!Object.is(event.source, frame) || event.origin !== 'null') return null;
  const read = FrameMessage.safeParse(event.data);
  return read.success ? read.data : null;
}
