import { createHmac, createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeKey, signedHeaders, signerOf } from './signing.ts';

const AT = new Date('2026-11-22T13:00:00.900Z');
const message = { id: 'msg_1', payload: '{"đ":1}', at: AT };

test('a symmetric signature is that of Standard Webhooks’ own example', async () => {
  // From the specification's reference implementations: secret, id, timestamp and payload are theirs.
  const sign = signerOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const content = 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}';
  expect(await sign(content)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('an Ed25519 key is 32 bytes behind its prefix, and what it signs fits its public half', async () => {
  const { secret, publicKey } = makeKey('v1a');
  expect(secret).toMatch(/^whsk_[A-Za-z0-9+/]{43}=$/);
  expect(publicKey).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
  const signature = String(await signerOf(secret)('content'));
  const raw = Buffer.from(String(publicKey).slice(5), 'base64');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  expect(verify(null, Buffer.from('content'), key, Buffer.from(signature.slice('v1a,'.length), 'base64'))).toBe(true);
  expect(verify(null, Buffer.from('contenT'), key, Buffer.from(signature.slice('v1a,'.length), 'base64'))).toBe(false);
});

test('no two keys are alike, and a shared secret has no public half', () => {
  for (const signing of ['v1a', 'v1'] as const) expect(makeKey(signing).secret).not.toBe(makeKey(signing).secret);
  expect(makeKey('v1')).toMatchObject({ signing: 'v1', publicKey: null, secret: expect.stringMatching(/^whsec_/) });
});

test('the headers carry id, whole seconds and one signature a key, over id, time and the bytes of the body', async () => {
  const secret = makeKey('v1').secret;
  const headers = await signedHeaders([signerOf(secret), signerOf(makeKey('v1a').secret)], message);
  expect(headers).toMatchObject({ 'webhook-id': 'msg_1', 'webhook-timestamp': '1795352400' });
  const [first, second, ...rest] = headers['webhook-signature']?.split(' ') ?? [];
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  expect(first).toBe(`v1,${createHmac('sha256', key).update('msg_1.1795352400.{"đ":1}').digest('base64')}`);
  expect(second).toMatch(/^v1a,/);
  expect(rest).toEqual([]);
});
