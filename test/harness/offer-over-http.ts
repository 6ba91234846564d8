// An offer published as people do it: written and submitted in the portal, approved at the review desk.
import type { DemoFile } from '../../platform/server/src/demo/file.ts';
import { signIn } from './session.ts';

const hours = (offset: number) => new Date(Date.now() + offset * 3_600_000).toISOString();

export async function publishOverHttp(baseUrl: string, demo: DemoFile, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const [partner] = demo.partners;
  if (!partner) throw new Error('the demo has a partner');
  const portal = await signIn(baseUrl, 'partner', partner);
  const desk = await signIn(baseUrl, 'admin', demo.admin);
  const written = await portal.call('POST', '/v1/partner/offers', {
    body: {
      title: { vi: 'Quà thử thách độ bền', en: 'Endurance gift' },
      summary: { vi: 'Ưu đãi dùng để thử hệ thống.', en: 'An offer to try the system with.' },
      terms: { vi: 'Mỗi đoàn viên được nhận nhiều lần.', en: 'Each member may claim many times.' },
      category: 'other',
      benefit: { kind: 'free_voucher', faceValueMinor: 10_000 },
      regularPriceMinor: 50_000,
      currency: 'VND',
      funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
      stock: 5_000,
      limits: { perMember: 1_000, perMemberPerDay: null },
      window: { startsAt: hours(-1), endsAt: hours(48) },
      fulfilment: { mode: 'instant' },
      codes: 'none',
      eligibility: { version: 1, all: [] },
      ...changes,
    },
  });
  const id = String(written.body['id']);
  const submission = await portal.call('POST', `/v1/partner/offers/${id}/submit`, { body: {} });
  const decided = await desk.call('POST', `/v1/admin/submissions/${submission.body['id']}/decision`, { body: { decision: 'approve' } });
  if (decided.status !== 200) throw new Error(`the offer was not published: ${written.status}, ${submission.status}, ${decided.status}`);
  return id;
}
