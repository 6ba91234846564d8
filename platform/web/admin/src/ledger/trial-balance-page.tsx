import type { CallReply } from '@chung/client';
import { EmptyState, ErrorState, IconCoins, Page, RowsSkeleton, useApi, useFormat, useLocal, useTexts } from '@chung/ui';
import { Panel } from '@chung/ui/desk';
import { Alert, Code, Stack, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AdminTexts } from '../texts/vi.ts';

type Balance = CallReply<'admin.ledger.trialBalance'>;

const REFETCH_MS = 30_000;

/** Money in đồng; memo accounts count units. */
function useAmount() {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  return (value: number, currency: string) => (currency === 'UNIT' ? `${format.number(value)} ${t('ledger.units')}` : format.money(value));
}

function CurrencyTable({ balance, currency }: { balance: Balance; currency: string }) {
  const t = useTexts<AdminTexts>();
  const local = useLocal();
  const amount = useAmount();
  const total = balance.totals.find((line) => line.currency === currency);
  const title = currency === 'UNIT' || currency === 'VND' ? t(`ledger.currency.${currency}`) : currency;
  return (
    <Panel title={title}>
      <Table.ScrollContainer minWidth={240}>
        <Table verticalSpacing="sm" tabularNums>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('ledger.columns.account')}</Table.Th>
              <Table.Th ta="end" visibleFrom="sm">
                {t('ledger.columns.debit')}
              </Table.Th>
              <Table.Th ta="end" visibleFrom="sm">
                {t('ledger.columns.credit')}
              </Table.Th>
              <Table.Th ta="end">{t('ledger.columns.balance')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {balance.accounts
              .filter((row) => row.currency === currency)
              .map((row) => (
                <Table.Tr key={row.account}>
                  <Table.Td>
                    <Code mr={8}>{row.account}</Code>
                    {local(row.name)}
                  </Table.Td>
                  <Table.Td ta="end" visibleFrom="sm">
                    {amount(row.debitMinor, currency)}
                  </Table.Td>
                  <Table.Td ta="end" visibleFrom="sm">
                    {amount(row.creditMinor, currency)}
                  </Table.Td>
                  <Table.Td ta="end" fw={600}>
                    {amount(row.balanceMinor, currency)}
                  </Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
          {total && (
            <Table.Tfoot>
              <Table.Tr>
                <Table.Th>{t('ledger.total')}</Table.Th>
                <Table.Th ta="end" visibleFrom="sm">
                  {amount(total.debitMinor, currency)}
                </Table.Th>
                <Table.Th ta="end" visibleFrom="sm">
                  {amount(total.creditMinor, currency)}
                </Table.Th>
                <Table.Th ta="end">{amount(total.differenceMinor, currency)}</Table.Th>
              </Table.Tr>
            </Table.Tfoot>
          )}
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

export function TrialBalancePage() {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  const api = useApi();
  const amount = useAmount();
  const { data, error, refetch } = useQuery({
    queryKey: ['admin.ledger.trialBalance'],
    queryFn: ({ signal }) => api.call('admin.ledger.trialBalance', { signal }),
    refetchInterval: REFETCH_MS,
  });
  const off = data?.totals.find((line) => line.differenceMinor !== 0);
  return (
    <Page
      title={t('ledger.title')}
      appName={t('app.name')}
      intro={data && t('ledger.lead', { journals: format.number(data.journals), time: format.dateTime(data.asOf) })}
    >
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton height={44} />)}
      {data && data.accounts.length === 0 && (
        <EmptyState icon={<IconCoins size={28} />} title={t('ledger.empty')} detail={t('ledger.emptyText')} />
      )}
      {data && data.accounts.length > 0 && (
        <Stack gap="lg">
          <Alert
            color={off ? 'red' : 'green'}
            variant="light"
            role={off ? 'alert' : 'status'}
            title={off ? t('ledger.unbalanced', { amount: amount(off.differenceMinor, off.currency) }) : t('ledger.balanced')}
          />
          {data.totals.map(({ currency }) => (
            <CurrencyTable key={currency} balance={data} currency={currency} />
          ))}
        </Stack>
      )}
    </Page>
  );
}
