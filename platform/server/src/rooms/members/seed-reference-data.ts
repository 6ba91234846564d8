import type { Tx } from '../../kernel/db.ts';
import { FORMER_PROVINCES, PROVINCES } from './provinces.ts';
import { writeProvinces, writeUnits } from './store.ts';
import { CENTRE, type Unit, unitBelow } from './unit.ts';

/** The upper two levels of the organisation: the centre and one unit for each province. */
export function upperUnits(): readonly Unit[] {
  const provinces = PROVINCES.map(({ code, name, kind }) =>
    unitBelow(CENTRE, {
      code: `T${code}`,
      kind: 'province',
      name: `${kind === 'city' ? 'Thành đoàn' : 'Tỉnh đoàn'} ${name}`,
      provinceCode: code,
    }),
  );
  return [CENTRE, ...provinces];
}

/** Provinces (today's and former) and the upper units. Idempotent: every start runs it. */
export async function seedReferenceData(tx: Pick<Tx, 'query'>): Promise<void> {
  await writeProvinces(tx, PROVINCES, FORMER_PROVINCES);
  await writeUnits(tx, upperUnits());
}
