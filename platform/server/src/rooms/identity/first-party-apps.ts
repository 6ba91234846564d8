import { SCOPE_NAMES, type Scope, scopesOf } from '@chung/contracts';
import type { JWK } from 'jose';
import type { Db } from '../../kernel/db.ts';
import { upsertApp } from './store.ts';

/** What each of the platform's own web apps may do; the member app may all that members can be given and more. */
export const WEB_APP_SCOPES: Readonly<Record<'member' | 'partner' | 'admin', readonly Scope[]>> = {
  member: scopesOf('member'),
  partner: ['openid', ...scopesOf('partner')],
  admin: ['openid', ...scopesOf('admin')],
};

const NAMES = { member: 'Chung', partner: 'Chung · Đối tác', admin: 'Chung · Quản trị' } as const;

/** Writes the platform's own apps; at every start, because address and key may have changed. */
export async function ensureFirstPartyApps(db: Db, platform: { baseUrl: string; publicKey: JWK }): Promise<void> {
  for (const name of ['member', 'partner', 'admin'] as const) {
    await upsertApp(db, {
      clientId: `chung-${name}`,
      kind: 'first-party',
      actor: name,
      partnerId: null,
      name: NAMES[name],
      jwks: { keys: [platform.publicKey] },
      redirectUris: [`${platform.baseUrl}/session/${name}/callback`],
      scopes: WEB_APP_SCOPES[name],
      optionalScopes: [],
      purposes: {},
    });
  }
  await upsertApp(db, {
    clientId: 'chung-cli',
    kind: 'native',
    actor: null,
    partnerId: null,
    name: 'Chung CLI',
    jwks: { keys: [] },
    // Any port: RFC 8252 §7.3. Not `localhost`, which another program may answer.
    redirectUris: ['http://127.0.0.1/callback', 'http://127.0.0.1/'],
    scopes: SCOPE_NAMES.filter((scope) => scope !== 'grants:manage'),
    optionalScopes: [],
    purposes: {},
  });
}
