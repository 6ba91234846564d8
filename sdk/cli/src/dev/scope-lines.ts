import { isScope, type Manifest, SCOPES, type Scope } from '@chung/contracts';
import type { Inferred } from './inference.ts';
import type { ScopeLine } from './state.ts';

export interface ScopesNow {
  readonly manifest: Manifest;
  readonly granted: ReadonlySet<Scope>;
  readonly inferred: Inferred | null;
  readonly used: (scope: Scope) => number;
}

/** Every scope that is declared, needed by the source, or used: side by side, because what differs is a mistake. */
export function scopeLines({ manifest, granted, inferred, used }: ScopesNow): readonly ScopeLine[] {
  const declared = new Map(manifest.req_permissions.map((one) => [one.name, one]));
  const needed = (inferred?.uses ?? []).map(({ scope }) => scope).filter(isScope);
  const all = [...new Set<Scope>([...declared.keys(), ...needed])];
  return all.map((scope) => {
    const asked = declared.get(scope);
    return {
      scope,
      title: SCOPES[scope].title,
      purpose: asked?.purpose ?? null,
      declared: asked === undefined ? 'no' : asked.optional ? 'optional' : 'required',
      granted: SCOPES[scope].holder === 'partner' ? 'backend' : granted.has(scope) ? 'granted' : 'denied',
      inferred: inferred?.uses.filter((use) => use.scope === scope).map(({ at }) => at) ?? null,
      used: used(scope),
    };
  });
}
