import type { Scope } from '@chung/contracts';

/**
 * The platform granted less than the program declares as needed: a scope that was withdrawn, or that the review did not approve. Thrown at
 * the start and at a refresh, before a call could fail for it.
 */
export class ScopesNotGrantedError extends Error {
  override readonly name = 'ScopesNotGrantedError';
  readonly missing: readonly Scope[];

  constructor(missing: readonly Scope[]) {
    super(`The platform did not grant ${missing.join(', ')}. Check the scopes of this app in the portal, or declare them as optional.`);
    this.missing = missing;
  }
}

/**
 * Compares what a token carries with what the program was typed by; `type asks, run time answers`.
 *
 * @example
 * const granted = grantedOf('openid offers:read', ['openid']); // throws where `openid` is missing
 */
export function grantedOf(text: string | undefined, declared: readonly Scope[]): ReadonlySet<Scope> {
  const granted = new Set((text ?? '').split(' ').filter((word): word is Scope => word !== ''));
  const missing = declared.filter((scope) => !granted.has(scope));
  if (missing.length > 0) throw new ScopesNotGrantedError(missing);
  return granted;
}
