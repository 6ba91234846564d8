import { adminOperations } from './admin-operations.ts';
import { appOperations } from './app-operations.ts';
import { memberOperations } from './member-operations.ts';
import type { OperationSpec } from './operation.ts';
import { partnerOperations } from './partner-operations.ts';
import { queueOperations } from './queue-operations.ts';
import type { Scope } from './scopes.ts';
import { webhookOperations } from './webhook-operations.ts';

/** The operation registry: the one table from which guard, OpenAPI, client, lint map, consent words and docs are derived. */
export const OPERATIONS = [
  ...memberOperations,
  ...partnerOperations,
  ...webhookOperations,
  ...adminOperations,
  ...queueOperations,
  ...appOperations,
] as const;

export type AnyOperation = (typeof OPERATIONS)[number];
export type OperationId = AnyOperation['id'];
export type OperationById<Id extends OperationId> = Extract<AnyOperation, { readonly id: Id }>;

/**
 * The operations a scope opens; derived, so that consent screen and review can never disagree with the guard.
 *
 * @example
 * for (const { method, path } of operationsOf('redemptions:claim')) show(`${method} ${path}`);
 */
export function operationsOf(scope: Scope): readonly OperationSpec[] {
  return OPERATIONS.filter((op) => op.scope === scope);
}
