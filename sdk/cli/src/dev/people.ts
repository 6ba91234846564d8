import type { MemberScope, Scope } from '@chung/contracts';
import { type MemberSession, memberSessions } from './member-sessions.ts';
import type { PlatformProcess } from './platform-process.ts';
import type { AppliedApp } from './protocol.ts';

/** Whether the member has agreed to what the app cannot do without; `changing` while another member signs in. */
export type Consent = 'given' | 'needed' | 'changing';

export interface PeopleSettings {
  readonly platform: PlatformProcess;
  readonly app: () => AppliedApp['miniApp'];
  /** Who is in front of the phone. */
  readonly member: () => string;
  readonly onChange: () => void;
}

/** The member in front of the phone: signed in or not yet, and what they allow. One change after another. */
export function createPeople({ platform, app, member, onChange }: PeopleSettings) {
  let current: { readonly username: string; readonly session: MemberSession | null } | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: (username: string) => Promise<MemberSession | null>): Promise<void> => {
    const turn = last.then(async () => {
      const username = member();
      // What stands goes on standing until the new is there: the mini-app that asked for a scope must not be taken away by the answer.
      current = { username, session: await work(username) };
      onChange();
    });
    last = turn.catch(() => {});
    return turn;
  };
  const sessions = () => memberSessions({ platform, app: app() });
  const standing = () => (current?.username === member() ? current : null);
  const consent = (): Consent => {
    const now = standing();
    if (!now) return 'changing';
    return now.session ? 'given' : 'needed';
  };
  return {
    granted: (): ReadonlySet<Scope> => standing()?.session?.client.granted ?? new Set<MemberScope>(),
    consent,
    /** Waits for a change that is under way, so that no call goes out under what is being taken back. */
    session: async () => {
      await last;
      return standing()?.session ?? null;
    },
    /** Signs the member in where that needs no question. */
    reopen: () => inTurn((username) => sessions().open(username)),
    /** The member agrees to what is required and to these optional scopes. */
    agree: (optional: readonly Scope[]) => inTurn((username) => sessions().consent(username, optional)),
  };
}
