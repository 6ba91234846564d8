import type { Language, MemberImport } from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db } from '../../kernel/db.ts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import { type ImportRecord, listImports as readImports } from './import-store.ts';
import { rejectionText } from './register/rejection.ts';

/** An import as the API tells it, its reasons in the caller's language. */
export function presentImport(record: ImportRecord, language: Language): MemberImport {
  const { firstErrors, reportPath: _kept, startedAt, finishedAt, ...figures } = record;
  return {
    ...figures,
    firstErrors: firstErrors.map((error) => ({
      row: error.row,
      column: error.column,
      reason: rejectionText(error, language),
    })),
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

export async function listImports(
  deps: { db: Db; cursors: Cursors },
  page: { cursor: string | undefined; limit: number; language: Language },
): Promise<Page<MemberImport>> {
  const cursors = deps.cursors.ofList('imports');
  const rows = await readImports(deps.db, {
    before: cursors.decode(page.cursor),
    limit: page.limit + 1,
  });
  return pageFrom(rows, {
    limit: page.limit,
    cursors,
    position: ({ id }) => [id],
    item: (row) => presentImport(row, page.language),
  });
}
