import { isScope, type PartnerId, SCOPES, type Scope, type Text } from '@chung/contracts';
import type { JWK } from 'jose';
import { DomainError } from '../../kernel/errors.ts';
import type { AccountKind } from './account.ts';

/** Why an app asks for a scope; a new wording is a new version, so that a receipt says what was read. */
export interface Purpose extends Text {
  readonly version: number;
}

/** An app: an OAuth client. The platform's own are `first-party` (web) and `native` (command line). */
export interface App {
  readonly clientId: string;
  readonly kind: 'first-party' | 'native' | 'partner';
  /** Whose account may sign in to it; null for anybody's. */
  readonly actor: AccountKind | null;
  readonly partnerId: PartnerId | null;
  readonly name: string;
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly redirectUris: readonly string[];
  readonly scopes: readonly Scope[];
  /** The member may refuse these and the app goes on. */
  readonly optionalScopes: readonly Scope[];
  readonly purposes: Readonly<Record<string, Purpose>>;
  readonly createdAt: Date;
}

export interface NewApp {
  readonly clientId: string;
  readonly partnerId: PartnerId;
  readonly name: string;
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly redirectUris: readonly string[];
  readonly scopes: readonly Scope[];
  readonly optionalScopes?: readonly Scope[];
  /** Required for every scope that a member is asked for. */
  readonly purposes: Readonly<Partial<Record<Scope, Text>>>;
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'];

/** What must hold before an app is stored; the messages are for the partner who registers it. */
export function checkNewApp(app: NewApp): void {
  const problems: { path: string; code: string; message: string }[] = [];
  const problem = (path: string, code: string, message: string) => problems.push({ path, code, message });
  if (app.jwks.keys.length === 0) problem('jwks', 'required', 'At least one public key is needed.');
  for (const key of app.jwks.keys)
    if (PRIVATE_MEMBERS.some((name) => name in key)) problem('jwks', 'private_key', 'Send the public key only; keep the private part.');
  for (const uri of app.redirectUris)
    if (!isSafeRedirect(uri)) problem('redirectUris', 'not_allowed', `Not an https or loopback address: ${uri}`);
  for (const scope of app.scopes) {
    if (!isScope(scope)) problem('scopes', 'unknown', `Unknown scope: ${scope}`);
    else if (SCOPES[scope].sensitivity === 'first-party') problem('scopes', 'not_allowed', `Only the platform’s own apps hold ${scope}`);
    else if (SCOPES[scope].holder === 'member' && scope !== 'openid' && !isWorded(app.purposes[scope]))
      problem('purposes', 'required', `A purpose is required for ${scope}`);
  }
  for (const scope of app.optionalScopes ?? [])
    if (!app.scopes.includes(scope)) problem('optionalScopes', 'unknown', `${scope} is not among the scopes`);
  if (problems.length > 0) throw new DomainError('validation_failed', { fields: problems });
}

/** In both languages: the consent page shows the member's own, and an empty one would be no reason at all. */
const isWorded = (purpose: Text | undefined): boolean => purpose !== undefined && purpose.vi.trim() !== '' && purpose.en.trim() !== '';

/** Printable ASCII without the backslash: what else there is, parsers of URLs read in more than one way. */
const PLAIN = /^[!-[\]-~]+$/;

/** https anywhere, http only to this machine; never a fragment, never `javascript:` and its kin. */
function isSafeRedirect(uri: string): boolean {
  const url = PLAIN.test(uri) ? URL.parse(uri) : null;
  if (!url || !/^[\w.[\]:-]+$/.test(url.hostname) || uri.includes('#') || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname));
}

/** The words shown for a scope: the app's own purpose, else what the scope is. */
export function purposeOf(app: Pick<App, 'purposes'>, scope: Scope): Purpose {
  return app.purposes[scope] ?? { ...SCOPES[scope].title, version: 1 };
}
