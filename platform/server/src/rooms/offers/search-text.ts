const WORDS_MAX = 8;

/** Vietnamese without its marks, in lower case, words apart by one space: how a title is stored and how a query is compared. */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/đ/g, 'd')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The leading space lets a pattern ask for the beginning of a word. */
export const searchTextOf = (texts: readonly string[]): string => ` ${foldText(texts.join(' '))}`;

/**
 * One LIKE pattern a word; each must begin a word, because "an" inside "hang" finds half the catalogue in Vietnamese.
 * Folding leaves letters and digits only, so nothing in a query can act as a wildcard.
 */
export function searchPatterns(query: string): string[] {
  return foldText(query)
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX)
    .map((word) => `% ${word}%`);
}
