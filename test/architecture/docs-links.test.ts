// Links from one file of the repository to another, in every Markdown file; those between pages of the docs are checked to the heading by
// the build of the site (docs/site).
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { REPOSITORY } from './docs-examples.ts';

const run = promisify(execFile);

/** What a reader would follow: not what stands in code, and not what leaves the repository. */
function linksIn(markdown: string): readonly string[] {
  const words = markdown.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const found = [...words.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map(([, link, attribute]) => link ?? attribute ?? '');
  return found.filter((link) => !/^([a-z]+:|\/|#)/.test(link)).map((link) => decodeURI(link.split('#')[0] ?? ''));
}

test('every link from a Markdown file to another file leads to one', async () => {
  const { stdout } = await run('git', ['ls-files', '*.md'], { cwd: REPOSITORY });
  // A template's words are filled in when a project is made of it.
  const files = stdout
    .split('\n')
    .filter((file) => file !== '' && !file.includes('/templates/') && existsSync(path.join(REPOSITORY, file)));
  expect(files.length).toBeGreaterThan(100);
  const broken = files.flatMap((file) =>
    linksIn(readFileSync(path.join(REPOSITORY, file), 'utf8'))
      .filter((link) => !existsSync(path.join(REPOSITORY, path.dirname(file), link)))
      .map((link) => `${file}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('links are found in text, tables and HTML, and not in code or outside', () => {
  const page =
    'See [a](a.md#part) and [`b`](../b/).\n\n| [c](c.md) | ![d](d.png) |\n\n<img src="e.png">\n\n```md\n[no](no.md)\n```\n`[no](no.md)` [out](https://example.vn) [here](#x) [ours](/docs/)';
  expect(linksIn(page)).toEqual(['a.md', '../b/', 'c.md', 'd.png', 'e.png']);
});
