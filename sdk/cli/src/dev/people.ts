import type { MemberScope, Scope } from '@chung/contracts';
import { type MemberSession, memberSessions } from './member-sessions.ts';
import type { PlatformProcess } from './platform-process.ts';
import type { AppliedApp } from './protocol.ts';

export interface PeopleSettings {
  readonly platform: PlatformProcess;
  readonly app: () => AppliedApp['miniApp'];
  /** Who is in front of the phone. */
  readonly member: () => string;
  readonly onChange: () => void;
}

/** The member in front of the phone: signed in or not yet, and what they allow. One change after another. */
export function createPeople({ platform, app, member, onChange }: PeopleSettings) {
  let current: MemberSession | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<MemberSession | null>): Promise<void> => {
    const turn = last.then(async () => {
      current = null;
      current = await work();
      onChange();
    });
    last = turn.catch(() => {});
    return turn;
  };
  const sessions = () => memberSessions({ platform, app: app() });
  const granted = (): ReadonlySet<Scope> => current?.client.granted ?? new Set<MemberScope>();
  return {
    granted,
    consent: () => (current ? 'given' : 'needed') as 'given' | 'needed',
    /** Waits for a change that is under way, so that no call goes out under what is being taken back. */
    session: async () => {
      await last;
      return current;
    },
    /** Signs the member in where that needs no question. */
    reopen: () => inTurn(() => sessions().open(member())),
    /** The member agrees to what is required and to these optional scopes. */
    agree: (optional: readonly Scope[]) => inTurn(() => sessions().consent(member(), optional)),
  };
}
