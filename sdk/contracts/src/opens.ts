import type { OperationId } from './registry.ts';
import type { Scope } from './scopes.ts';

/**
 * The parts of replies that scopes of their own open, beyond the one the operation needs. A part whose scope is not granted is left out of
 * the answer; the typed client knows it as missing, and `chung check` counts reading it as a use of its scope.
 */
export const OPENS = {
  'me.get': {
    profile: 'member.profile:read',
    membership: 'member.membership:read',
    age: 'member.age:read',
    contact: 'member.contact:read',
  },
} as const satisfies Partial<Record<OperationId, Readonly<Record<string, Scope>>>>;
