import { v7 } from 'uuid';

/** A new UUIDv7. The one place that makes ids; the caller names the brand (`newId<OfferId>()`). */
export function newId<Id extends string>(): Id {
  // The brand exists only in types; zod parses it at every edge.
  return v7() as Id;
}
