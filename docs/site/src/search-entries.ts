import type { Rendered } from './render.ts';

/** What the search knows of one part of a page; the file that a browser loads is a list of these. */
export interface SearchEntry {
  readonly id: number;
  readonly address: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

/** Beyond it, the words of a part say what its heading and its beginning have said. */
const TEXT_MAX = 700;

export function searchEntries(pages: readonly { readonly address: string; readonly rendered: Rendered }[]): readonly SearchEntry[] {
  return pages
    .flatMap(({ address, rendered }) =>
      rendered.sections.map(({ heading, text }) => ({
        address: heading.depth === 1 ? address : `${address}#${heading.id}`,
        page: rendered.title,
        heading: heading.text,
        text: text.length <= TEXT_MAX ? text : text.slice(0, text.lastIndexOf(' ', TEXT_MAX)),
      })),
    )
    .map((entry, id) => ({ id, ...entry }));
}
