import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type Finding, found } from '../findings.ts';
import { placeIn, relativeTo } from '../place.ts';
import knownBad from './known-bad.json' with { type: 'json' };

const LOCK_FILE = 'package-lock.json';

/** What may be served to others without a word from their authors (SPDX). */
const ALLOWED: ReadonlySet<string> = new Set([
  ...['MIT', 'MIT-0', 'ISC', 'Apache-2.0', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'CC-BY-4.0'],
  ...['Unlicense', 'Zlib', 'Python-2.0', 'MPL-2.0', 'WTFPL', 'OFL-1.1', 'Artistic-2.0'],
]);

const LockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
      resolved: z.string().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
      devDependencies: z.record(z.string(), z.string()).optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
type Packages = z.infer<typeof LockFile>['packages'];
type Package = Packages[string];

/** Licences and known-bad versions of what is installed, from the lock file alone: no registry is asked. */
export function checkDependencies(root: string): readonly Finding[] {
  const file = lockFileFor(root);
  if (!file) {
    const detail = { vi: `Không thấy ${LOCK_FILE}.`, en: `There is no ${LOCK_FILE}.` };
    return [found('CH704', { subject: LOCK_FILE, detail, at: null })];
  }
  const text = readFileSync(file, 'utf8');
  const lock = LockFile.safeParse(parsed(text));
  if (!lock.success) {
    const detail = { vi: `${LOCK_FILE} không đọc được.`, en: `${LOCK_FILE} cannot be read; make it anew with npm install.` };
    return [found('CH704', { subject: LOCK_FILE, detail, at: placeIn({ root, file, text }, 0, 0) })];
  }
  const { packages } = lock.data;
  const needed = neededBy(relativeTo(path.dirname(file), root), packages);
  return Object.entries(packages).flatMap(([place, entry]) => {
    if (!place.includes('node_modules/') || entry.link || !needed.has(place)) return [];
    const start = text.indexOf(`"${place}"`);
    return packageFindings(
      place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
      entry,
      placeIn({ root, file, text }, start, start + place.length + 2),
    );
  });
}

/** What an app of a workspace needs, directly or through others; its neighbours' packages are not its own. An app alone has all. */
function neededBy(app: string, packages: Packages): ReadonlySet<string> {
  if (app === '' || !packages[app]) return new Set(Object.keys(packages));
  const needed = new Set([app]);
  // A set grows while it is walked.
  for (const place of needed) {
    const { dependencies, devDependencies, optionalDependencies, link, resolved } = packages[place] ?? {};
    if (link && resolved !== undefined) needed.add(resolved);
    const names = Object.keys({ ...dependencies, ...optionalDependencies, ...(place === app && devDependencies) });
    for (const name of names) needed.add(installedFor(place, name, packages));
  }
  return needed;
}

/** Where Node finds a package from another one: beside it, or in a folder above. */
function installedFor(place: string, name: string, packages: Packages): string {
  for (let folder = place; folder !== '' && folder !== '.'; folder = path.posix.dirname(folder)) {
    const candidate = `${folder}/node_modules/${name}`;
    if (packages[candidate]) return candidate;
  }
  return `node_modules/${name}`;
}

/** That of the app, or of the workspace it is in; it is not looked for outside the repository. */
function lockFileFor(root: string): string | null {
  for (let folder = root; ; folder = path.dirname(folder)) {
    const file = path.join(folder, LOCK_FILE);
    if (existsSync(file)) return file;
    if (existsSync(path.join(folder, '.git')) || folder === path.dirname(folder)) return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const KnownBad = z.object({
  /** When the list was last gone through. */
  dated: z.iso.date(),
  /** Releases that carried malicious code, or were sabotaged, by what happened; each with who tells of it. */
  incidents: z.array(
    z.object({ what: z.string(), when: z.iso.date(), source: z.url(), versions: z.record(z.string(), z.array(z.string()).min(1)) }),
  ),
});
const { dated, incidents } = KnownBad.parse(knownBad);

/** `name@version` of a bad release, and who tells of it. */
const badReleases: ReadonlyMap<string, string> = new Map(
  incidents.flatMap(({ source, versions }) =>
    Object.entries(versions).flatMap(([name, bad]) => bad.map((version): [string, string] => [`${name}@${version}`, source])),
  ),
);

function packageFindings(name: string, { version = '', license, dev }: Package, at: Finding['at']): readonly Finding[] {
  const findings: Finding[] = [];
  const subject = `${name}@${version}`;
  const source = badReleases.get(subject);
  if (source !== undefined) {
    const detail = {
      vi: `${subject} nằm trong danh sách có hại (${dated}); xem ${source}.`,
      en: `${subject} is on the list of bad versions of ${dated}; see ${source}.`,
    };
    findings.push(found('CH703', { subject, detail, at }));
  }
  // What only builds the app is not given on, so that its licence is the partner's own matter.
  if (dev || name.startsWith('@chung/')) return findings;
  if (license === undefined) {
    const detail = { vi: `Không rõ giấy phép của ${subject}.`, en: `The licence of ${subject} is not known.` };
    findings.push(found('CH702', { subject, detail, at }));
  } else if (!isAllowed(license)) {
    const detail = { vi: `${subject} có giấy phép ${license}.`, en: `${subject} is under ${license}.` };
    findings.push(found('CH701', { subject, detail, at }));
  }
  return findings;
}

/** An SPDX expression: of alternatives one must be allowed, of what holds together all. */
export function isAllowed(expression: string): boolean {
  const bare = expression.replaceAll(/[()]/g, ' ').trim();
  return bare
    .split(/\s+OR\s+/i)
    .some((side) => side.split(/\s+AND\s+/i).every((licence) => ALLOWED.has(licence.trim().replace(/\s+WITH\s+.*$/i, ''))));
}
