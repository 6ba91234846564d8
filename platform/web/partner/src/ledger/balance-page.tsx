import { EmptyState, ErrorState, IconCoins, Page, RowsSkeleton, useFormat, useTexts } from '@chung/ui';
import { Figure, Figures, Panel } from '@chung/ui/desk';
import { Code, Stack, Table } from '@mantine/core';
import type { PartnerTexts } from '../texts/vi.ts';
import { useBalance } from './use-balance.ts';

const NAMED = ['1200', '2100', '2110', '2210', '2300', '4110', '5140'] as const;

type Balance = NonNullable<ReturnType<typeof useBalance>['data']>;

function Accounts({ balance }: { balance: Balance }) {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  const nameOf = (account: string) => {
    // `1200` or `1200:<partner>`: the number says what it is.
    const known = NAMED.find((number) => account.startsWith(number));
    return known ? t(`balance.account.${known}`) : '';
  };
  if (balance.accounts.length === 0) return <EmptyState icon={<IconCoins size={28} />} title={t('balance.empty')} />;
  return (
    <Panel title={t('balance.accounts')}>
      <Table.ScrollContainer minWidth={240}>
        <Table verticalSpacing="sm" tabularNums>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('balance.columns.account')}</Table.Th>
              <Table.Th ta="end" visibleFrom="sm">
                {t('balance.columns.debit')}
              </Table.Th>
              <Table.Th ta="end" visibleFrom="sm">
                {t('balance.columns.credit')}
              </Table.Th>
              <Table.Th ta="end">{t('balance.columns.balance')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {balance.accounts.map((row) => (
              <Table.Tr key={row.account}>
                <Table.Td>
                  <Code mr={8}>{row.account.split(':')[0]}</Code>
                  {nameOf(row.account)}
                </Table.Td>
                <Table.Td ta="end" visibleFrom="sm">
                  {format.money(row.debitMinor)}
                </Table.Td>
                <Table.Td ta="end" visibleFrom="sm">
                  {format.money(row.creditMinor)}
                </Table.Td>
                <Table.Td ta="end" fw={600}>
                  {format.money(row.balanceMinor)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

export function BalancePage() {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  const { data, error, refetch } = useBalance();
  return (
    <Page title={t('balance.title')} appName={t('app.name')} intro={data && t('balance.lead', { time: format.dateTime(data.asOf) })}>
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton />)}
      {data && (
        <Stack gap="lg">
          <Figures>
            <Figure label={t('balance.receivable')} value={format.money(data.receivableMinor)} help={t('balance.receivableHelp')} />
            <Figure label={t('balance.pending')} value={format.money(data.payablePendingMinor)} help={t('balance.pendingHelp')} />
            <Figure label={t('balance.available')} value={format.money(data.payableAvailableMinor)} help={t('balance.availableHelp')} />
          </Figures>
          <Accounts balance={data} />
        </Stack>
      )}
    </Page>
  );
}
