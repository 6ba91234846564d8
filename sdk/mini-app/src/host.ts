import type { Scope, Surroundings } from '@chung/contracts';
import type { Connection, HostEvent } from './connection.ts';
import type { Host } from './types.ts';

export interface HostState {
  readonly version: number;
  readonly granted: readonly string[];
  readonly surroundings: Surroundings;
}

/** Keeps listeners; one that throws is reported like any uncaught error and keeps none of the others from hearing. */
function listeners<Value>() {
  const all = new Set<(value: Value) => void>();
  return {
    all,
    add: (listener: (value: Value) => void) => {
      // Its own entry each time: the same function added twice is heard twice and stopped one by one.
      const entry = (value: Value) => listener(value);
      all.add(entry);
      return () => void all.delete(entry);
    },
    tell: (value: Value) => {
      for (const listener of [...all]) tellOne(listener, value);
    },
  };
}

function tellOne<Value>(listener: (value: Value) => void, value: Value): void {
  try {
    listener(value);
  } catch (error) {
    // As an uncaught error is told, and where there is no such function (Node), as one.
    if (typeof reportError === 'function') reportError(error);
    else
      queueMicrotask(() => {
        throw error;
      });
  }
}

export type ScopeChange = { readonly granted: ReadonlySet<Scope>; readonly missing: readonly Scope[] };

/** The host as the mini-app sees it, and the hand that turns messages into events. */
export function hostOver(connection: () => Connection, first: HostState) {
  const surroundingsHeard = listeners<Surroundings>();
  const scopesHeard = listeners<ScopeChange>();
  const endHeard = listeners<undefined>();
  const back = listeners<undefined>();
  let surroundings = Object.freeze(first.surroundings);
  const host: Host = Object.freeze({
    version: first.version,
    get surroundings() {
      return surroundings;
    },
    onSurroundings: surroundingsHeard.add,
    onScopes: scopesHeard.add,
    onEnd: (listener: () => void) => endHeard.add(listener),
    onBack: (listener: () => void) => {
      const stop = back.add(listener);
      if (back.all.size === 1) connection().handleBack(true);
      return () => {
        const had = back.all.size;
        stop();
        if (had === 1 && back.all.size === 0) connection().handleBack(false);
      };
    },
    close: () => connection().close(),
  });
  const hear = (event: HostEvent): void => {
    if (event.kind === 'surroundings') {
      surroundings = Object.freeze(event.surroundings);
      surroundingsHeard.tell(surroundings);
    }
    if (event.kind === 'end') endHeard.tell(undefined);
    const top = [...back.all].at(-1);
    if (event.kind === 'back' && top) tellOne(top, undefined);
  };
  return { host, hear, tellScopes: scopesHeard.tell };
}
