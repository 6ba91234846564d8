import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

/** A page of its own chunk; `preload` brings it before it is needed. */
export type LazyPage<Props> = LazyExoticComponent<ComponentType<Props>> & { readonly preload: () => void };

const backOnline = () => new Promise<void>((resolve) => addEventListener('online', () => resolve(), { once: true }));

/**
 * Like React.lazy, for pages with a named export. Opened without a connection it waits for one instead of failing for ever
 * (React keeps a rejected import); with one, a failure means that a deploy removed the chunk, and reloading helps.
 */
export function lazyPage<Props>(load: () => Promise<ComponentType<Props>>): LazyPage<Props> {
  const loadOrWait = async () => {
    try {
      return { default: await load() };
    } catch (error) {
      if (navigator.onLine) throw error;
      await backOnline();
      return { default: await load() };
    }
  };
  return Object.assign(lazy(loadOrWait), {
    preload: () => {
      // A failure here is none: the page is asked for again when it is opened.
      load().catch(() => {});
    },
  });
}
