// Who gets the channel: the frame itself, as an opaque origin, once.
import { expect, test } from 'vitest';
import { type FrameWindow, type HostWindow, handOver } from './index.ts';

function hostWindow() {
  const listeners = new Set<(event: MessageEvent) => void>();
  const host: HostWindow = {
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
  };
  const hear = (event: { data: unknown; origin: string; source: unknown }) => {
    for (const listener of [...listeners]) listener(Object.assign(new Event('message'), event) as MessageEvent);
  };
  return { host, hear, listeners };
}

const HELLO = { kind: 'chung.hello', versions: [1] };

test('the frame that says hello gets a port, and only the first time', async () => {
  const { host, hear, listeners } = hostWindow();
  const given: { message: unknown; target: string; ports: Transferable[] }[] = [];
  const frame: FrameWindow = { postMessage: (message, target, ports) => void given.push({ message, target, ports }) };
  const handed = handOver({ frame, host, signal: AbortSignal.timeout(5_000) });
  for (const wrong of [
    { data: HELLO, origin: 'null', source: {} },
    { data: HELLO, origin: 'https://evil.example', source: frame },
    { data: { kind: 'chung.hello', versions: [99] }, origin: 'null', source: frame },
    { data: { kind: 'chung.hello' }, origin: 'null', source: frame },
    { data: 'chung.hello', origin: 'null', source: frame },
  ])
    hear(wrong);
  expect(given).toEqual([]);
  hear({ data: HELLO, origin: 'null', source: frame });
  hear({ data: HELLO, origin: 'null', source: frame });
  const port = await handed;
  expect(given).toHaveLength(1);
  expect(given[0]).toMatchObject({ message: { kind: 'chung.start', version: 1 }, target: '*' });
  expect(listeners.size).toBe(0);
  port.close();
});

test('a frame that never speaks is given up, and nobody listens any more', async () => {
  const { host, listeners } = hostWindow();
  const frame: FrameWindow = { postMessage: () => {} };
  await expect(handOver({ frame, host, signal: AbortSignal.timeout(10) })).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect(handOver({ frame, host, signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
  expect(listeners.size).toBe(0);
});
