import type { Language, Scope, Surroundings } from '@chung/contracts';
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { MemberScope, MiniApp } from './types.ts';

/**
 * Where a program says once with which scopes its app was made, so that every hook is typed by them.
 *
 * @example
 * export const settings = { scopes: ['openid', 'offers:read'], optional: ['redemptions:claim'] } as const;
 * declare module '@chung/mini-app/react' {
 *   interface Register {
 *     settings: typeof settings;
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: programs add to it
export interface Register {}

type Settings = Register extends { readonly settings: infer Given } ? Given : { readonly scopes: readonly [] };
type Among<List> = List extends readonly (infer Name extends MemberScope)[] ? Name : never;
type Declared = Settings extends { readonly scopes: infer List } ? Among<List> : never;
type Optional = Settings extends { readonly optional: infer List } ? Among<List> : never;

/** The app as `Register` declares it; without a declaration only public operations can be called. */
export type RegisteredApp = MiniApp<Declared, Optional>;

const Context = createContext<RegisteredApp | null>(null);

/**
 * Hands the app of `createMiniApp` to the hooks below it. An app with fewer scopes than registered is a type error.
 *
 * @example
 * const app = await createMiniApp({ scopes: ['openid', 'offers:read'], optional: ['redemptions:claim'] });
 * export const Root = () => (
 *   <MiniAppProvider app={app}>
 *     <h1>Ưu đãi</h1>
 *   </MiniAppProvider>
 * );
 */
export function MiniAppProvider({ app, children }: { readonly app: RegisteredApp; readonly children?: ReactNode }): ReactElement {
  return createElement(Context.Provider, { value: app }, children);
}

/**
 * The app, typed by what is registered. For data prefer `useOperation`.
 *
 * @example
 * export function Save() {
 *   const app = useMiniApp();
 *   return <button onClick={() => app.request('redemptions:claim')}>Cho phép</button>;
 * }
 */
export function useMiniApp(): RegisteredApp {
  const app = useContext(Context);
  if (!app) throw new Error('useMiniApp needs a <MiniAppProvider app={…}> above it.');
  return app;
}

/** `value` stays while it is loaded anew and after a failure, so that a screen need not go blank. */
export type OperationState<Value> = { readonly reload: () => void } & (
  | { readonly status: 'loading'; readonly value: Value | undefined; readonly error: null }
  | { readonly status: 'ready'; readonly value: Value; readonly error: null }
  | { readonly status: 'failed'; readonly value: Value | undefined; readonly error: unknown }
);

type Settled<Value> =
  | { readonly status: 'loading'; readonly value: Value | undefined; readonly error: null }
  | { readonly status: 'ready'; readonly value: Value; readonly error: null }
  | { readonly status: 'failed'; readonly value: Value | undefined; readonly error: unknown };

/**
 * Loads by an operation, and again when one of `inputs` changes, when the granted scopes change, or on `reload()`. What is superseded or no
 * longer shown is aborted. For readings: an effect belongs in an event handler, called once.
 *
 * @example
 * export function Count({ category }: { category: OfferCategory }) {
 *   const offers = useOperation((app, signal) => app.offers.list({ category }, { signal }), [category]);
 *   if (offers.status === 'failed') return <button onClick={offers.reload}>Thử lại</button>;
 *   return <p>{offers.value?.items.length}</p>;
 * }
 */
export function useOperation<Value>(
  load: (app: RegisteredApp, signal: AbortSignal) => Promise<Value>,
  inputs: readonly (string | number | boolean | null | undefined)[] = [],
): OperationState<Value> {
  const app = useMiniApp();
  const granted = useGranted();
  const [round, setRound] = useState(0);
  const [state, setState] = useState<Settled<Value>>({ status: 'loading', value: undefined, error: null });
  const latest = useRef(load);
  latest.current = load;
  // Inputs by their values: a list made anew in each render would load without end.
  const key = JSON.stringify(inputs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: these say when to load anew; the function is always the latest
  useEffect(() => {
    const controller = new AbortController();
    setState(({ value }) => ({ status: 'loading', value, error: null }));
    const settle = (next: (before: Value | undefined) => Settled<Value>) => {
      if (!controller.signal.aborted) setState(({ value }) => next(value));
    };
    latest.current(app, controller.signal).then(
      (value) => settle(() => ({ status: 'ready', value, error: null })),
      (error: unknown) => settle((value) => ({ status: 'failed', value, error })),
    );
    return () => controller.abort();
  }, [app, granted, key, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...state, reload };
}

function useGranted(): ReadonlySet<Scope> {
  const app = useMiniApp();
  const subscribe = useCallback((changed: () => void) => app.host.onScopes(changed), [app]);
  return useSyncExternalStore(subscribe, () => app.granted);
}

export type ScopeState<Asked extends Optional> = {
  /** Opens the host's sheet; call it where the member did something that needs the scope. */
  readonly request: () => Promise<'granted' | 'refused'>;
} & ({ readonly granted: true; readonly app: MiniApp<Declared | Asked, Optional> } | { readonly granted: false; readonly app: null });

/**
 * An optional scope as it is now; renders again when the member grants or withdraws it. In the branch where it is granted, `app` can call
 * its operations.
 *
 * @example
 * export function Claim({ offerId }: { offerId: string }) {
 *   const claiming = useScope('redemptions:claim');
 *   const claim = () => (claiming.granted ? claiming.app.offers.claim({ offerId }) : claiming.request());
 *   return <button onClick={claim}>Nhận ưu đãi</button>;
 * }
 */
export function useScope<Asked extends Optional>(scope: Asked): ScopeState<Asked> {
  const app = useMiniApp();
  useGranted();
  const request = useCallback(() => app.request(scope), [app, scope]);
  return app.has(scope) ? { granted: true, app, request } : { granted: false, app: null, request };
}

function useSurroundings(): Surroundings {
  const app = useMiniApp();
  const subscribe = useCallback((changed: () => void) => app.host.onSurroundings(changed), [app]);
  return useSyncExternalStore(subscribe, () => app.host.surroundings);
}

/**
 * The host's theme; renders again when the member changes it.
 *
 * @example
 * export const Screen = () => <main data-theme={useTheme()} />;
 */
export const useTheme = (): Surroundings['theme'] => useSurroundings().theme;

/**
 * The host's language; renders again when the member changes it.
 *
 * @example
 * export const Title = () => <h1>{{ vi: 'Ưu đãi', en: 'Offers' }[useLanguage()]}</h1>;
 */
export const useLanguage = (): Language => useSurroundings().language;

/**
 * CSS pixels that the host's own bars and the phone's notch take from each side.
 *
 * @example
 * export const Bar = () => <footer style={{ paddingBottom: useSafeArea().bottom }} />;
 */
export const useSafeArea = (): Surroundings['safeArea'] => useSurroundings().safeArea;

/**
 * Takes the back button while `isActive`, for a screen within the mini-app.
 *
 * @example
 * export function Detail({ close }: { close: () => void }) {
 *   useBack(true, close);
 *   return <h1>Chi tiết</h1>;
 * }
 */
export function useBack(isActive: boolean, onBack: () => void): void {
  const app = useMiniApp();
  const latest = useRef(onBack);
  latest.current = onBack;
  useEffect(() => (isActive ? app.host.onBack(() => latest.current()) : undefined), [app, isActive]);
}
