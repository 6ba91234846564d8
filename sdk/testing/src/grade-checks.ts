import type { EventType, PartnerEvent } from '@chung/contracts';
import { type Answer, type Bench, type Check, fulfilments } from './grade-bench.ts';
import { SAMPLES } from './samples.ts';
import { type Delivery, newEventId, sampleEvent, signedBody, signedDelivery, webhookSigner } from './signing.ts';

const isTaken = ({ status }: Answer) => status >= 200 && status < 300;
/** 4xx: the platform stops and tells the partner; 5xx would make it try a forgery again for days. */
const isRefused = ({ status }: Answer) => status >= 400 && status < 500;
const seen = ({ status }: Answer) => (status === 0 ? 'no answer came' : `the answer was ${status}`);

/** Sends something that must not be believed: refused, and without an effect. */
async function mustRefuse(bench: Bench, forge: (delivery: Delivery) => Promise<Delivery>, advice: string): Promise<string | null> {
  const { event, redemptionId } = await bench.redeemed();
  const answer = await bench.send(await forge(await signedDelivery(event, bench.signer)));
  const effects = await bench.effectsOf(redemptionId);
  if (effects) return `the benefit was given all the same. ${advice}`;
  return isRefused(answer) ? null : `${seen(answer)}, where 400 was expected. ${advice}`;
}

/** What a redemption's effect should be after some deliveries: one, however they came. */
async function mustActOnce(bench: Bench, redemptionId: string, advice: string): Promise<string | null> {
  const effects = await bench.effectsOf(redemptionId);
  if (effects === null) return 'skipped: needs `activations` or `platform`, to count effects';
  if (effects === 1) return null;
  return effects === 0 ? 'the benefit was never given.' : `the benefit was given ${effects} times. ${advice}`;
}

const VERIFY = 'Pass the body as it came to verifyWebhook of @chung/webhooks, before anything else.';
const ONCE = 'Remember the event’s id in the transaction of your work; see once() of @chung/webhooks.';

const signatures: readonly Check[] = [
  {
    id: 'genuine',
    title: 'takes a genuine delivery, and acts on it',
    weight: 'must',
    run: async (bench) => {
      const { event, redemptionId } = await bench.redeemed();
      const answer = await bench.send(await signedDelivery(event, bench.signer));
      if (!isTaken(answer)) return `${seen(answer)}, where 2xx was expected. Does it trust the signer’s key?`;
      const once = await mustActOnce(bench, redemptionId, ONCE);
      return once?.startsWith('skipped') ? null : once;
    },
  },
  {
    id: 'unsigned',
    title: 'refuses a delivery without a signature',
    weight: 'must',
    run: (bench) =>
      mustRefuse(bench, async ({ id, body }) => ({ id, body, headers: { 'content-type': 'application/json', 'webhook-id': id } }), VERIFY),
  },
  {
    id: 'forged',
    title: 'refuses a delivery signed by a stranger',
    weight: 'must',
    run: async (bench) => {
      const stranger = await webhookSigner(bench.signer.version);
      return mustRefuse(bench, ({ id, body }) => signedBody(id, body, { signers: [stranger], at: new Date() }), VERIFY);
    },
  },
  {
    id: 'altered',
    title: 'refuses a delivery whose body was altered',
    weight: 'must',
    run: (bench) => mustRefuse(bench, async (one) => ({ ...one, body: one.body.replace(/.$/, ' }') }), VERIFY),
  },
  {
    id: 'late',
    title: 'refuses a recording from ten minutes ago',
    weight: 'must',
    run: (bench) =>
      mustRefuse(
        bench,
        ({ id, body }) => signedBody(id, body, { signers: [bench.signer], at: new Date(Date.now() - 600_000) }),
        'A delivery more than five minutes old is a recording; verifyWebhook judges its webhook-timestamp.',
      ),
  },
  {
    id: 'confused',
    title: 'refuses a signature under another id',
    weight: 'must',
    run: (bench) => mustRefuse(bench, async (one) => ({ ...one, headers: { ...one.headers, 'webhook-id': newEventId() } }), VERIFY),
  },
];

const repeats: readonly Check[] = [
  {
    id: 'duplicate',
    title: 'takes a duplicate, and acts once',
    weight: 'must',
    run: async (bench) => {
      const { event, redemptionId } = await bench.redeemed();
      const delivery = await signedDelivery(event, bench.signer);
      await bench.send(delivery);
      const second = await bench.send(delivery);
      if (!isTaken(second))
        return `${seen(second)} to the second one. Answer 2xx to what you had: a refusal holds up the events behind it.`;
      return mustActOnce(bench, redemptionId, ONCE);
    },
  },
  {
    id: 'together',
    title: 'acts once when the same delivery comes three times at once',
    weight: 'must',
    run: async (bench) => {
      const { event, redemptionId } = await bench.redeemed();
      const delivery = await signedDelivery(event, bench.signer);
      await Promise.all([bench.send(delivery), bench.send(delivery), bench.send(delivery)]);
      return mustActOnce(bench, redemptionId, `Asking whether it is there and then writing is two steps; a unique key is one. ${ONCE}`);
    },
  },
  {
    id: 'replayed',
    title: 'acts once when the platform replays an event with a new signature',
    weight: 'must',
    run: async (bench) => {
      const { event, redemptionId } = await bench.redeemed();
      await bench.send(await signedDelivery(event, bench.signer, { at: new Date(Date.now() - 200_000) }));
      const again = await bench.send(await signedDelivery(event, bench.signer));
      if (!isTaken(again)) return `${seen(again)} to the replay. Answer 2xx to what you had.`;
      return mustActOnce(bench, redemptionId, `A replay has another time and signature and the same id. ${ONCE}`);
    },
  },
  {
    id: 'reordered',
    title: 'takes events of one redemption in the wrong order, and acts once',
    weight: 'must',
    run: async (bench) => {
      const { event, redemptionId } = await bench.redeemed();
      const later = sampleEvent('redemption.fulfilled.v1');
      const about = { redemptionId, offerId: event.data['offerId'], memberRef: event.data['memberRef'], state: 'FULFILLED' };
      const first = await bench.send(await signedDelivery({ ...later, data: about }, bench.signer));
      const second = await bench.send(await signedDelivery(event, bench.signer));
      const worst = isTaken(first) ? second : first;
      if (!isTaken(worst))
        return `${seen(worst)}. Replays and retries change the order; take every event, and ask the platform how things stand.`;
      const effects = await bench.effectsOf(redemptionId);
      return effects !== null && effects > 1 ? `the benefit was given ${effects} times. ${ONCE}` : null;
    },
  },
];

const fulfilment: readonly Check[] = [
  {
    id: 'fulfilled',
    title: 'tells the platform that the benefit was given',
    weight: 'should',
    run: async (bench) => {
      const { platform } = bench;
      if (!platform) return 'skipped: needs `platform`, which your backend calls';
      const { event, redemptionId } = await bench.redeemed();
      await bench.send(await signedDelivery(event, bench.signer));
      await bench.effectsOf(redemptionId);
      const calls = fulfilments(platform, redemptionId);
      if (calls.some(({ outcome }) => outcome === 'ok')) return null;
      return calls.length === 0
        ? 'partner.redemptions.fulfil was never called.'
        : `partner.redemptions.fulfil was refused: ${calls.map(({ outcome }) => outcome).join(', ')}.`;
    },
  },
  {
    id: 'answer_lost',
    title: 'fulfils once although the platform’s answer was lost',
    weight: 'must',
    run: async (bench) => {
      const { platform } = bench;
      if (!platform) return 'skipped: needs `platform`, which your backend calls';
      const { event, redemptionId } = await bench.redeemed();
      const delivery = await signedDelivery(event, bench.signer);
      await platform.switches.during({ network: 'answers_lost' }, () => bench.send(delivery));
      // As the platform would after a 5xx; after a 2xx it is a duplicate.
      await bench.send(delivery);
      await bench.effectsOf(redemptionId);
      const keys = new Set(fulfilments(platform, redemptionId).map(({ idempotencyKey }) => idempotencyKey));
      if (keys.size <= 1) return null;
      return 'the second try had another Idempotency-Key. Make it from the redemption: a repeat then gets the first answer.';
    },
  },
];

/** A redemption's events are about one that exists: a backend may ask the platform for it. */
async function eventsOfEveryType(bench: Bench): Promise<PartnerEvent[]> {
  const { event } = await bench.redeemed();
  const { redemptionId, offerId, memberRef } = event.data;
  const types = Object.keys(SAMPLES).filter((name): name is EventType => Object.hasOwn(SAMPLES, name));
  // What was redeemed is what the other checks are about.
  return types
    .filter((type) => type !== 'redemption.redeemed.v1')
    .map((type) => {
      const sample = sampleEvent(type);
      return type.startsWith('redemption.') ? { ...sample, data: { ...sample.data, redemptionId, offerId, memberRef } } : sample;
    });
}

const manners: readonly Check[] = [
  {
    id: 'every_type',
    title: 'takes every event type of today, also those it has no use for',
    weight: 'must',
    run: async (bench) => {
      const left: string[] = [];
      for (const event of await eventsOfEveryType(bench))
        if (!isTaken(await bench.send(await signedDelivery(event, bench.signer)))) left.push(event.type);
      return left.length === 0 ? null : `not taken: ${left.join(', ')}. A refusal holds up the events behind it for days; answer 2xx.`;
    },
  },
  {
    id: 'unknown_type',
    title: 'takes an event type that it does not know',
    weight: 'should',
    run: async (bench) => {
      const id = newEventId();
      const body = JSON.stringify({ type: 'redemption.gifted.v9', timestamp: new Date().toISOString(), data: {}, id });
      const answer = await bench.send(await signedBody(id, body, { signers: [bench.signer], at: new Date() }));
      return isTaken(answer) ? null : `${seen(answer)}. New types come without notice; answer 2xx and pass over them.`;
    },
  },
  {
    id: 'rotation',
    title: 'takes a delivery signed by an old and a new key',
    weight: 'must',
    run: async (bench) => {
      const other = await webhookSigner(bench.signer.version);
      const answer = await bench.send(await signedDelivery(sampleEvent('webhook.test.v1'), [other, bench.signer]));
      return isTaken(answer) ? null : `${seen(answer)}. While a key is rotated there are two signatures; one that fits is enough.`;
    },
  },
  {
    id: 'nonsense',
    title: 'refuses a signed body that is no event, with 4xx',
    weight: 'should',
    run: async (bench) => {
      const id = newEventId();
      const answer = await bench.send(await signedBody(id, '{"not":"an event"', { signers: [bench.signer], at: new Date() }));
      return isRefused(answer) ? null : `${seen(answer)}, where 400 was expected.`;
    },
  },
  {
    id: 'prompt',
    title: 'answers within five seconds',
    weight: 'should',
    run: async (bench) => {
      const { event } = await bench.redeemed();
      const answer = await bench.send(await signedDelivery(event, bench.signer));
      if (answer.status === 0) return 'no answer came.';
      return answer.seconds <= 5
        ? null
        : `it took ${answer.seconds.toFixed(1)} s; the platform gives up after ten. Keep the event, answer, and work afterwards.`;
    },
  },
];

/** In the order in which they run. */
export const CHECKS: readonly Check[] = [...signatures, ...repeats, ...fulfilment, ...manners];
