import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One Markdown file of the repository and the page that is made of it. */
export interface SourcePage {
  /** In the repository: `docs/api/offers.md`. */
  readonly file: string;
  /** In the site, without an ending: `api/offers`; `index` is the first page, `api/index` that of a folder. */
  readonly page: string;
  readonly markdown: string;
}

/** What the site is made of, and under which name: the guides as they lie, and what each package says of itself. */
const SOURCES: readonly (readonly [pattern: string, page: (file: string) => string])[] = [
  ['docs/*.md', (file) => file.slice('docs/'.length)],
  ['docs/{api,check,decisions,errors}/*.md', (file) => file.slice('docs/'.length)],
  ['sdk/*/README.md', (file) => `packages/${file.split('/')[1]}.md`],
  ['examples/*/README.md', (file) => `examples/${file.split('/')[1]}.md`],
];

/** Reads every page of the site. `root` is the folder of the repository. */
export function readPages(root: string): readonly SourcePage[] {
  return SOURCES.flatMap(([pattern, nameOf]) =>
    globSync(pattern, { cwd: root })
      .toSorted()
      .map((found) => {
        const file = found.split(path.sep).join('/');
        const page = nameOf(file)
          .replace(/\.md$/, '')
          .replace(/(^|\/)README$/, '$1index');
        return { file, page, markdown: readFileSync(path.join(root, file), 'utf8') };
      }),
  );
}

/** The pages in the order in which the index of their folder first leads to them; those it does not name come after. */
export function inOrderOfIndex(pages: readonly SourcePage[]): readonly string[] {
  const placeOf = ({ page, file }: SourcePage) => {
    const index = pages.find((one) => one.page === `${path.posix.dirname(page)}/index`);
    const at = index?.markdown.indexOf(`](${path.posix.basename(file)}`) ?? -1;
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  return pages.toSorted((a, b) => placeOf(a) - placeOf(b)).map(({ page }) => page);
}

/** Where a page is served below the site's base: `api/index` is `api/`, the first page the base itself. */
export const addressOf = (base: string, page: string): string => base + page.replace(/(^|\/)index$/, '$1');

/** What a relative link of a page leads to. */
export type Target =
  | { readonly kind: 'page'; readonly page: string; readonly anchor: string }
  /** A picture or another file that the site takes along. */
  | { readonly kind: 'asset'; readonly file: string }
  /** There in the repository, and no part of the site. */
  | { readonly kind: 'source'; readonly file: string }
  | { readonly kind: 'nothing'; readonly file: string };

const ASSET = /\.(png|svg|webp|jpe?g|gif)$/;

/** Follows a link as a reader of the repository would, from the file that it stands in. */
export function targetOf(link: string, from: SourcePage, { root, pages }: { root: string; pages: readonly SourcePage[] }): Target {
  const [address = '', anchor = ''] = link.split('#');
  if (address === '') return { kind: 'page', page: from.page, anchor };
  const file = path.posix.normalize(path.posix.join(path.posix.dirname(from.file), decodeURI(address))).replace(/\/$/, '');
  const found = pages.find((one) => one.file === file || one.file === `${file}/README.md`);
  if (found) return { kind: 'page', page: found.page, anchor };
  if (!existsSync(path.join(root, file))) return { kind: 'nothing', file };
  return { kind: ASSET.test(file) ? 'asset' : 'source', file };
}
