import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { StartupError } from '../kernel/startup-error.ts';
import { safeJson, writePrivate } from '../secrets.ts';

const Person = z.object({ username: z.string(), password: z.string() });

/** What scripts need to use the demo; written with mode 0600 because it holds passwords and private keys. */
export const DemoFile = z.object({
  baseUrl: z.string(),
  issuer: z.string(),
  resource: z.string(),
  admin: Person,
  members: z.array(Person.extend({ province: z.string(), displayName: z.string() })),
  partners: z.array(
    Person.extend({
      slug: z.string(),
      client: z.object({ client_id: z.string(), private_key_jwk: z.looseObject({ kty: z.string() }), redirect_uris: z.array(z.string()) }),
    }),
  ),
  /** A public native app: code + PKCE + DPoP with a loopback redirect, for whoever signs in. */
  nativeClient: z.object({ client_id: z.string(), redirect_uri: z.string() }),
});
export type DemoFile = z.infer<typeof DemoFile>;

export const demoFileIn = (dataDirectory: string): string => path.join(dataDirectory, 'demo.json');

/** The demo file of an earlier start; its keys stay valid, so that scripts go on working. */
export async function readDemoFile(dataDirectory: string): Promise<DemoFile | null> {
  const file = demoFileIn(dataDirectory);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new StartupError(`${file} cannot be read (${error.code}).`, { cause: error });
  });
  if (text === null) return null;
  const parsed = DemoFile.safeParse(safeJson(text));
  if (parsed.success) return parsed.data;
  throw new StartupError(`${file} is damaged; remove it together with the data folder to seed the demo anew.`);
}

export const writeDemoFile = (dataDirectory: string, content: DemoFile): Promise<void> => writePrivate(demoFileIn(dataDirectory), content);
