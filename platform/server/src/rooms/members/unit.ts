/** The levels of the organisation, from the top. A level may be left out: since July 2025 many communes stand right below a province. */
export const UNIT_KINDS = ['centre', 'province', 'district', 'commune', 'branch'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

export interface Unit {
  readonly code: string;
  readonly kind: UnitKind;
  readonly parentCode: string | null;
  readonly name: string;
  /** Null for the centre alone. */
  readonly provinceCode: string | null;
  /** Codes from the centre to this unit, itself included. */
  readonly path: readonly string[];
}

export const CENTRE: Unit = {
  code: 'TW',
  kind: 'centre',
  parentCode: null,
  name: 'Trung ương Đoàn',
  provinceCode: null,
  path: ['TW'],
};

/** A unit right below `parent`; its path follows from the parent's. */
export function unitBelow(parent: Unit, unit: Pick<Unit, 'code' | 'kind' | 'name'> & { provinceCode?: string }): Unit {
  const provinceCode = unit.provinceCode ?? parent.provinceCode;
  return {
    code: unit.code,
    kind: unit.kind,
    parentCode: parent.code,
    name: unit.name,
    provinceCode,
    path: [...parent.path, unit.code],
  };
}
