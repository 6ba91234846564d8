// What the driver hands to a load process: who may call, what there is to claim, and where to write what happened.

export interface Caller {
  /** Short name in the history. */
  readonly name: string;
  /** The headers by which the server knows them, ready to be sent. */
  readonly headers: string;
}

export interface OfferTarget {
  readonly name: string;
  readonly id: string;
  readonly held: boolean;
  /** How often it is tried, against the others. */
  readonly weight: number;
}

export interface LoadPlan {
  readonly name: string;
  readonly seed: number;
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  readonly members: readonly Caller[];
  readonly partner: Caller;
  readonly offers: readonly OfferTarget[];
  readonly historyFile: string;
  readonly connections: number;
  /** Connections for what follows a claim, with one request at a time. */
  readonly changeConnections: number;
  /** Requests under way on one connection. */
  readonly depth: number;
  readonly attempts: number;
  /** Of a thousand: connections cut right after a request was sent. */
  readonly cutsPerThousand: number;
}

/** What a load process tells the driver, about ten times a second. */
export interface LoadProgress {
  readonly attempts: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly done: boolean;
}

export type LoadOrder = { readonly kind: 'stop' } | { readonly kind: 'tick' };
