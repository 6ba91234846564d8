import type { Declares, IdFor, Operations } from '@chung/client/scoped';
import type { BridgePort, MemberScope, Scope, Surroundings } from '@chung/contracts';

export type { MemberScope } from '@chung/contracts';

export interface MiniAppSettings<Declared extends MemberScope, Optional extends MemberScope> {
  /** What the mini-app cannot do without; the host asks the member for it before the start. */
  readonly scopes: readonly Declared[];
  /** What it can do without; asked for by `request()` at the moment it is needed. */
  readonly optional?: readonly Optional[];
  /** For one call, from its first message to its answer; 45 seconds unless told, since the host may try three times. */
  readonly timeoutSeconds?: number;
  /** Origins of hosts to believe; any parent unless told, since the host decides which page loads a mini-app. */
  readonly hostOrigins?: readonly string[];
  /** A port to a host, for tests: `createFakeHost().port` of `@chung/testing`. In the app the host hands one over. */
  readonly port?: BridgePort;
}

/** What surrounds the mini-app. Each listener is told at a change, and `stop` is what it returns. */
export interface Host {
  /** Rises with the host's abilities; an operation may need a minimum. */
  readonly version: number;
  /** Language, theme, safe area in CSS pixels, visibility; the same object until one of them changes. */
  readonly surroundings: Surroundings;
  onSurroundings(listener: (surroundings: Surroundings) => void): () => void;
  /** The member granted or withdrew something. `missing` are declared scopes that are gone: calls reject until they are back. */
  onScopes(listener: (change: { readonly granted: ReadonlySet<Scope>; readonly missing: readonly Scope[] }) => void): () => void;
  /** Takes the back button while there is a listener, for a screen within the mini-app; the last one is asked. */
  onBack(listener: () => void): () => void;
  /** The host ended the connection: everything that is open has been rejected. */
  onEnd(listener: () => void): () => void;
  close(): void;
}

/** The platform for a mini-app: operations by their names, callable where the scope is declared; elsewhere a type error names the scope. */
export type MiniApp<Declared extends MemberScope, Optional extends MemberScope = never> = Operations<IdFor<'member'>, Declared> &
  Declares<Declared> & {
    /** What the member has granted now; another set after each change. */
    readonly granted: ReadonlySet<Scope>;
    readonly host: Host;
    /** Whether an optional scope is granted now; in the branch where it is, its operations can be called. */
    has<Asked extends Optional>(scope: Asked): this is MiniApp<Declared | Asked, Optional>;
    /** Asks the member for an optional scope, in the host's own sheet; resolves to what they said. */
    request<Asked extends Optional>(scope: Asked): Promise<'granted' | 'refused'>;
  };
