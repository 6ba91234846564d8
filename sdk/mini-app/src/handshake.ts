import { BRIDGE_VERSION, type BridgePort, BridgeStart } from '@chung/contracts';
import { NoHostError } from './errors.ts';

/** As much of `window` as the handshake needs. */
export interface MiniAppWindow {
  readonly parent: { postMessage(message: unknown, targetOrigin: string): void };
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

const WAIT_MS = 10_000;
/** The host may begin to listen a little after the frame began to speak. */
const AGAIN_MS = 250;

/**
 * Says hello to the parent until it hands over a port. Only the parent is heard; a sibling frame that sends a port of its own, to listen in
 * on what the mini-app calls, is not.
 */
export function portFromHost(page: MiniAppWindow, origins: readonly string[] | undefined, waitMs = WAIT_MS): Promise<BridgePort> {
  const { parent } = page;
  if (Object.is(parent, page)) return Promise.reject(new NoHostError());
  return new Promise((resolve, reject) => {
    const hello = () => parent.postMessage({ kind: 'chung.hello', versions: [BRIDGE_VERSION] }, '*');
    const again = setInterval(hello, AGAIN_MS);
    const stop = () => {
      clearInterval(again);
      clearTimeout(late);
      page.removeEventListener('message', listen);
    };
    const late = setTimeout(() => {
      stop();
      reject(new NoHostError());
    }, waitMs);
    const listen = (event: MessageEvent) => {
      if (!Object.is(event.source, parent) || (origins && !origins.includes(event.origin))) return;
      const start = BridgeStart.safeParse(event.data);
      const [port] = event.ports;
      if (!start.success || start.data.version !== BRIDGE_VERSION || !port) return;
      stop();
      resolve(port);
    };
    page.addEventListener('message', listen);
    hello();
  });
}
