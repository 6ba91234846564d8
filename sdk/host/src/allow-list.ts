import { type AnyOperation, type BridgeOperationId, OPERATIONS, type OperationSpec, SCOPES } from '@chung/contracts';

/** An operation that this host lets mini-apps call. */
export interface AllowedOperation {
  readonly id: BridgeOperationId;
  /** The first version of the host that can do it; below, the answer is 426. Every version can unless told. */
  readonly minimumHost?: number;
}

export interface Allowed {
  readonly operation: OperationSpec;
  readonly id: BridgeOperationId;
  readonly minimumHost: number;
}

/** Members' operations by their scope, and what anybody may read. Uploads never: a message carries plain data. */
function isForMiniApps(operation: AnyOperation): operation is Extract<AnyOperation, { readonly id: BridgeOperationId }> {
  const { actor, method, scope, bodyType }: OperationSpec = operation;
  if (bodyType === 'stream') return false;
  if (actor === 'public') return method === 'GET';
  if (actor !== 'member' || scope === null) return false;
  return SCOPES[scope].holder === 'member' && SCOPES[scope].sensitivity !== 'first-party';
}

/** Every operation of the registry that a member can let a mini-app use. */
export const MINI_APP_OPERATIONS: readonly AllowedOperation[] = OPERATIONS.filter(isForMiniApps).map(({ id }) => ({ id }));

/** Throws `TypeError` for an operation that no mini-app may ever hold: a mistake of the host, found at its start. */
export function allowListOf(operations: readonly AllowedOperation[]): ReadonlyMap<string, Allowed> {
  const specs = new Map(OPERATIONS.filter(isForMiniApps).map((spec): [string, OperationSpec] => [spec.id, spec]));
  return new Map(
    operations.map(({ id, minimumHost = 0 }): [string, Allowed] => {
      const operation = specs.get(id);
      if (!operation) throw new TypeError(`A mini-app can never be given ${id}.`);
      return [id, { operation, id, minimumHost }];
    }),
  );
}
