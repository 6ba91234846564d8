// What Node has only since 22, for the commands that run from 20.19 on.

/** As `URL.parse`: null for what is no address. */
export function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: unknown) => void;
}

/** As `Promise.withResolvers`. */
export function deferred<Value>(): Deferred<Value> {
  let settle: Omit<Deferred<Value>, 'promise'> | null = null;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // The executor has run by now: it does so at once.
  if (settle === null) throw new Error('a promise without its executor');
  return Object.assign(settle as Omit<Deferred<Value>, 'promise'>, { promise });
}
