import type { MemberImport } from '@chung/contracts';
import { useFormat, useTexts } from '@chung/ui';
import { Figure, Figures } from '@chung/ui/desk';
import { Alert, Stack, Table, Text } from '@mantine/core';
import type { AdminTexts } from '../texts/vi.ts';

const FIGURES = ['rowsRead', 'inserted', 'updated', 'unchanged', 'rejected'] as const;

/** What an import did, and the first rows that it left out. */
export function ImportResult({ result }: { result: MemberImport }) {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  const isDone = result.state === 'done';
  return (
    <Stack gap="md" role="status">
      <Alert color={isDone ? 'green' : 'red'} variant="light" title={isDone ? t('imports.doneTitle') : t('imports.failedTitle')} />
      <Figures>
        {FIGURES.map((name) => (
          <Figure
            key={name}
            label={t(`imports.figures.${name}`)}
            value={format.number(result[name])}
            {...(name === 'rejected' && result.rejected > 0 ? { tone: 'bad' as const } : {})}
          />
        ))}
      </Figures>
      {result.firstErrors.length > 0 && (
        <div>
          <Text size="sm" fw={600} mb="xs">
            {t('imports.rejectedRows')}
          </Text>
          <Table.ScrollContainer minWidth={420}>
            <Table verticalSpacing="xs" tabularNums>
              <Table.Thead>
                <Table.Tr>
                  {(['row', 'column', 'reason'] as const).map((name) => (
                    <Table.Th key={name}>{t(`imports.rejectedColumns.${name}`)}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {result.firstErrors.map((error) => (
                  <Table.Tr key={`${error.row}-${error.column}`}>
                    <Table.Td>{format.number(error.row)}</Table.Td>
                    <Table.Td>{error.column}</Table.Td>
                    <Table.Td>{error.reason}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </div>
      )}
    </Stack>
  );
}
