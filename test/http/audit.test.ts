// Who did what: one entry for each change by a partner or an admin, in the transaction of the change, and nothing of anybody in it.
import { OPERATIONS, type OperationId, type OperationSpec } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { verifyAudit } from '../../platform/server/src/rooms/audit/index.ts';
import { appFiles, archiveOf, digestsOf } from '../harness/app-archive.ts';
import { intakeOf } from '../harness/app-intake.ts';
import { registerRow, registerText } from '../harness/members-room.ts';
import { application, draftOf } from '../harness/partner-rooms.ts';
import { allPages, openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { codesFor, hold } from '../harness/redemption-rooms.ts';

let http: RedemptionHttp;
beforeAll(async () => {
  http = await openRedemptionHttp();
}, 120_000);
afterAll(() => http?.close());

const entries = async () =>
  (
    await http.running.owner.query(
      'SELECT action, target, actor_kind, actor_id, request_id, detail, chain_id FROM chung.audit_entries ORDER BY id',
    )
  ).rows;

/** What the calls inside add to the audit. */
async function added(work: () => Promise<unknown>) {
  const before = (await entries()).length;
  await work();
  return (await entries()).slice(before);
}

const held = async () => http.claimed(http.an, await http.offer(hold(60)));
const written = async (codes: 'pool' | 'none' = 'none') =>
  String((await http.portal.call('POST', '/v1/partner/offers', { body: draftOf({ codes, category: 'services' }) })).body['id']);
const submitted = async () => {
  const reply = await http.portal.call('POST', `/v1/partner/offers/${await written()}/submit`, { body: {} });
  return String(reply.body['id']);
};

/** Makes what a change needs; the second call is the change itself. */
type Prepared = {
  readonly target: string;
  readonly change: (
    headers: Record<string, string>,
  ) => Promise<{ readonly status: number; readonly body: { readonly [name: string]: unknown } }>;
};
const CHANGES: Partial<Record<OperationId, () => Promise<Prepared>>> = {
  'partner.offers.create': async () => ({
    target: '',
    change: (headers) => http.portal.call('POST', '/v1/partner/offers', { body: draftOf(), headers }),
  }),
  'partner.offers.change': async () => {
    const id = await written();
    return {
      target: `offer:${id}`,
      change: (headers) => http.portal.call('PATCH', `/v1/partner/offers/${id}`, { body: { stock: 20 }, headers }),
    };
  },
  'partner.offers.submit': async () => {
    const id = await written();
    return {
      target: `offer:${id}`,
      change: (headers) => http.portal.call('POST', `/v1/partner/offers/${id}/submit`, { body: {}, headers }),
    };
  },
  'partner.offers.codes.upload': async () => {
    const id = await written('pool');
    const body = codesFor(2).join('\n');
    const type = { 'content-type': 'text/plain' };
    return {
      target: `offer:${id}`,
      change: (headers) => http.portal.call('POST', `/v1/partner/offers/${id}/codes`, { body, headers: { ...headers, ...type } }),
    };
  },
  'partner.apps.submit': async () => {
    const [partner] = http.running.demo.partners;
    const intake = await intakeOf(http.running, partner?.slug ?? '');
    const files = appFiles({ appId: 'vn.example.audited' });
    const archive = new Uint8Array(await archiveOf(files));
    return { target: '', change: (headers) => intake.send(archive, { digest: digestsOf(files).digest, headers }) };
  },
  'partner.offers.codes.generate': async () => {
    const id = await written('pool');
    return {
      target: `offer:${id}`,
      change: (headers) => http.portal.call('POST', `/v1/partner/offers/${id}/codes/generate`, { body: { count: 3 }, headers }),
    };
  },
  'partner.offers.codes.jobs.cancel': async () => {
    const id = await written('pool');
    const address = `/v1/partner/offers/${id}/codes`;
    const { body } = await http.portal.call('POST', `${address}/generate`, { body: { count: 3 } });
    return {
      target: `offer:${id}`,
      change: (headers) => http.portal.call('POST', `${address}/jobs/${body['id']}/cancel`, { body: {}, headers }),
    };
  },
  'partner.redemptions.lookup': async () => {
    const { body } = await http.an.call('GET', `/v1/redemptions/${await held()}/receipt`);
    const presented = body['presentation'];
    return {
      target: '',
      change: (headers) => http.portal.call('POST', '/v1/partner/redemptions/lookup', { body: { presented }, headers }),
    };
  },
  'partner.redemptions.confirm': () => onRedemption('confirm', {}),
  'partner.redemptions.fulfil': () => onRedemption('fulfil', {}),
  'partner.redemptions.reverse': async () => {
    const id = await http.claimed(http.an, await http.offer());
    const body = { reason: 'Chị Lan 0912345678 đổi ý' };
    return {
      target: `redemption:${id}`,
      change: (headers) => http.portal.call('POST', `/v1/partner/redemptions/${id}/reverse`, { body, headers }),
    };
  },
  'admin.submissions.decide': async () => {
    const id = await submitted();
    const body = { decision: 'approve' };
    return {
      target: `submission:${id}`,
      change: (headers) => http.admin.call('POST', `/v1/admin/submissions/${id}/decision`, { body, headers }),
    };
  },
  'admin.partners.decide': async () => {
    const { id } = await http.running.platform.partners.register(application('applicant'));
    const body = { decision: 'refuse', reason: 'Giấy tờ của ông Minh 0912345678 không khớp' };
    return {
      target: `partner:${id}`,
      change: (headers) => http.admin.call('POST', `/v1/admin/partners/${id}/decision`, { body, headers }),
    };
  },
  'admin.members.import': async () => ({
    target: '',
    change: (headers) =>
      http.admin.call('POST', '/v1/admin/members/import', {
        body: registerText(registerRow('AUDIT-1')),
        headers: { ...headers, 'content-type': 'text/csv' },
      }),
  }),
  'partner.webhooks.create': async () => ({
    target: '',
    change: (headers) => http.portal.call('POST', '/v1/partner/webhooks', { body: { url: HOOK }, headers }),
  }),
  'partner.webhooks.change': () => onEndpoint('PATCH', '', { description: 'Máy của chị Lan 0912345678' }),
  'partner.webhooks.delete': () => onEndpoint('DELETE', ''),
  'partner.webhooks.pause': () => onEndpoint('POST', '/pause', {}),
  'partner.webhooks.resume': async () => {
    const prepared = await onEndpoint('POST', '/resume', {});
    await http.portal.call('POST', `/v1/partner/webhooks/${prepared.target.slice('endpoint:'.length)}/pause`, { body: {} });
    return prepared;
  },
  'partner.webhooks.keys.rotate': () => onEndpoint('POST', '/keys', {}),
  'partner.webhooks.secret.reveal': () => onEndpoint('POST', '/secret', {}, { signing: 'v1' }),
  'partner.webhooks.test': () => onEndpoint('POST', '/test', {}),
  'partner.webhooks.replays.create': () => {
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    return onEndpoint('POST', '/replays', { from: at(-60), until: at(0) });
  },
};

/** An address that nobody answers: what is audited is that it was asked. */
const HOOK = 'https://hooks.example.vn/a';

async function onEndpoint(method: 'POST' | 'PATCH' | 'DELETE', action: string, body?: object, settings: object = {}): Promise<Prepared> {
  const made = await http.portal.call('POST', '/v1/partner/webhooks', { body: { url: HOOK, ...settings } });
  const id = String(made.body['id']);
  return {
    target: `endpoint:${id}`,
    change: (headers) => http.portal.call(method, `/v1/partner/webhooks/${id}${action}`, { ...(body && { body }), headers }),
  };
}

async function onRedemption(action: 'confirm' | 'fulfil', body: object): Promise<Prepared> {
  const id = await held();
  return {
    target: `redemption:${id}`,
    change: (headers) => http.portal.call('POST', `/v1/partner/redemptions/${id}/${action}`, { body, headers }),
  };
}

const AUDITED = OPERATIONS.filter(
  (operation: OperationSpec) => operation.method !== 'GET' && ['partner', 'admin'].includes(operation.actor),
);

describe.each(AUDITED.map((operation) => [operation.id, operation] as const))('%s', (id, operation: OperationSpec) => {
  test('leaves exactly one entry, with who, what and which request, and no word of the body', { timeout: 120_000 }, async () => {
    const prepared = await CHANGES[id]?.();
    if (!prepared) throw new Error(`${id} needs a case here`);
    const requestId = newId<string>();
    const headers = { 'x-request-id': requestId, 'idempotency-key': newId<string>() };
    const made = await added(async () => {
      const reply = await prepared.change(headers);
      expect([reply.status, reply.body['code']]).toEqual([operation.status, undefined]);
    });
    expect(made).toMatchObject([{ action: id, target: prepared.target, actor_kind: operation.actor, request_id: requestId }]);
    expect(JSON.stringify(made)).not.toMatch(/0912345678|Lan|Minh|Nguyễn|ABCD/);
    if (operation.actor === 'partner') expect(made[0].chain_id).toBe(http.partnerId);
    // A repeat is the same change, so it is not told twice.
    if (operation.idempotency === 'header') expect(await added(() => prepared.change(headers))).toEqual([]);
  });
});

test('a change that was refused or rolled back leaves no entry', async () => {
  const id = await http.claimed(http.an, await http.offer());
  const refusals = [
    () => http.act(id, 'confirm'),
    () => http.act(newId<string>(), 'fulfil'),
    () => http.act(id, 'reverse', { reason: '' }),
    () => http.portal.call('POST', '/v1/partner/redemptions/lookup', { body: { presented: 'NOBODY-HAS-IT' } }),
    () => http.admin.call('POST', `/v1/admin/partners/${http.partnerId}/decision`, { body: { decision: 'approve' } }),
    () => http.otherPortal.call('POST', `/v1/partner/redemptions/${id}/reverse`, { body: { reason: 'not mine' } }),
  ];
  for (const refusal of refusals) expect(await added(async () => expect((await refusal()).status).toBeGreaterThanOrEqual(400))).toEqual([]);
});

test('a change that cannot be audited does not happen', async () => {
  const { owner } = http.running;
  const id = await held();
  await owner.query('REVOKE INSERT ON chung.audit_entries FROM chung_server');
  try {
    const reply = await http.act(id, 'confirm');
    expect([reply.status, reply.body['code'], JSON.stringify(reply.body)]).toEqual([500, 'internal', expect.not.stringContaining('audit')]);
    const { body } = await http.an.call('GET', `/v1/redemptions/${id}`);
    expect(body['state']).toBe('RESERVED');
    const { rows } = await owner.query('SELECT 1 FROM chung.journals WHERE cause_id = $1 AND kind = $2', [id, 'redeemed']);
    expect(rows).toEqual([]);
  } finally {
    await owner.query('GRANT INSERT ON chung.audit_entries TO chung_server');
  }
  expect((await http.act(id, 'confirm')).status).toBe(200);
});

describe('GET /v1/admin/audit', () => {
  test('200: newest first, each once, though more are added while pages are read; with the actor’s name', async () => {
    const before = (await entries()).length;
    const seen = await allPages(http.admin, '/v1/admin/audit', { limit: 5, between: async () => http.act(await held(), 'confirm') });
    expect(seen).toHaveLength(before);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(before);
    expect(seen[0]).toMatchObject({
      actor: { kind: 'partner', name: expect.stringContaining('VNPT Money') },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('200: by action and by target together; nothing for what never happened', async () => {
    const id = await held();
    await http.act(id, 'confirm');
    await http.act(id, 'fulfil');
    const found = async (query: string) =>
      (await allPages(http.admin, `/v1/admin/audit?${query}`, { limit: 100 })).map(({ action }) => action);
    expect(await found(`target=redemption:${id}`)).toEqual(['partner.redemptions.fulfil', 'partner.redemptions.confirm']);
    expect(await found(`target=redemption:${id}&action=partner.redemptions.fulfil`)).toEqual(['partner.redemptions.fulfil']);
    expect(await found('action=partner.redemptions.undo')).toEqual([]);
    expect((await http.admin.call('GET', `/v1/admin/audit?action=${'x'.repeat(81)}`)).status).toBe(400);
  });
});

test('after all of this every chain is unbroken, also under changes at once', async () => {
  const ids = await Promise.all(Array.from({ length: 8 }, held));
  expect(await added(() => Promise.all(ids.map((id) => http.act(id, 'confirm'))))).toHaveLength(8);
  const verdict = await verifyAudit(http.running.platform.db);
  expect(verdict).toEqual({ entries: (await entries()).length, broken: [] });
});
