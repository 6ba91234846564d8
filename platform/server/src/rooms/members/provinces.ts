import { z } from 'zod';
import formerProvinces from './data/former-provinces.json' with { type: 'json' };
import provinces from './data/provinces.json' with { type: 'json' };

const code = z.string().regex(/^\d{2}$/);
const Province = z.strictObject({
  code,
  name: z.string(),
  kind: z.enum(['city', 'province']),
  populationThousands: z.int().positive(),
});
const FormerProvince = z.strictObject({
  code,
  name: z.string(),
  provinceCode: code,
});

export type Province = z.infer<typeof Province>;
export type FormerProvince = z.infer<typeof FormerProvince>;

/** The 34 provinces and cities since 1 July 2025. */
export const PROVINCES: readonly Province[] = z.array(Province).parse(provinces.items);

/** The 63 before, each with the province that it became part of. */
export const FORMER_PROVINCES: readonly FormerProvince[] = z.array(FormerProvince).parse(formerProvinces.items);

// A code that both lists use always stays within one province (old 15 Yên Bái is now part of 15 Lào Cai), so the two lists
// read as one map, and a register need not say which list it was written with. A test holds this.
const currentCodes = new Map([
  ...FORMER_PROVINCES.map((former) => [former.code, former.provinceCode] as const),
  ...PROVINCES.map(({ code }) => [code, code] as const),
]);

/** The province of today for a code of either list; undefined for a code of neither. */
export function currentProvinceCode(anyCode: string): string | undefined {
  return currentCodes.get(anyCode);
}

/** Names under which people still know a province, its own name left out. */
export function formerNamesOf(provinceCode: string, name: string): string[] {
  return FORMER_PROVINCES.filter((former) => former.provinceCode === provinceCode && former.name !== name).map((former) => former.name);
}
