// Whom a mini-app believes when it is handed a port.
import { afterEach, expect, test, vi } from 'vitest';
import { type MiniAppWindow, portFromHost } from './handshake.ts';

afterEach(() => void vi.useRealTimers());

function page() {
  const listeners = new Set<(event: MessageEvent) => void>();
  const said: { message: unknown; target: string }[] = [];
  const parent = { postMessage: (message: unknown, target: string) => void said.push({ message, target }) };
  const self: MiniAppWindow = {
    parent,
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
  };
  const hear = (event: { data: unknown; source?: unknown; origin?: string; ports?: readonly MessagePort[] }) => {
    const whole = { source: parent, origin: 'https://chung.example', ports: [], ...event };
    for (const listener of [...listeners]) listener(Object.assign(new Event('message'), whole) as unknown as MessageEvent);
  };
  return { self, said, hear, listeners, parent };
}

const START = { kind: 'chung.start', version: 1 };

test('it says hello until its parent hands over a port; nobody else is heard', async () => {
  vi.useFakeTimers();
  const { self, said, hear, listeners } = page();
  const { port1, port2 } = new MessageChannel();
  const foreign = new MessageChannel();
  const given = portFromHost(self, ['https://chung.example']);
  await vi.advanceTimersByTimeAsync(600);
  expect(said).toEqual(Array.from({ length: 3 }, () => ({ message: { kind: 'chung.hello', versions: [1] }, target: '*' })));
  hear({ data: START, ports: [foreign.port1], source: {} });
  hear({ data: START, ports: [foreign.port1], origin: 'https://evil.example' });
  hear({ data: START });
  hear({ data: { kind: 'chung.start', version: 2 }, ports: [foreign.port1] });
  hear({ data: 'chung.start', ports: [foreign.port1] });
  hear({ data: START, ports: [port2] });
  expect(await given).toBe(port2);
  expect([listeners.size, vi.getTimerCount()]).toEqual([0, 0]);
  for (const port of [port1, port2, foreign.port1, foreign.port2]) port.close();
});

test('without an answer, or without a parent, there is no host', async () => {
  vi.useFakeTimers();
  const { self, listeners } = page();
  const given = portFromHost(self, undefined).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await given).toMatchObject({ name: 'NoHostError' });
  expect([listeners.size, vi.getTimerCount()]).toEqual([0, 0]);
  const alone: MiniAppWindow = { parent: { postMessage: () => {} }, addEventListener: () => {}, removeEventListener: () => {} };
  Object.assign(alone, { parent: alone });
  await expect(portFromHost(alone, undefined)).rejects.toMatchObject({ name: 'NoHostError' });
});
