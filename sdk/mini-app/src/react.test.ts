// @vitest-environment happy-dom
// The hooks in a document, over a real bridge.

import type { OfferId, Scope } from '@chung/contracts';
import { type ServeBridgeSettings, serveBridge } from '@chung/host';
import { act, cleanup, render, renderHook, screen, waitFor } from '@testing-library/react';
import { createElement, type PropsWithChildren } from 'react';
import { afterEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { createMiniApp, type MiniApp } from './index.ts';
import {
  MiniAppProvider,
  type RegisteredApp,
  useBack,
  useLanguage,
  useMiniApp,
  useOperation,
  useSafeArea,
  useScope,
  useTheme,
} from './react.ts';

const settings = { scopes: ['openid', 'offers:read'], optional: ['redemptions:claim'] } as const;
declare module './react.ts' {
  interface Register {
    settings: typeof settings;
  }
}

const OFFER = '01936b5e-7c00-7000-8000-000000000001' as OfferId;
const closing: (() => void)[] = [];
afterEach(() => {
  cleanup();
  for (const close of closing.splice(0)) close();
});

async function started(changes: Partial<ServeBridgeSettings> = {}) {
  const { port1, port2 } = new MessageChannel();
  const granted = new Set<Scope>(settings.scopes);
  const invoke = vi.fn<ServeBridgeSettings['invoke']>(async (_id, { query }) => ({ items: [query['q'] ?? 'all'], nextCursor: null }));
  const bridge = serveBridge({
    port: port1,
    hostVersion: 1,
    granted: () => granted,
    invoke,
    optional: settings.optional,
    askScope: async (scope) => {
      granted.add(scope);
      return 'granted';
    },
    surroundings: { language: 'vi', theme: 'light', safeArea: { top: 1, right: 2, bottom: 3, left: 4 }, visible: true },
    ...changes,
  });
  const app = await createMiniApp({ ...settings, port: port2 });
  closing.push(bridge.close, () => port2.close());
  const wrapper = ({ children }: PropsWithChildren) => createElement(MiniAppProvider, { app }, children);
  return { app, bridge, granted, invoke, wrapper };
}

const ShownOf = ({ app }: { readonly app: RegisteredApp }) => createElement('p', null, useMiniApp() === app ? 'the same app' : 'another');

/** Never run: the compiler reads it. */
export function WhatTheCompilerSays(narrow: MiniApp<'openid'>): void {
  expectTypeOf<RegisteredApp>().toExtend<MiniApp<'openid' | 'offers:read'>>();
  // @ts-expect-error an app with fewer scopes than registered
  MiniAppProvider({ app: narrow });
  // @ts-expect-error redemptions:claim is optional
  useOperation((app) => app.offers.claim({ offerId: OFFER }));
  // @ts-expect-error not an optional scope of this app
  useScope('member.contact:read');
  const claiming = useScope('redemptions:claim');
  if (claiming.granted) expectTypeOf(claiming.app.offers.claim).toBeFunction();
  // @ts-expect-error not granted in this branch
  else claiming.app.offers;
}

describe('useOperation', () => {
  test('loads, loads anew for other inputs and on reload, and aborts what is superseded', async () => {
    const signals: AbortSignal[] = [];
    const { wrapper, invoke } = await started();
    const { result, rerender } = renderHook(
      ({ q }) =>
        useOperation(
          (app, signal) => {
            signals.push(signal);
            return app.offers.list({ q }, { signal });
          },
          [q],
        ),
      { wrapper, initialProps: { q: 'a' } },
    );
    expect(result.current).toMatchObject({ status: 'loading', value: undefined, error: null });
    await waitFor(() => expect(result.current).toMatchObject({ status: 'ready', value: { items: ['a'] } }));
    rerender({ q: 'b' });
    // What was there stays while the next is loaded.
    expect(result.current).toMatchObject({ status: 'loading', value: { items: ['a'] } });
    rerender({ q: 'c' });
    await waitFor(() => expect(result.current).toMatchObject({ status: 'ready', value: { items: ['c'] } }));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
    const before = invoke.mock.calls.length;
    act(() => result.current.reload());
    await waitFor(() => expect(result.current.status).toBe('ready'));
    expect(invoke.mock.calls.length).toBe(before + 1);
  });

  test('tells a failure, keeps the value, and reload repairs it', async () => {
    const { wrapper, invoke } = await started();
    const { result } = renderHook(() => useOperation((app, signal) => app.offers.list({}, { signal })), { wrapper });
    await waitFor(() => expect(result.current.status).toBe('ready'));
    invoke.mockRejectedValueOnce(new Error('down'));
    act(() => result.current.reload());
    await waitFor(() => expect(result.current).toMatchObject({ status: 'failed', value: { items: ['all'] }, error: { code: 'internal' } }));
    act(() => result.current.reload());
    await waitFor(() => expect(result.current).toMatchObject({ status: 'ready', error: null }));
  });

  test('loads anew when the member grants something, and after the screen is gone nothing happens', async () => {
    const { wrapper, invoke, granted, bridge } = await started();
    const { result, unmount } = renderHook(() => useOperation((app, signal) => app.me.get({}, { signal })), { wrapper });
    await waitFor(() => expect(result.current.status).toBe('ready'));
    granted.add('redemptions:claim');
    bridge.scopesChanged();
    await waitFor(() => expect(invoke.mock.calls).toHaveLength(2));
    unmount();
    granted.delete('redemptions:claim');
    bridge.scopesChanged();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(invoke.mock.calls).toHaveLength(2);
  });
});

test('useScope asks, narrows, and follows a withdrawal', async () => {
  const { wrapper, granted, bridge, invoke } = await started();
  const { result } = renderHook(() => useScope('redemptions:claim'), { wrapper });
  expect(result.current).toMatchObject({ granted: false, app: null });
  await act(async () => expect(await result.current.request()).toBe('granted'));
  const now = result.current;
  if (!now.granted) throw new Error('granted was expected');
  await now.app.offers.claim({ offerId: OFFER });
  expect(invoke.mock.lastCall?.[0]).toBe('offers.claim');
  granted.delete('redemptions:claim');
  act(() => bridge.scopesChanged());
  await waitFor(() => expect(result.current.granted).toBe(false));
});

test('theme, language and safe area follow the host', async () => {
  const { wrapper, bridge } = await started();
  const { result } = renderHook(() => ({ theme: useTheme(), language: useLanguage(), top: useSafeArea().top }), { wrapper });
  expect(result.current).toEqual({ theme: 'light', language: 'vi', top: 1 });
  bridge.surround({ theme: 'dark', language: 'en', safeArea: { top: 9, right: 0, bottom: 0, left: 0 } });
  await waitFor(() => expect(result.current).toEqual({ theme: 'dark', language: 'en', top: 9 }));
});

test('useBack takes the button only while it is active', async () => {
  const { wrapper, bridge } = await started();
  const back = vi.fn();
  const { rerender } = renderHook(({ active }) => useBack(active, back), { wrapper, initialProps: { active: true } });
  bridge.pressBack();
  await waitFor(() => expect(back).toHaveBeenCalledTimes(1));
  rerender({ active: false });
  bridge.pressBack();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(back).toHaveBeenCalledTimes(1);
});

test('the provider hands its app down; without one the hooks say what is missing', async () => {
  const { app } = await started();
  render(createElement(MiniAppProvider, { app }, createElement(ShownOf, { app })));
  expect(screen.getByText('the same app')).toBeDefined();
  const quiet = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {});
  expect(() => renderHook(() => useMiniApp())).toThrow('MiniAppProvider');
  quiet.mockRestore();
});
