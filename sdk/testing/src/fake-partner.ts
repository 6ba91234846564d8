import type { PartnerClient } from '@chung/client/partner';
import { type Invoke, operationsOver, ScopesNotGrantedError } from '@chung/client/scoped';
import { OPERATIONS, type OperationSpec, type PartnerScope, type Scope } from '@chung/contracts';
import type { FakePlatform } from './fake-platform.ts';

const PLACED: readonly OperationSpec[] = OPERATIONS.filter(({ actor }) => actor === 'partner' || actor === 'public');
const needsKey = new Set(PLACED.filter(({ idempotency }) => idempotency !== 'none').map(({ id }) => id));

interface FakePartnerSettings<Declared extends PartnerScope, Optional extends PartnerScope> {
  readonly scopes: readonly Declared[];
  readonly optional?: readonly Optional[];
}

/**
 * The client that `connectPartner` of `@chung/client/partner` answers, over a fake platform and typed alike: hand it to the code under test.
 *
 * @example
 * const chung = connectFakePartner(platform, { scopes: ['partner.redemptions:fulfil'] });
 * await chung.partner.redemptions.fulfil({ redemptionId });
 */
export function connectFakePartner<const Declared extends PartnerScope, const Optional extends PartnerScope = never>(
  platform: FakePlatform,
  { scopes, optional = [] }: FakePartnerSettings<Declared, Optional>,
): PartnerClient<Declared, Optional> {
  const granted = (): ReadonlySet<Scope> => {
    const { deniedScopes } = platform.switches.faults;
    return new Set<Scope>([...scopes, ...optional].filter((scope) => !deniedScopes.includes(scope)));
  };
  const missing = scopes.filter((scope) => !granted().has(scope));
  if (missing.length > 0) throw new ScopesNotGrantedError(missing);
  const invoke: Invoke = (id, { params, query, body, idempotencyKey, signal }) => {
    const key = needsKey.has(id) ? (idempotencyKey ?? crypto.randomUUID()) : undefined;
    return platform.invoke(platform.asPartner([...granted()]), id, { params, query, body, idempotencyKey: key, signal });
  };
  return Object.freeze(
    Object.defineProperties(Object.create(null), {
      ...Object.getOwnPropertyDescriptors(operationsOver(PLACED, invoke)),
      granted: { get: granted, enumerable: true },
      has: { value: (scope: Scope) => granted().has(scope) },
    }),
  );
}
