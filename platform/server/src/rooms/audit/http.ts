import { listAudit } from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db } from '../../kernel/db.ts';
import { pageFrom } from '../../kernel/page.ts';
import { on, type Route } from '../../kernel/route.ts';
import { type EntryRow, selectPage } from './store.ts';

interface AuditDeps {
  readonly db: Db;
  readonly cursors: Cursors;
  /** The name a person or app is shown by; audit opens no room, so the composition root hands it over. */
  nameOf(actor: { kind: string; id: string }): Promise<string | null>;
}

export const auditRoutes = ({ db, cursors: all, nameOf }: AuditDeps): Route[] => [
  on(listAudit, async ({ query }) => {
    const cursors = all.ofList('audit');
    const beforeId = cursors.decode(query.cursor)?.[0] ?? null;
    const rows = await selectPage(db, { beforeId, action: query.action ?? null, target: query.target ?? null, limit: query.limit + 1 });
    const names = await namesOf(rows, nameOf);
    return pageFrom(rows, {
      limit: query.limit,
      cursors,
      position: (row) => [row.id],
      item: (row) => ({
        id: row.id,
        at: row.at.toISOString(),
        actor: { kind: row.actor_kind, id: row.actor_id, name: names.get(row.actor_id) ?? row.actor_id },
        action: row.action,
        target: row.target,
        requestId: row.request_id,
        detail: row.detail,
        hash: row.hash.toString('hex'),
      }),
    });
  }),
];

/** One look-up for each actor of the page. */
async function namesOf(rows: readonly EntryRow[], nameOf: AuditDeps['nameOf']): Promise<ReadonlyMap<string, string | null>> {
  const names = new Map<string, string | null>();
  for (const { actor_id: id, actor_kind: kind } of rows) if (!names.has(id)) names.set(id, await nameOf({ kind, id }));
  return names;
}
