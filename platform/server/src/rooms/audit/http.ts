import { listAudit } from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db } from '../../kernel/db.ts';
import { pageFrom } from '../../kernel/page.ts';
import { on, type Route } from '../../kernel/route.ts';
import { selectPage } from './store.ts';

export const auditRoutes = ({ db, cursors }: { db: Db; cursors: Cursors }): Route[] => [
  on(listAudit, async ({ query }) => {
    const beforeId = cursors.decode(query.cursor)?.[0] ?? null;
    const rows = await selectPage(db, { beforeId, action: query.action ?? null, target: query.target ?? null, limit: query.limit + 1 });
    return pageFrom(rows, {
      limit: query.limit,
      cursors,
      position: (row) => [row.id],
      item: (row) => ({
        id: row.id,
        at: row.at.toISOString(),
        actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_kind },
        action: row.action,
        target: row.target,
        requestId: row.request_id,
        detail: row.detail,
        hash: row.hash.toString('hex'),
      }),
    });
  }),
];
