/** A group of the navigation: pages by their names, and folders whose pages are listed while one of them is open. */
interface Group {
  readonly title: string;
  readonly pages: readonly string[];
}

/** In the order in which a partner needs them. A page that stands nowhere comes last, so that none is ever hidden. */
const GROUPS: readonly Group[] = [
  { title: 'Start', pages: ['index', 'getting-started', 'getting-started-vi', 'mini-apps', 'manifest', 'testing', 'going-live'] },
  { title: 'Guides', pages: ['webhooks', 'receipts', 'code-pools', 'statements', 'examples/*'] },
  { title: 'Reference', pages: ['cli', 'events', 'api/index', 'api/*', 'scopes', 'errors/index', 'errors/*', 'check/index', 'check/*'] },
  { title: 'Packages', pages: ['packages/*'] },
  { title: 'Platform', pages: ['settings', 'operating', 'proof', 'screens', 'glossary', 'decisions/index', 'decisions/*'] },
];

export interface NavigationGroup {
  readonly title: string;
  readonly pages: readonly string[];
}

const folderOf = (page: string) => (page.includes('/') ? page.slice(0, page.indexOf('/')) : '');

/** Folders with too many pages to list them all the time. */
const LONG = new Set(['errors', 'check', 'decisions', 'api']);

/** All pages in their groups; what comes before and after a page is read off it. */
export function groupsOf(pages: readonly string[]): readonly NavigationGroup[] {
  const placed = new Set<string>();
  const take = (wanted: string) => {
    const matching = wanted.endsWith('/*')
      ? pages.filter((page) => folderOf(page) === wanted.slice(0, -2))
      : pages.filter((page) => page === wanted);
    const free = matching.filter((page) => !placed.has(page));
    for (const page of free) placed.add(page);
    return free;
  };
  const groups = GROUPS.map(({ title, pages: wanted }) => ({ title, pages: wanted.flatMap(take) }));
  const others = pages.filter((page) => !placed.has(page));
  return [...groups, { title: 'More', pages: others }].filter((group) => group.pages.length > 0);
}

/** Whether the navigation of an open page lists another one. */
export function isListed(page: string, open: string): boolean {
  const folder = folderOf(page);
  return !LONG.has(folder) || page.endsWith('/index') || folder === folderOf(open);
}
