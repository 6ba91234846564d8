import type { PartnerRedemption } from '@chung/contracts';
import { useApi } from '@chung/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';

/** Confirm, fulfil and reverse; every list and figure that they move is read again. */
export function useRedemptionActions() {
  const api = useApi();
  const queries = useQueryClient();
  const onSettled = async () => {
    const moved = ['partner.redemptions.list', 'partner.offers.list', 'partner.offers.get', 'partner.balance.get', 'partner.events.list'];
    await Promise.all(moved.map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
  const at = ({ id }: PartnerRedemption) => ({ redemptionId: id });
  const confirm = useMutation({
    mutationFn: ({ redemption, presented }: { redemption: PartnerRedemption; presented?: string }) =>
      api.call('partner.redemptions.confirm', { params: at(redemption), body: presented ? { presented } : {} }),
    onSettled,
  });
  const fulfil = useMutation({
    mutationFn: (redemption: PartnerRedemption) => api.call('partner.redemptions.fulfil', { params: at(redemption), body: {} }),
    onSettled,
  });
  const reverse = useMutation({
    mutationFn: ({ redemption, ...body }: { redemption: PartnerRedemption; reason: string; partBasisPoints?: number }) =>
      api.call('partner.redemptions.reverse', { params: at(redemption), body }),
    onSettled,
  });
  return { confirm, fulfil, reverse };
}
