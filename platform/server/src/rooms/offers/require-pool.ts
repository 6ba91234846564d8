import { type OfferId, type PartnerId, POOL_MAX } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Partners } from '../partners/index.ts';
import { findPartnerOffer } from './store.ts';

/** Whether the partner may add this many codes to its offer's pool now; throws what stands against it. */
export async function requirePool(
  on: Tx,
  partners: Partners,
  { partnerId, offerId, adding = 1 }: { partnerId: PartnerId; offerId: OfferId; adding?: number },
): Promise<void> {
  await partners.requireActive(partnerId, on);
  const offer = await findPartnerOffer(on, partnerId, offerId);
  if (!offer) throw new DomainError('not_found');
  if (offer.codes === null || offer.state === 'ended')
    throw new DomainError('wrong_state', {
      detail: { vi: 'Ưu đãi này không dùng kho mã hoặc đã kết thúc.', en: 'This offer has no code pool or has ended.' },
    });
  if (offer.codes.free + adding > POOL_MAX)
    throw new DomainError('wrong_state', {
      detail: { vi: 'Kho mã chỉ chứa được 25 triệu mã còn trống.', en: 'A pool holds 25 million free codes at most.' },
    });
}
