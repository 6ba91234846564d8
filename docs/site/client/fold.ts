/** A word as it is looked for: without case and without the marks of Vietnamese, so that `uu dai` finds `ưu đãi`. */
export const fold = (word: string): string => word.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();
