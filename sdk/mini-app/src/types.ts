import type { Declares, IdFor, Operations } from '@chung/client/scoped';
import type { SCOPES, Scope } from '@chung/contracts';

/** Scopes that a member can grant to a mini-app. */
export type MemberScope = {
  [Name in Scope]: (typeof SCOPES)[Name] extends { holder: 'member'; sensitivity: 'open' | 'asked' | 'reviewed' } ? Name : never;
}[Scope];

export interface MiniAppSettings<Declared extends MemberScope, Optional extends MemberScope> {
  /** What the mini-app cannot do without; the host asks the member for it before the start. */
  readonly scopes: readonly Declared[];
  /** What it can do without; asked for by `request()` at the moment it is needed. */
  readonly optional?: readonly Optional[];
}

/** The platform for a mini-app: operations by their names, callable where the scope is declared; elsewhere a type error names the scope. */
export type MiniApp<Declared extends MemberScope, Optional extends MemberScope = never> = Operations<IdFor<'member'>, Declared> &
  Declares<Declared> & {
    /** What the member has granted now. */
    readonly granted: ReadonlySet<Scope>;
    /** Whether an optional scope is granted now; in the branch where it is, its operations can be called. */
    has<Asked extends Optional>(scope: Asked): this is MiniApp<Declared | Asked, Optional>;
    /** Asks the member for an optional scope, in the host's own sheet; resolves to what they said. */
    request<Asked extends Optional>(scope: Asked): Promise<'granted' | 'refused'>;
  };
