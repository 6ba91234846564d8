import { useApi } from '@chung/ui';
import { useQuery } from '@tanstack/react-query';

const REFETCH_MS = 30_000;

export function useBalance() {
  const api = useApi();
  return useQuery({
    queryKey: ['partner.balance.get'],
    queryFn: ({ signal }) => api.call('partner.balance.get', { signal }),
    refetchInterval: REFETCH_MS,
  });
}
