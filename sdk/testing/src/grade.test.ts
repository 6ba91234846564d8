// Integrations good and bad: the grade must say which is which, and why.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RedemptionId } from '@chung/contracts';
import { memorySeen, once, verifyWebhook, WebhookError, type WebhookEvent } from '@chung/webhooks';
import { describe, expect, test } from 'vitest';
import {
  connectFakePartner,
  createFakePlatform,
  type FakePlatform,
  type GradeReport,
  gradeIntegration,
  type WebhookSigner,
  webhookSigner,
} from './index.ts';

interface Integration {
  readonly receiver: (request: Request) => Promise<Response>;
  readonly activations: (redemptionId: string) => number;
}

type Work = (event: WebhookEvent, activate: (redemptionId: string) => void) => unknown;

const status = (code: number) => new Response(null, { status: code });
const redeemed: Work = (event, activate) => {
  if (event.type === 'redemption.redeemed.v1') activate(event.data.redemptionId);
};

/** An integration as the README of `@chung/webhooks` shows it, with a part to replace. */
function integration(
  { key }: WebhookSigner,
  {
    work = redeemed,
    verify = verifyWebhook,
    seen = memorySeen(),
  }: { work?: Work; verify?: typeof verifyWebhook; seen?: ReturnType<typeof memorySeen> | null } = {},
): Integration {
  const counts = new Map<string, number>();
  const activate = (id: string) => void counts.set(id, (counts.get(id) ?? 0) + 1);
  const receiver = async (request: Request): Promise<Response> => {
    try {
      const event = await verify(await request.text(), request.headers, key);
      if (seen) await once(event, seen, () => work(event, activate));
      else await work(event, activate);
      return status(204);
    } catch (error) {
      return status(error instanceof WebhookError ? 400 : 500);
    }
  };
  return { receiver, activations: (id) => counts.get(id) ?? 0 };
}

const grade = (signer: WebhookSigner, one: Integration, platform?: FakePlatform) =>
  gradeIntegration({ ...one, signer, settleSeconds: 0.06, ...(platform && { platform }) });
const failed = ({ checks }: GradeReport) => checks.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);

describe.each(['v1a', 'v1'] as const)('signed by %s', (version) => {
  test('an integration as the README shows it is an A', async () => {
    const signer = await webhookSigner(version);
    const report = await grade(signer, integration(signer));
    expect(report.grade, report.text).toBe('A');
    expect(report.checks.filter(({ outcome }) => outcome === 'skipped').map(({ id }) => id)).toEqual(['fulfilled', 'answer_lost']);
  });

  test('one that verifies nothing is an F, each forgery told', async () => {
    const signer = await webhookSigner(version);
    const blind: typeof verifyWebhook = async (payload) => {
      const { type, id, data, timestamp } = JSON.parse(String(payload));
      return { type, id, data, occurredAt: new Date(timestamp) };
    };
    const report = await grade(signer, integration(signer, { verify: blind }));
    expect(report.grade).toBe('F');
    expect(failed(report)).toEqual(expect.arrayContaining(['unsigned', 'forged', 'altered', 'late', 'confused']));
    expect(report.text).toContain('✗ refuses a delivery signed by a stranger: the benefit was given all the same.');
  });

  test('one that tolerates any age fails on the recording alone', async () => {
    const signer = await webhookSigner(version);
    const patient: typeof verifyWebhook = (payload, headers) =>
      verifyWebhook(payload, headers, { keys: signer.key, toleranceSeconds: 86_400 });
    expect(failed(await grade(signer, integration(signer, { verify: patient })))).toEqual(['late']);
  });
});

describe('repeats', () => {
  test('one that remembers nothing acts twice, and is told so', async () => {
    const signer = await webhookSigner();
    const report = await grade(signer, integration(signer, { seen: null }));
    expect([report.grade, failed(report)]).toEqual(['F', ['duplicate', 'together', 'replayed']]);
    expect(report.text).toContain('the benefit was given 2 times');
  });

  test('one that asks first and writes later loses the race only', async () => {
    const signer = await webhookSigner();
    const done = new Set<string>();
    const slow: Work = async (event, activate) => {
      if (event.type !== 'redemption.redeemed.v1' || done.has(event.id)) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
      done.add(event.id);
      activate(event.data.redemptionId);
    };
    expect(failed(await grade(signer, integration(signer, { seen: null, work: slow })))).toEqual(['together']);
  });

  test('one that does its work after the answer is waited for', async () => {
    const signer = await webhookSigner();
    const later: Work = (event, activate) => void setTimeout(() => redeemed(event, activate), 20);
    expect((await grade(signer, integration(signer, { work: later }))).grade).toBe('A');
  });

  test('one that does nothing at all is found out', async () => {
    const signer = await webhookSigner();
    const report = await grade(signer, integration(signer, { work: () => {} }));
    expect(failed(report)).toEqual(['genuine', 'duplicate', 'together', 'replayed']);
  });
});

test('one that chokes on what it does not know, or answers 500 to nonsense, is a B with reasons', async () => {
  const signer = await webhookSigner();
  const picky: Work = (event, activate) => {
    if (event.type === 'unknown') throw new Error('no such type');
    redeemed(event, activate);
  };
  const report = await grade(signer, integration(signer, { work: picky }));
  expect([report.grade, failed(report)]).toEqual(['B', ['unknown_type']]);
  expect(report.checks.find(({ id }) => id === 'unknown_type')?.reason).toContain('the answer was 500');
});

test('one that refuses events it has no use for is told which', async () => {
  const signer = await webhookSigner();
  const narrow: Work = (event, activate) => {
    if (event.type.startsWith('offer.')) throw new Error('not for us');
    redeemed(event, activate);
  };
  const report = await grade(signer, integration(signer, { work: narrow }));
  expect([report.grade, failed(report)]).toEqual(['F', ['every_type']]);
  expect(report.text).toContain('not taken: offer.submitted.v1, offer.published.v1, offer.refused.v1.');
});

describe('with a backend that fulfils', () => {
  async function backend(keyOf: (redemptionId: string) => string | undefined) {
    const platform = createFakePlatform();
    const chung = connectFakePartner(platform, { scopes: ['partner.redemptions:fulfil'] });
    const signer = await webhookSigner();
    const work: Work = async (event, activate) => {
      if (event.type !== 'redemption.redeemed.v1') return;
      const { redemptionId } = event.data;
      await chung.partner.redemptions.fulfil({ redemptionId: redemptionId as RedemptionId }, { idempotencyKey: keyOf(redemptionId) });
      activate(redemptionId);
    };
    return { platform, signer, one: integration(signer, { work }) };
  }

  test('under a key made from the redemption it is an A, nothing skipped', async () => {
    const { platform, signer, one } = await backend((id) => `fulfil-${id}`);
    const report = await grade(signer, one, platform);
    expect(report.grade, report.text).toBe('A');
    expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  });

  test('under a new key each time the lost answer finds it out', async () => {
    const { platform, signer, one } = await backend(() => undefined);
    expect(failed(await grade(signer, one, platform))).toEqual(['answer_lost']);
  });

  test('without a count of activations the fulfilments are counted', async () => {
    const { platform, signer, one } = await backend((id) => `fulfil-${id}`);
    expect((await gradeIntegration({ receiver: one.receiver, signer, platform, settleSeconds: 0.06 })).grade).toBe('A');
  });
});

test('an endpoint over HTTP is graded by its address; one that is away fails with its reason', async () => {
  const signer = await webhookSigner();
  const { receiver, activations } = integration(signer);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = new Headers(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    const answer = await receiver(new Request('http://local/', { method: 'POST', headers, body: Buffer.concat(chunks) }));
    response.writeHead(answer.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/webhooks`;
  const report = await gradeIntegration({ receiver: url, signer, activations, settleSeconds: 0.06 });
  expect(report.grade, report.text).toBe('A');
  await new Promise((resolve) => server.close(resolve));
  const away = await gradeIntegration({ receiver: url, signer, activations, settleSeconds: 0.02 });
  expect([away.grade, away.checks[0]?.reason]).toEqual(['F', 'no answer came, where 2xx was expected. Does it trust the signer’s key?']);
});
