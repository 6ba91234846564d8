import { BRIDGE_VERSION, BridgeHello } from '@chung/contracts';

/** The window of the mini-app's frame: `frame.contentWindow`. */
export interface FrameWindow {
  postMessage(message: unknown, targetOrigin: string, transfer: Transferable[]): void;
}

/** The host's own window. */
export interface HostWindow {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/**
 * Waits for the mini-app's first word and hands it its end of a channel; resolves to the host's end.
 *
 * Only the frame itself is heard, and only while it is what it was made as: a sandbox without an origin (`null`). A frame that has one was
 * built wrongly, and gets nothing. The first word counts, once: what is loaded in the frame later gets no channel.
 *
 * @example
 * const port = await handOver({ frame: iframe.contentWindow, host: window, signal: AbortSignal.timeout(10_000) });
 */
export function handOver({ frame, host, signal }: { frame: FrameWindow; host: HostWindow; signal: AbortSignal }): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      host.removeEventListener('message', listen);
      signal.removeEventListener('abort', giveUp);
    };
    const giveUp = () => {
      stop();
      reject(signal.reason);
    };
    const listen = (event: MessageEvent) => {
      // Two windows can only be compared by identity, whatever each of them claims to be.
      const isFrame: boolean = Object.is(event.source, frame);
      if (!isFrame || event.origin !== 'null') return;
      const hello = BridgeHello.safeParse(event.data);
      if (!hello.success || !hello.data.versions.includes(BRIDGE_VERSION)) return;
      stop();
      const { port1, port2 } = new MessageChannel();
      frame.postMessage({ kind: 'chung.start', version: BRIDGE_VERSION }, '*', [port2]);
      resolve(port1);
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    host.addEventListener('message', listen);
  });
}
