/** The reasons of a refusal while they are chosen: rule number → note. */
export type Refusal = ReadonlyMap<string, string>;

export const MOST_REASONS = 10;

export function toggleRule(refusal: Refusal, rule: string): Refusal {
  const next = new Map(refusal);
  if (!next.delete(rule) && next.size < MOST_REASONS) next.set(rule, '');
  return next;
}

export const noteOn = (refusal: Refusal, rule: string, note: string): Refusal => new Map(refusal).set(rule, note);

export const reasonsOf = (refusal: Refusal) => [...refusal].map(([rule, note]) => ({ rule, note: note.trim() }));

/** Letters without their marks, so that "gia" finds "giá". */
const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();

/** Rules that match the search; those the automatic checks named come first. */
export function rulesFor<Rule extends { rule: string; words: string }>(
  rules: readonly Rule[],
  search: string,
  named: ReadonlySet<string>,
): Rule[] {
  const wanted = plain(search.trim());
  const found = rules.filter(({ rule, words }) => plain(`${rule} ${words}`).includes(wanted));
  return found.sort((a, b) => Number(named.has(b.rule)) - Number(named.has(a.rule)) || a.rule.localeCompare(b.rule));
}
