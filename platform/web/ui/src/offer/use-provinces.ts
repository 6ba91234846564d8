import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi } from '../app/context.tsx';

const DAY_MS = 86_400_000;

/** The market's provinces; they change once in decades, so one request a visit is enough. */
export function useProvinces() {
  const api = useApi();
  const query = useQuery({
    queryKey: ['provinces.list'],
    queryFn: ({ signal }) => api.call('provinces.list', { signal }),
    staleTime: DAY_MS,
  });
  const items = query.data?.items;
  const names = useMemo(() => new Map<string, string>(items?.map(({ code, name }) => [code, name])), [items]);
  return { provinces: items ?? [], names, error: query.error };
}
