// A registry for one scope: what `npm install @chung/…` would find once the packages are published. Everything else comes from npm's own.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { publishedPackages } from '../../platform/setup/sdk-packages.mjs';

export interface Registry {
  /** Under these npm finds the packages here. A file, since shells drop variables with a name like this setting's. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Serves the packed packages to npm, on this machine; `folder` gets npm's settings, those of this machine's user and one more. */
export async function openRegistry(tarballs: Readonly<Record<string, string>>, folder: string): Promise<Registry> {
  const manifests = new Map(publishedPackages().map(({ manifest }) => [manifest.name, manifest]));
  const files = new Map(Object.entries(tarballs).map(([name, file]) => [`/files/${path.basename(file)}`, { name, file }]));
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://registry');
    const asked = files.get(pathname);
    if (asked) return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(await readFile(asked.file));
    const name = decodeURIComponent(pathname.slice(1));
    const [manifest, file] = [manifests.get(name), tarballs[name]];
    if (!manifest || file === undefined) return void response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    const integrity = `sha512-${createHash('sha512')
      .update(await readFile(file))
      .digest('base64')}`;
    const dist = { tarball: `http://${request.headers.host}/files/${path.basename(file)}`, integrity };
    const { version } = manifest;
    const document = { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = path.join(folder, 'npmrc');
  const ofUser = await readFile(process.env['npm_config_userconfig'] ?? path.join(homedir(), '.npmrc'), 'utf8').catch(() => '');
  await writeFile(settings, `${ofUser}\n@chung:registry=http://127.0.0.1:${port}/\n`);
  return {
    env: { npm_config_userconfig: settings },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
