import { type MemberClient, memberSignIn } from '@chung/client/member';
import { type MemberScope, SCOPES, type Scope } from '@chung/contracts';
import type { PlatformProcess } from './platform-process.ts';
import type { AppliedApp, DevMember } from './protocol.ts';
import { Visitor } from './visitor.ts';

/** A member who has signed in to the app; `null` while they have not consented to what it cannot do without. */
export interface MemberSession {
  readonly client: MemberClient<MemberScope>;
  readonly accessToken: string;
}

export interface MemberSessions {
  /** Signs the member in without a question where their consent stands already. */
  open(username: string): Promise<MemberSession | null>;
  /** Signs them in with the consent page: everything required and these optional scopes are allowed, what else is optional is refused. */
  consent(username: string, optional: readonly Scope[]): Promise<MemberSession>;
}

const isMemberScope = (scope: Scope): scope is MemberScope =>
  SCOPES[scope].holder === 'member' && SCOPES[scope].sensitivity !== 'first-party';

/**
 * Members of the development platform, signed in as their app would: request pushed, code with PKCE, tokens bound to a key, and the
 * platform's own pages in between.
 */
export function memberSessions({ platform, app }: { platform: PlatformProcess; app: AppliedApp['miniApp'] }): MemberSessions {
  const required = app.scopes.filter((scope) => !app.optional.includes(scope));
  const person = (username: string): DevMember => {
    const member = platform.members.find((one) => one.username === username);
    if (!member) throw new Error(`There is no member ${username}.`);
    return member;
  };
  const signIn = async (
    member: DevMember,
    { optional, prompt, tick }: { optional: readonly Scope[]; prompt?: 'consent'; tick: readonly Scope[] },
  ): Promise<MemberSession> => {
    const signing = await memberSignIn({
      ...{ issuer: platform.baseUrl, clientId: app.clientId, privateKey: app.privateKey, redirectUri: app.redirectUri },
      ...{ scopes: required.filter(isMemberScope), optional: optional.filter(isMemberScope) },
    });
    const { url, attempt } = await signing.begin({ ...(prompt && { prompt }) });
    const callback = await throughPages(new Visitor(platform.baseUrl), { url, member, tick });
    let accessToken = '';
    const client = await signing.finish(callback, attempt, {
      onTokens: (tokens) => {
        accessToken = tokens.accessToken;
      },
    });
    return { client, accessToken };
  };
  return {
    open: async (username) => {
      const { scopes } = await platform.grants({ username, clientId: app.clientId });
      const granted = new Set(scopes);
      const missing = required.filter((scope) => !granted.has(scope));
      // An open scope comes with the app without a question, unless the member took it back before.
      if (missing.some((scope) => SCOPES[scope].sensitivity !== 'open' || granted.size > 0)) return null;
      return signIn(person(username), { optional: app.optional.filter((scope) => granted.has(scope)), tick: [] });
    },
    consent: (username, optional) => signIn(person(username), { optional: app.optional, prompt: 'consent', tick: optional }),
  };
}

async function throughPages(
  visitor: Visitor,
  { url, member, tick }: { url: URL; member: DevMember; tick: readonly Scope[] },
): Promise<URL> {
  let page = await visitor.open(url);
  if (page.text.includes('name="password"'))
    page = await visitor.submit(page, '/sign-in', { username: member.username, password: member.password });
  if (page.text.includes('value="allow"')) page = await visitor.submit(page, '/consent', { decision: 'allow', scope: tick });
  if (!page.url.searchParams.has('code')) throw new Error(`The sign-in of ${member.username} ended at ${page.url.pathname}.`);
  return page.url;
}
