// Runs around every test that has a document: nothing of one person's visit reaches the next.
import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { faultsOfTest } from './stand-in.ts';

// The first page of a file waits for its modules, on a busy machine for seconds. The page's whole markup helps nobody.
configure({ asyncUtilTimeout: 8_000, getElementError: (message) => new Error(message?.split('\n\n').slice(0, 2).join('\n') ?? '') });

beforeEach(() => {
  // biome-ignore lint/suspicious/noDocumentCookie: what the apps read is a cookie, and the stand-in document has no Cookie Store
  document.cookie = 'chung_lang=; Path=/; Max-Age=0';
  document.documentElement.lang = '';
  document.title = '';
  history.replaceState(null, '', '/');
  // The stand-in document has no layout, so nothing can scroll.
  vi.stubGlobal('scrollTo', () => {});
  // Nothing leaves the machine: a test says which answers there are.
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('No stand-in platform was started.')));
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  // A page that asks for what no test planned, or a planned answer that the registry forbids, is a broken test.
  expect(faultsOfTest()).toEqual([]);
});
