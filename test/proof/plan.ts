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
  /** Of a thousand: connections cut right after a request was sent. */
  readonly cutsPerThousand: number;
}

/** For a process that calls the use case itself. */
export interface EnginePlan {
  readonly name: string;
  readonly seed: number;
  /** As the servers of the site have them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly serverUrl: string;
  readonly members: readonly { readonly name: string; readonly id: string }[];
  readonly offers: readonly OfferTarget[];
  readonly historyFile: string;
  readonly attempts: number;
  /** Claims that wait for their answer at one moment. */
  readonly outstanding: number;
}

/** What a load process tells the driver, about ten times a second. */
export interface LoadProgress {
  readonly attempts: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly done: boolean;
}

/** `allow` lets a process go on up to so many attempts; those over HTTP go on until they are stopped. */
export type LoadOrder = { readonly kind: 'stop' } | { readonly kind: 'allow'; readonly attempts: number };
