// Members and a partner with sessions, written straight into the database: signing in hundreds of people would take longer than
// the proof, and what they hold is what a sign-in would have left.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import pg from 'pg';
import { WEB_APP_SCOPES } from '../../platform/server/src/rooms/identity/first-party-apps.ts';
import type { Caller } from './plan.ts';

type App = 'member' | 'partner' | 'admin';

const cookie = () => randomBytes(32).toString('base64url');

function callerOf(app: App, name: string, { value, cookieKey }: { value: string; cookieKey: string }): Caller {
  const csrf = createHmac('sha256', cookieKey).update(`csrf\0${value}`).digest('base64url');
  return { name, headers: `x-chung-app: ${app}\r\ncookie: chung_${app}=${value}\r\nx-csrf-token: ${csrf}` };
}

async function openSessions(owner: pg.Client, app: App, accounts: readonly string[]): Promise<string[]> {
  const cookies = accounts.map(cookie);
  const grants = accounts.map(() => randomBytes(16).toString('hex'));
  await owner.query(
    `INSERT INTO chung.oidc_artifacts (model, id, payload, account_id, client_id, expires_at)
     SELECT 'Grant', g.id, '{}', g.account::uuid, $3, now() + interval '1 day' FROM unnest($1::text[], $2::text[]) AS g (id, account)`,
    [grants, accounts, `chung-${app}`],
  );
  await owner.query(
    `INSERT INTO chung.web_sessions (token_hash, app, account_id, oidc_grant, scopes, expires_at)
     SELECT s.hash, $5, s.account::uuid, s.oidc_grant, $4::text[], now() + interval '1 day'
       FROM unnest($1::bytea[], $2::text[], $3::text[]) AS s (hash, account, oidc_grant)`,
    [cookies.map((value) => createHash('sha256').update(value).digest()), accounts, grants, WEB_APP_SCOPES[app], app],
  );
  return cookies;
}

/** Opens sessions for so many verified members of the demo's register, for the partner of that name and for the demo's admin. */
export async function signInMany(
  ownerUrl: string,
  { count, partner, cookieKey }: { count: number; partner: string; cookieKey: string },
): Promise<{ members: Caller[]; partner: Caller; admin: Caller; memberIds: ReadonlyMap<string, string> }> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const { rows: accounts } = await owner.query(
      `INSERT INTO chung.accounts (id, kind, username, display_name, member_id)
       SELECT gen_random_uuid(), 'member', 'proof-' || row_number() OVER (), 'Proof', m.id
         FROM (SELECT id FROM chung.members WHERE verified AND NOT EXISTS (SELECT 1 FROM chung.accounts a WHERE a.member_id = members.id) LIMIT $1) m
       RETURNING id, member_id`,
      [count],
    );
    if (accounts.length < count) throw new Error(`the register has ${accounts.length} verified members, ${count} are needed`);
    const single = async (app: App, username: string) => {
      const { rows } = await owner.query('SELECT id FROM chung.accounts WHERE username = $1', [username]);
      const [value = ''] = await openSessions(owner, app, [rows[0]?.id]);
      return callerOf(app, username, { value, cookieKey });
    };
    const cookies = await openSessions(
      owner,
      'member',
      accounts.map(({ id }) => id),
    );
    return {
      members: cookies.map((one, i) => callerOf('member', `m${i}`, { value: one, cookieKey })),
      partner: await single('partner', partner),
      admin: await single('admin', 'admin'),
      memberIds: new Map(accounts.map(({ member_id }, i) => [member_id, `m${i}`])),
    };
  } finally {
    await owner.end();
  }
}
