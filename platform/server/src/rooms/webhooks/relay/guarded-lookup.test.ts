import type { LookupAddress, LookupOptions } from 'node:dns';
import { expect, test } from 'vitest';
import { guardedLookup, type NameResolver, RefusedAddressError } from './guarded-lookup.ts';

const answering = (...answers: (readonly string[])[]): NameResolver & { asked: string[] } => {
  const asked: string[] = [];
  return {
    asked,
    resolve: async (host) => {
      asked.push(host);
      return answers[Math.min(asked.length, answers.length) - 1] ?? [];
    },
  };
};

const lookUp = (resolver: NameResolver, host: string, { all = false, allowed = [] as string[] } = {}) =>
  new Promise<string | LookupAddress[]>((resolve, reject) => {
    const options: LookupOptions = { all };
    guardedLookup(resolver, new Set(allowed))(host, options, (error, found) => (error ? reject(error) : resolve(found)));
  });

test('a public name leads to its addresses, one or all', async () => {
  const resolver = answering(['8.8.8.8', '2404:6800::1']);
  expect(await lookUp(resolver, 'hooks.example.vn')).toBe('8.8.8.8');
  expect(await lookUp(resolver, 'hooks.example.vn', { all: true })).toEqual([
    { address: '8.8.8.8', family: 4 },
    { address: '2404:6800::1', family: 6 },
  ]);
});

test.each([['10.0.0.1'], ['127.0.0.1'], ['169.254.169.254'], ['::1'], ['::ffff:10.0.0.1'], ['64:ff9b::a00:1'], ['fd00::1'], ['nonsense']])(
  'a name that leads to %s is refused',
  async (address) => {
    await expect(lookUp(answering([address]), 'hooks.example.vn')).rejects.toThrow(RefusedAddressError);
  },
);

test('one private address among public ones refuses all', async () => {
  await expect(lookUp(answering(['8.8.8.8', '192.168.0.1']), 'hooks.example.vn', { all: true })).rejects.toThrow(RefusedAddressError);
});

test('the refusal names no address: a partner must not read our network from its log', async () => {
  const error = await lookUp(answering(['10.20.30.40']), 'hooks.example.vn').catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ code: 'ADDRESS_REFUSED', message: expect.not.stringContaining('10.20') });
});

test('every connection asks anew, so a name that turns private is refused from then on', async () => {
  const resolver = answering(['8.8.8.8'], ['10.0.0.1']);
  expect(await lookUp(resolver, 'rebind.example.vn')).toBe('8.8.8.8');
  await expect(lookUp(resolver, 'rebind.example.vn')).rejects.toThrow(RefusedAddressError);
  expect(resolver.asked).toHaveLength(2);
});

test('a name without addresses, or without an answer, is a failed connection', async () => {
  await expect(lookUp(answering([]), 'empty.example.vn')).rejects.toThrow('no address');
  await expect(lookUp({ resolve: () => Promise.reject(new Error('ETIMEOUT')) }, 'slow.example.vn')).rejects.toThrow('ETIMEOUT');
});

test('a developer’s localhost is loopback without being asked for; another allowed host may be private', async () => {
  const resolver = answering(['10.0.0.5']);
  expect(await lookUp(resolver, 'localhost', { allowed: ['localhost'] })).toBe('127.0.0.1');
  expect(resolver.asked).toEqual([]);
  expect(await lookUp(resolver, 'inbox.test', { allowed: ['inbox.test'] })).toBe('10.0.0.5');
});
