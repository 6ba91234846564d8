// Archives of apps as `chung submit` would send them, and as it never would. Made apart from the command's own packer, so that the platform is
// tried with what a stranger's program could send.
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { listingOf } from '@chung/contracts';
import { type Header, pack } from 'tar-stream';

/** Content by its path in the archive, e.g. `source/chung.config.ts`. */
export type AppFiles = Readonly<Record<string, string | Buffer>>;

export interface AppChanges {
  readonly appId?: string;
  readonly versionCode?: number;
  readonly permissions?: readonly string[];
  readonly pages?: readonly string[];
  readonly hosts?: readonly string[];
  /** Files besides, or instead. */
  readonly files?: AppFiles;
}

const words = (vi: string, en: string) => JSON.stringify({ vi, en });

function manifestOf({ appId = 'vn.example.gifts', versionCode = 1, permissions = [], pages = [], hosts = [] }: AppChanges): string {
  const asked = permissions.map((name) => `{ name: '${name}', purpose: ${words('Để phục vụ bạn', 'To serve you')} }`);
  const contacted = hosts.map((host) => `{ host: '${host}', reason: ${words('Máy chủ của chúng tôi', 'Our own server')} }`);
  return `import { defineApp } from '@chung/contracts';
export default defineApp({
  app_id: '${appId}',
  name: ${words('Quà tặng', 'Gifts')},
  description: ${words('Quà cho đoàn viên', 'Gifts for members')},
  icons: [{ src: 'icon.svg', sizes: 'any' }],
  version: { code: ${versionCode}, name: '1.${versionCode}.0' },
  platform_version: { min_code: 1 },
  req_permissions: [${asked.join(', ')}],
  allowed_hosts: [${contacted.join(', ')}],
  pages: ${JSON.stringify(pages)},
  age_rating: 'all',
  data_retention: { kept: 'none' },
  contact: { email: 'lienhe@example.vn' },
});
`;
}

const TSCONFIG = JSON.stringify({
  compilerOptions: { ...{ target: 'ES2024', module: 'ESNext', moduleResolution: 'Bundler', jsx: 'react-jsx', strict: true }, types: [] },
  include: ['**/*.ts', '**/*.tsx'],
});

/** An app of offers alone, whole and without a fault, with what a test changes in it. */
export const appFiles = (changes: AppChanges = {}): AppFiles => ({
  'source/chung.config.ts': manifestOf(changes),
  'source/package.json': '{ "name": "gifts", "version": "1.0.0", "type": "module" }',
  'source/package-lock.json': '{ "name": "gifts", "lockfileVersion": 3, "packages": { "": { "name": "gifts" } } }',
  'source/tsconfig.json': TSCONFIG,
  'source/icon.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>',
  ...changes.files,
});

export type TarEntry = Partial<Header> & { readonly name: string; readonly content?: string | Buffer };

/** A gzip tar of exactly these entries, in their order, whatever they are. */
export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content = '', ...header } of entries) archive.entry({ mtime: new Date(0), ...header }, content);
  archive.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of archive) if (part instanceof Uint8Array) parts.push(part);
  // Beside everything else: the platform may run in this very process.
  return promisify(gzip)(Buffer.concat(parts));
}

export const archiveOf = (files: AppFiles): Promise<Buffer> => tarOf(Object.entries(files).map(([name, content]) => ({ name, content })));

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

export function digestsOf(files: AppFiles): { readonly digest: string; readonly bundleDigest: string | null } {
  const listed = Object.entries(files).map(([path, content]) => ({ path, sha256: sha256(content) }));
  const bundle = listed.flatMap(({ path, sha256: hash }) => (path.startsWith('bundle/') ? [{ path: path.slice(7), sha256: hash }] : []));
  const digest = (some: typeof listed) => `sha256:${sha256(listingOf(some))}`;
  return { digest: digest(listed), bundleDigest: bundle.length > 0 ? digest(bundle) : null };
}
