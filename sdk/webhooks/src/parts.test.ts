// The parts that a check stands on: keys, base64, events of every type, and a memory that does work once. `verify.test.ts` has the whole.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { EVENT_TYPES, type EventType } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { eventOf } from './event.ts';
import { memorySeen, once, type Seen, verifyWebhook, WebhookError, type WebhookEvent } from './index.ts';
import { bytesOf, verifierOf } from './keys.ts';

const ID = '01936b5e-7c00-7000-8000-0000000000aa';
const OTHER = '01936b5e-7c00-7000-8000-0000000000ab';
const codeOf = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(
      () => 'accepted',
      (error: unknown) => (error instanceof WebhookError ? error.code : `bug: ${error}`),
    );

describe('base64', () => {
  test('is read as it is written and in no other spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(bytesOf(text)).toEqual(new Uint8Array(bytes));
        for (const other of [`${text}=`, `${text} `, `\n${text}`, text.replace(/=+$/, '') + (text.endsWith('=') ? '' : '=')])
          expect([other, bytesOf(other)]).toEqual([other, null]);
      }),
    );
  });

  test.each(['', '=', '==', '====', 'A', 'AB', 'ABC', 'AB=C', 'AB==AB==', 'A-B_', 'ÀBCD', 'AB=\n'])('is not %j', (text) => {
    expect(bytesOf(text)).toBeNull();
  });

  test('never makes anything but bytes or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        const bytes = bytesOf(text);
        if (bytes) expect(Buffer.from(bytes).toString('base64')).toBe(text);
      }),
    );
  });
});

describe('a key', () => {
  const secret = (length: number) => `whsec_${Buffer.alloc(length, 7).toString('base64')}`;
  const open = (length: number) => `whpk_${Buffer.alloc(length, 7).toString('base64')}`;

  test('that is shared has 24 bytes at least; a public one 32 and no other number', async () => {
    expect(await Promise.all([23, 24, 64].map((length) => codeOf(() => verifierOf(secret(length)))))).toEqual([
      'invalid_key',
      'accepted',
      'accepted',
    ]);
    expect(await Promise.all([31, 33, 64].map((length) => codeOf(() => verifierOf(open(length)))))).toEqual(Array(3).fill('invalid_key'));
  });

  test.each(['WHSEC_', ' whsec_', 'whsk_', 'whsec', 'sk_', ''])(
    'that begins with %j is no key, also where the rest is one',
    async (prefix) => {
      expect(await codeOf(() => verifierOf(secret(32).replace('whsec_', prefix)))).toBe('invalid_key');
    },
  );

  test('that is refused is not told in the error, where it would stand in a log', async () => {
    const key = `whsk_${randomBytes(32).toString('base64')}`;
    const error = await verifierOf(key).catch((thrown: unknown) => thrown);
    expect(`${error} ${JSON.stringify(error)}`).not.toContain(key.slice(5, 15));
  });

  test('checks signatures of its own version only', async () => {
    expect([(await verifierOf(secret(32))).version, (await verifierOf(open(32))).version]).toEqual(['v1', 'v1a']);
  });

  test('is prepared once for as long as it is remembered', () => {
    expect(verifierOf(secret(40))).toBe(verifierOf(secret(40)));
  });
});

describe('an event', () => {
  const redemption = { redemptionId: ID, offerId: ID, memberRef: 'm', state: 'REDEEMED' };
  const whole = {
    ...{ ...redemption, submissionId: ID, partnerId: ID, endpointId: ID, expiresAt: '2026-11-22T10:00:00Z', message: 'xin chào' },
    ...{ partBasisPoints: 1, reversedBasisPoints: 1, rules: ['R1'], clientId: 'app', scope: 'openid', scopes: ['openid'] },
    ...{ feeMinor: 1, vatMinor: 0, vatBasisPoints: 800, appId: 'vn.a', versionCode: 1, versionName: '1.0.0', url: 'https://a.vn' },
    ...{ digest: `sha256:${'a'.repeat(64)}`, reason: 'gone' },
  };
  const bodyOf = (change: object) =>
    JSON.stringify({ type: 'redemption.fulfilled.v1', timestamp: '2026-11-22T12:59:59+07:00', data: redemption, id: ID, ...change });

  test.each(Object.keys(EVENT_TYPES))('of type %s is read with its data, and refused without', async (type) => {
    const event = eventOf(bodyOf({ type, data: whole }), ID);
    expect([event.type, event.id, event.occurredAt]).toEqual([type, ID, new Date('2026-11-22T05:59:59Z')]);
    expect(Object.keys(event.data).length).toBeGreaterThan(0);
    expect(await codeOf(() => eventOf(bodyOf({ type, data: {} }), ID))).toBe('unexpected_payload');
  });

  test.each(['constructor', '__proto__', 'toString', 'redemption.fulfilled.v2', ''])('of the type %j is unknown, with its name', (type) => {
    expect(eventOf(bodyOf({ type }), ID)).toMatchObject({ type: 'unknown', typeName: type, data: redemption });
  });

  test('keeps of a known type what it declares, so that nothing new reaches code that does not expect it', () => {
    const event = eventOf(bodyOf({ data: { ...redemption, phone: '0912345678' } }), ID);
    expect(event.data).toEqual(redemption);
  });

  test.each([
    ['an id that is not the one that was signed', bodyOf({ id: OTHER })],
    ['no id', bodyOf({ id: undefined })],
    ['a time without an offset', bodyOf({ timestamp: '2026-11-22T12:59:59' })],
    ['data that is a list', bodyOf({ data: [] })],
    ['data that is a text', bodyOf({ data: 'x' })],
    ['a type that is no text', bodyOf({ type: 7 })],
    ['nothing', ''],
    ['null', 'null'],
    ['two documents', `${bodyOf({})}${bodyOf({})}`],
  ])('is not one with %s', async (_what, body) => expect(await codeOf(() => eventOf(body, ID))).toBe('unexpected_payload'));

  test('never breaks a receiver, whatever was signed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (body) => {
        expect(await codeOf(() => eventOf(body, ID))).toBe('unexpected_payload');
      }),
    );
  });

  test('says by its type what its data holds', () => {
    expectTypeOf<Extract<WebhookEvent, { type: 'redemption.redeemed.v1' }>['data']['feeMinor']>().toEqualTypeOf<number>();
    expectTypeOf<Exclude<WebhookEvent['type'], 'unknown'>>().toEqualTypeOf<EventType>();
  });
});

describe('a tolerance', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const keys = `whpk_${publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')}`;
  const now = new Date('2026-11-22T13:00:00Z');
  const body = JSON.stringify({ type: 'x.v1', timestamp: '2026-11-22T12:59:59Z', data: {}, id: ID });
  const signed = (key: KeyObject, seconds: number) => ({
    'webhook-id': ID,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1a,${sign(null, Buffer.from(`${ID}.${seconds}.${body}`), key).toString('base64')}`,
  });
  const after = (ageSeconds: number, options: object) =>
    codeOf(() => verifyWebhook(body, signed(privateKey, now.getTime() / 1000 - ageSeconds), { keys, now, ...options }));

  test('is the receiver’s to say, both ways and to the second', async () => {
    const outcomes = [10, 11, -10, -11].map((age) => after(age, { toleranceSeconds: 10 }));
    expect(await Promise.all(outcomes)).toEqual(['accepted', 'too_old', 'accepted', 'too_new']);
    expect([await after(0, { toleranceSeconds: 0 }), await after(1, { toleranceSeconds: 0 })]).toEqual(['accepted', 'too_old']);
  });

  test('that is no number, as from a setting that is missing, believes nothing rather than everything', async () => {
    for (const ageSeconds of [0, 86_400]) expect(await after(ageSeconds, { toleranceSeconds: Number('five') })).toBe('too_old');
    expect(await after(0, { now: new Date('no time') })).toBe('too_old');
  });
});

describe('work that is done once', () => {
  /** A memory that answers late, as a database does. */
  function slowSeen(): Seen & { readonly ids: Set<string> } {
    const ids = new Set<string>();
    const later = () => new Promise((resolve) => setTimeout(resolve, 1));
    return {
      ids,
      claim: async (id) => {
        const isFirst = !ids.has(id);
        ids.add(id);
        await later();
        return isFirst;
      },
      release: async (id) => {
        await later();
        ids.delete(id);
      },
    };
  }

  test('is done by one of many deliveries of each event, in any order and with any memory', async () => {
    const deliveries = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(deliveries, fc.boolean(), async (ids, isSlow) => {
        const seen = isSlow ? slowSeen() : memorySeen();
        const worked: string[] = [];
        const outcomes = await Promise.all(ids.map((id) => once({ id }, seen, () => worked.push(id))));
        expect(worked.toSorted()).toEqual([...new Set(ids)].toSorted());
        expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(new Set(ids).size);
      }),
      { numRuns: 40 },
    );
  });

  test('and failed is released before the failure is told, so that the next delivery cannot come too early', async () => {
    const seen = slowSeen();
    await expect(once({ id: ID }, seen, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(seen.ids.size).toBe(0);
    await expect(
      once({ id: ID }, seen, () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    expect(await once({ id: ID }, seen, () => {})).toBe('done');
  });

  test('is not begun where the memory cannot be asked', async () => {
    let worked = 0;
    const seen: Seen = { claim: () => Promise.reject(new Error('database away')), release: () => {} };
    await expect(once({ id: ID }, seen, () => worked++)).rejects.toThrow('database away');
    expect(worked).toBe(0);
  });

  test('is remembered for as many events as the memory holds, the latest ones', async () => {
    const seen = memorySeen({ capacity: 3 });
    for (let number = 0; number < 10; number++) expect(await seen.claim(`e${number}`)).toBe(true);
    expect(await Promise.all(['e7', 'e8', 'e9'].map((id) => seen.claim(id)))).toEqual([false, false, false]);
    expect(await seen.claim('e6')).toBe(true);
  });
});
