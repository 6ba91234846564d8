import MiniSearch from 'minisearch';
import type { SearchEntry } from '../src/search-entries.ts';
import { fold } from './fold.ts';

export interface Found {
  readonly address: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

const FOUND_MAX = 12;

/** Answers what fits best; the beginnings of words and small slips count too. */
export function finder(entries: readonly SearchEntry[]): (words: string) => readonly Found[] {
  const index = new MiniSearch<SearchEntry>({
    fields: ['heading', 'page', 'text'],
    storeFields: ['address', 'page', 'heading', 'text'],
    // Names of scopes, operations and error codes are looked for whole and in parts.
    tokenize: (text) => text.split(/[\s\p{P}\p{S}]+/u).filter((word) => word !== ''),
    processTerm: fold,
    searchOptions: {
      boost: { heading: 4, page: 2 },
      combineWith: 'AND',
      prefix: true,
      fuzzy: (word) => (word.length > 4 ? 0.2 : false),
    },
  });
  index.addAll(entries);
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return (words) =>
    index
      .search(words)
      .slice(0, FOUND_MAX)
      .flatMap(({ id }) => byId.get(Number(id)) ?? []);
}
