import type { OperationSpec, Text } from '@chung/contracts';
import { code } from './markdown.ts';

/** One page of the reference: the operations whose ids begin with one of `ids`; the longest beginning wins. */
export interface Resource {
  readonly page: string;
  readonly title: Text;
  readonly ids: readonly string[];
}

export const RESOURCES: readonly Resource[] = [
  { page: 'offers', title: { vi: 'Ưu đãi', en: 'Offers' }, ids: ['offers'] },
  { page: 'queues', title: { vi: 'Hàng chờ và bốc thăm', en: 'Queues and draws' }, ids: ['offers.queue', 'draws'] },
  { page: 'redemptions', title: { vi: 'Lượt nhận ưu đãi', en: 'Redemptions' }, ids: ['redemptions'] },
  { page: 'me', title: { vi: 'Đoàn viên', en: 'The member' }, ids: ['me', 'provinces'] },
  { page: 'partner', title: { vi: 'Hồ sơ đối tác', en: 'The partner' }, ids: ['partners', 'partner'] },
  { page: 'partner-offers', title: { vi: 'Ưu đãi của đối tác', en: 'The partner’s offers' }, ids: ['partner.offers'] },
  { page: 'partner-codes', title: { vi: 'Kho mã', en: 'Code pools' }, ids: ['partner.offers.codes'] },
  {
    page: 'partner-redemptions',
    title: { vi: 'Lượt nhận ưu đãi của đối tác', en: 'The partner’s redemptions' },
    ids: ['partner.redemptions'],
  },
  { page: 'partner-apps', title: { vi: 'Ứng dụng', en: 'Apps' }, ids: ['partner.apps'] },
  {
    page: 'webhooks',
    title: { vi: 'Webhook và sự kiện', en: 'Webhooks and events' },
    ids: ['partner.webhooks', 'partner.events', 'webhooks'],
  },
  { page: 'admin', title: { vi: 'Quản trị', en: 'Administration' }, ids: ['admin'] },
];

const beginsWith = (id: string, beginning: string) => id === beginning || id.startsWith(`${beginning}.`);

/** An operation that belongs to none gets a page by its first word, so that none is ever left out. */
export function resourceOf({ id }: OperationSpec): Resource {
  const matches = RESOURCES.flatMap((resource) => resource.ids.filter((one) => beginsWith(id, one)).map((one) => ({ one, resource })));
  const [best] = matches.toSorted((a, b) => b.one.length - a.one.length);
  const [word = id] = id.split('.');
  return best?.resource ?? { page: word, title: { vi: word, en: word }, ids: [word] };
}

/** The anchor of the heading `offers.claim`, as code hosts and our site make it. */
export const anchorOf = ({ id }: OperationSpec) => id.replaceAll('.', '').toLowerCase();

/** Where the built docs tell of an operation: `api/offers#offersclaim`. */
export const operationPlace = (op: OperationSpec): string => `api/${resourceOf(op).page}#${anchorOf(op)}`;

/** A link to an operation, from a page for which the reference lies in the folder `api`. */
export const operationLink = (op: OperationSpec, api: string): string =>
  `[${code(op.id)}](${api}/${resourceOf(op).page}.md#${anchorOf(op)})`;
