import { getMe, importMembers, listMemberImports, listProvinces } from '@chung/contracts';
import { on, type Route } from '../../kernel/route.ts';
import { presentImport } from './list-imports.ts';
import type { Members } from './members.ts';

export function memberRoutes(members: Members): Route[] {
  return [
    on(getMe, ({ principal }) => members.me(principal)),
    on(listProvinces, () => members.provinces()),
    on(importMembers, async ({ stream, language }) => {
      try {
        return presentImport(await members.importMembers({ file: stream, source: 'http' }), language);
      } finally {
        // A refused upload is read to its end and thrown away: most clients listen for the answer only after they have sent all.
        stream.resume();
      }
    }),
    on(listMemberImports, ({ query, language }) =>
      members.listImports({
        cursor: query.cursor,
        limit: query.limit,
        language,
      }),
    ),
  ];
}
