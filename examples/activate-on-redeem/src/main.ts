import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { connectBackend } from './backend.ts';
import { followOnce } from './follow.ts';

const Demo = z.object({
  issuer: z.string(),
  partners: z.array(
    z.object({ slug: z.string(), client: z.object({ client_id: z.string(), private_key_jwk: z.looseObject({ kty: z.string() }) }) }),
  ),
});

const [slug = 'vinaphone', demoFile = '../../.data/demo.json'] = process.argv.slice(2);
const CURSOR_FILE = new URL('../.cursor', import.meta.url);
const PAUSE_MS = 2_000;

const demo = Demo.parse(JSON.parse(await readFile(new URL(demoFile, new URL('../', import.meta.url)), 'utf8')));
const partner = demo.partners.find((candidate) => candidate.slug === slug);
if (!partner) throw new Error(`The demo has no partner ${slug}; it has ${demo.partners.map((candidate) => candidate.slug).join(', ')}.`);
const client = await connectBackend({
  issuer: demo.issuer,
  clientId: partner.client.client_id,
  privateKey: partner.client.private_key_jwk,
});
const cursors = {
  read: () => readFile(CURSOR_FILE, 'utf8').catch(() => undefined),
  write: (cursor: string) => writeFile(CURSOR_FILE, cursor),
};
process.stdout.write(`Following the events of ${slug}; claim one of its offers in the member app.\n`);
for (;;) {
  const seen = await followOnce({
    client,
    cursors,
    activate: async (redemptionId) => void process.stdout.write(`Activated the benefit of redemption ${redemptionId}.\n`),
  });
  if (seen === 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
