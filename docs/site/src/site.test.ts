import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { finder } from '../client/find.ts';
import { groupsOf } from './navigation.ts';
import { readPages } from './pages.ts';
import type { SearchEntry } from './search-entries.ts';
import { buildSite } from './site.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-docs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const built = (name: string) => readFile(path.join(folder, 'site', name), 'utf8');

/** Builds a repository of a few files. */
async function build(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const { broken } = await buildSite({ root: folder, into: path.join(folder, 'site') });
  return broken;
}

describe('a small site', () => {
  const FILES = {
    'docs/README.md':
      '# First\n\n[a guide](guide.md#part), [a folder](api/), [a package](../sdk/client/README.md), [source](../sdk/client/index.ts)\n',
    'docs/guide.md': '# Guide\n\n## Part\n\nWords of the part.\n\n![A picture](pictures/one.png)\n',
    'docs/api/README.md': '# API\n\n[second](second.md) before [first](first.md), back [home](../README.md)\n',
    'docs/api/first.md': '# One\n',
    'docs/api/second.md': '# Two\n',
    'docs/pictures/one.png': 'not really',
    'docs/odd.md': '# Odd\n',
    'sdk/client/README.md': '# @chung/client\n',
    'sdk/client/index.ts': '',
  };

  test('links the pages of the repository by the addresses that they are served at, and takes pictures along', async () => {
    expect(await build(FILES)).toEqual([]);
    const first = await built('index.html');
    for (const address of ['/docs/guide#part', '/docs/api/', '/docs/packages/client']) expect(first).toContain(`href="${address}"`);
    expect(first).toContain('source</p>');
    expect(await built('guide.html')).toContain('<img src="/docs/pictures/one.png"');
    expect(await built('pictures/one.png')).toBe('not really');
    expect(await built('guide.md')).toBe(FILES['docs/guide.md']);
  });

  test('lists every page once, those of a folder in the order of its index', async () => {
    await build(FILES);
    const links = [...(await built('api/index.html')).matchAll(/<li[^>]*><a href="([^"]+)"/g)].map(([, address]) => address);
    expect(links).toEqual(
      ['/docs/', '/docs/guide', '/docs/api/', '/docs/api/second', '/docs/api/first', '/docs/packages/client', '/docs/odd'].toSorted(
        (a, b) => links.indexOf(a) - links.indexOf(b),
      ),
    );
    expect(links.indexOf('/docs/api/second')).toBeLessThan(links.indexOf('/docs/api/first'));
  });

  test('says which links lead nowhere: a page, a heading, a file', async () => {
    expect(
      await build({
        ...FILES,
        'docs/odd.md': '# Odd\n\n[a](gone.md) [b](guide.md#gone) [c](../gone.ts) [d](#gone) [e](#odd) ![f](gone.png)\n',
      }),
    ).toEqual(['gone.md', 'guide.md#gone', '../gone.ts', '#gone', 'gone.png'].map((link) => `docs/odd.md: there is no ${link}`));
  });
});

describe('our docs', () => {
  test('build without a link that leads nowhere, and hold no script or style that a strict policy would refuse', async () => {
    const { broken, pages } = await buildSite({ root: REPOSITORY, into: folder });
    expect(broken).toEqual([]);
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.html'));
    // One more: the page for what is not there.
    expect(files).toHaveLength(pages + 1);
    for (const name of files) {
      const html = await readFile(path.join(folder, name), 'utf8');
      expect([name, html.match(/<script(?![^>]* src=)|<style|<[a-z][^>]*\s(?:style|on[a-z]+)=/i)]).toEqual([name, null]);
      expect([name, [...html.matchAll(/(?:src|href)="(https?:\/\/[^"]+\.(?:js|css|png|woff2?))"/g)]]).toEqual([name, []]);
    }
  });

  test('stand all in the navigation, once', () => {
    const pages = readPages(REPOSITORY).map(({ page }) => page);
    const listed = groupsOf(pages).flatMap((group) => group.pages);
    expect(listed.toSorted()).toEqual(pages.toSorted());
    expect(groupsOf(pages).map(({ title }) => title)).not.toContain('More');
  });

  test('are found without accents, by the beginning of a word and with a slip', async () => {
    await buildSite({ root: REPOSITORY, into: folder });
    const name = (await readdir(path.join(folder, 'assets'))).find((file) => file.endsWith('.json')) ?? '';
    const entries: SearchEntry[] = JSON.parse(await readFile(path.join(folder, 'assets', name), 'utf8'));
    const find = finder(entries);
    const first = (words: string) => find(words)[0]?.address;
    expect(find('hang cho va boc tham').map(({ address }) => address)).toContain('/docs/api/queues');
    expect(first('partner.offers.create')).toBe('/docs/api/partner-offers#partnerofferscreate');
    expect(first('limit_reached')).toBe('/docs/errors/limit_reached');
    expect(find('idempotncy').length).toBeGreaterThan(0);
    expect(find('webhoo').map(({ address }) => address)).toContain('/docs/webhooks');
    expect(find('zzzz qqqq')).toEqual([]);
  });
});
