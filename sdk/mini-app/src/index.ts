export { ApiError, type FieldProblem, UnreachableError } from '@chung/client/light';
export { type MissingScope, ScopesNotGrantedError } from '@chung/client/scoped';
export { createMiniApp } from './create-mini-app.ts';
export { HostTooOldError, NoHostError, UnknownOperationError } from './errors.ts';
export type { Host, MemberScope, MiniApp, MiniAppSettings } from './types.ts';
