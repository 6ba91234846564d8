import { PROVINCES } from './provinces.ts';
import type { MemberStore } from './store.ts';

/** Names for codes in sentences; read without waiting, so they are kept in memory. */
export interface PlaceNames {
  province(code: string): string | null;
  unit(code: string): string | null;
}

const REFRESH_AFTER_MS = 60_000;

/**
 * Units may be added by another process: a code that is not known makes the names be read again, at most once a minute and
 * in the background, and shows as its code until then.
 */
export function createPlaceNames(store: Pick<MemberStore, 'unitNames'>): {
  names: PlaceNames;
  refresh(): Promise<void>;
} {
  const provinces = new Map(PROVINCES.map(({ code, name }) => [code, name]));
  let units: ReadonlyMap<string, string> = new Map();
  let readAt = 0;
  const refresh = async () => {
    readAt = Date.now();
    units = await store.unitNames();
  };
  const names: PlaceNames = {
    province: (code) => provinces.get(code) ?? null,
    unit: (code) => {
      const name = units.get(code);
      // A failed reading leaves the old names; the next unknown code tries again.
      if (name === undefined && Date.now() - readAt > REFRESH_AFTER_MS) refresh().catch(() => undefined);
      return name ?? null;
    },
  };
  return { names, refresh };
}
