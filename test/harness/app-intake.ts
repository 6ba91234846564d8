// Sends archives of apps to a running platform as a partner's backend, and looks at what it kept.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { workplaceOf } from '../../platform/server/src/rooms/mini-apps/workplace.ts';
import { type AppFiles, archiveOf, digestsOf } from './app-archive.ts';
import type { TestPlatform } from './platform.ts';
import { backendToken } from './tokens.ts';

export interface IntakeReply {
  readonly status: number;
  // Tests look into replies of every shape.
  readonly body: { readonly [name: string]: unknown };
}

export interface Intake {
  /** Sends files as an archive with their digests, under a key of its own unless one is given. */
  submit(files: AppFiles, options?: { key?: string; digests?: ReturnType<typeof digestsOf> }): Promise<IntakeReply>;
  /** Sends bytes as they are. */
  send(archive: BodyInit, options?: { digest?: string; headers?: Record<string, string> }): Promise<IntakeReply>;
  get(address: string): Promise<IntakeReply>;
}

export const SOME_DIGEST = `sha256:${'0'.repeat(64)}`;

export async function intakeOf(running: TestPlatform, slug: string): Promise<Intake> {
  const partner = running.demo.partners.find((one) => one.slug === slug);
  if (!partner) throw new Error(`the demo has ${slug}`);
  const token = await backendToken(running.demo.issuer, partner.client, 'partner.apps:read partner.apps:write partner.events:read');
  const call = async (address: string, init: RequestInit = {}): Promise<IntakeReply> => {
    const headers = { authorization: `Bearer ${token}`, 'accept-language': 'en', ...init.headers };
    const response = await fetch(`${running.baseUrl}${address}`, { ...init, headers });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const post = (query: URLSearchParams, body: BodyInit, headers: Record<string, string>) =>
    call(`/v1/partner/app-submissions?${query}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/gzip', 'idempotency-key': crypto.randomUUID(), ...headers },
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    });
  return {
    submit: async (files, { key = crypto.randomUUID(), digests = digestsOf(files) } = {}) => {
      const query = new URLSearchParams({ digest: digests.digest, ...(digests.bundleDigest && { bundleDigest: digests.bundleDigest }) });
      return post(query, new Uint8Array(await archiveOf(files)), { 'idempotency-key': key });
    },
    send: (archive, { digest = SOME_DIGEST, headers = {} } = {}) => post(new URLSearchParams({ digest }), archive, headers),
    get: (address) => call(address),
  };
}

/** What the intake has on the disk: archives that are kept, archives on their way, and folders in which it works. */
export async function keptBy({ dataDirectory }: TestPlatform): Promise<{ kept: string[]; incoming: string[]; working: string[] }> {
  const store = path.join(dataDirectory, 'store');
  const workplace = workplaceOf(dataDirectory);
  const files = await readdir(path.join(store, 'sha256'), { recursive: true, withFileTypes: true }).catch(() => []);
  return {
    kept: files.filter((entry) => entry.isFile()).map(({ name }) => name),
    incoming: await readdir(path.join(store, 'incoming')),
    working: (await readdir(path.dirname(workplace))).filter((name) => name.startsWith(path.basename(workplace))),
  };
}
