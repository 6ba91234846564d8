// What packages that bring operations to programs build upon: the tree of methods and its types, without a transport.
export { type Invoke, operationsOver, type Placed } from './operations.ts';
export { ROUTES } from './routes.ts';
export { grantedOf, ScopesNotGrantedError } from './scope-errors.ts';
export type {
  Declares,
  IdFor,
  ListMethod,
  Method,
  MethodInput,
  MethodOptions,
  MethodReply,
  MissingScope,
  Operations,
  ScopeOf,
  WalkMethod,
} from './scoped-types.ts';
