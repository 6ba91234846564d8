import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildClient } from './client.ts';
import { type Assets, documentOf } from './layout.ts';
import { groupsOf, type NavigationGroup } from './navigation.ts';
import { addressOf, inOrderOfIndex, readPages, type SourcePage, targetOf } from './pages.ts';
import { type LinkTo, type Rendered, render } from './render.ts';
import { searchEntries } from './search-entries.ts';

/** Where the platform serves it. */
const BASE = '/docs/';

export interface SiteSettings {
  /** The folder of the repository. */
  readonly root: string;
  /** An empty folder. */
  readonly into: string;
}

export interface BuiltSite {
  readonly pages: number;
  /** `docs/receipts.md: there is no webhooks.md#retries`; a site with any of them is not to be served. */
  readonly broken: readonly string[];
}

interface Made {
  readonly source: SourcePage;
  readonly rendered: Rendered;
  readonly links: readonly string[];
}

/** Builds the whole site into a folder. Needs no network. */
export async function buildSite({ root, into }: SiteSettings): Promise<BuiltSite> {
  const pages = readPages(root);
  const assets = new Set<string>();
  const made = pages.map((source): Made => {
    const links: string[] = [];
    const rendered = render(source.markdown, linkOf(source, { root, pages, assets, links }));
    return { source, rendered, links };
  });
  const address = (page: string) => addressOf(BASE, page);
  const search = writeSearch(made, into);
  const client = await buildClient({ into, base: BASE });
  const titles = new Map(made.map(({ source, rendered }) => [source.page, rendered.title]));
  const groups = groupsOf(inOrderOfIndex(pages));
  for (const { source, rendered } of made) {
    const html = documentOf({
      ...{ page: source.page, rendered, groups, base: BASE, addressOf: address },
      titleOf: (page) => titles.get(page) ?? page,
      assets: { ...client, search },
    });
    write(into, `${source.page}.html`, html);
    write(into, `${source.page}.md`, source.markdown);
  }
  writeMissing(into, { groups, titles, assets: { ...client, search } });
  for (const file of assets) cpSync(path.join(root, file), path.join(into, assetPlace(file)));
  return { pages: pages.length, broken: brokenLinks(made, { root, pages }) };
}

function write(into: string, name: string, content: string): void {
  const file = path.join(into, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const MISSING = `# There is no such page

Không có trang này. Look for it above, or begin at the [first page](/docs/).
`;

/** What is answered for an address that is none. */
function writeMissing(
  into: string,
  site: { groups: readonly NavigationGroup[]; titles: ReadonlyMap<string, string>; assets: Assets },
): void {
  const rendered = render(MISSING, (link) => link);
  const page = {
    page: '404',
    rendered,
    base: BASE,
    addressOf: (one: string) => addressOf(BASE, one),
    titleOf: (one: string) => site.titles.get(one) ?? one,
  };
  write(into, '404.html', documentOf({ ...page, groups: site.groups, assets: site.assets }));
}

const assetPlace = (file: string) => file.replace(/^docs\//, '');

interface LinkContext {
  readonly root: string;
  readonly pages: readonly SourcePage[];
  readonly assets: Set<string>;
  readonly links: string[];
}

/** An address that begins with `/` is one of the platform's own. */
const linkOf =
  (source: SourcePage, { root, pages, assets, links }: LinkContext): LinkTo =>
  (link) => {
    if (link.startsWith('/')) return link;
    links.push(link);
    const target = targetOf(link, source, { root, pages });
    if (target.kind === 'page') return addressOf(BASE, target.page) + (target.anchor === '' ? '' : `#${target.anchor}`);
    if (target.kind !== 'asset') return null;
    assets.add(target.file);
    return BASE + assetPlace(target.file);
  };

function brokenLinks(made: readonly Made[], context: { root: string; pages: readonly SourcePage[] }): readonly string[] {
  const anchors = new Map(made.map(({ source, rendered }) => [source.page, new Set(rendered.headings.map(({ id }) => id))]));
  const isBroken = (link: string, source: SourcePage) => {
    const target = targetOf(link, source, context);
    if (target.kind === 'nothing') return true;
    return target.kind === 'page' && target.anchor !== '' && !anchors.get(target.page)?.has(target.anchor);
  };
  return made.flatMap(({ source, links }) =>
    links.filter((link) => isBroken(link, source)).map((link) => `${source.file}: there is no ${link}`),
  );
}

/** Named by what is in it, so that browsers keep it for ever and never an old one. */
function writeSearch(made: readonly Made[], into: string): string {
  const entries = searchEntries(made.map(({ source, rendered }) => ({ address: addressOf(BASE, source.page), rendered })));
  const text = JSON.stringify(entries);
  const name = `assets/search-${createHash('sha256').update(text).digest('hex').slice(0, 10)}.json`;
  write(into, name, text);
  return BASE + name;
}
