import { z } from 'zod';

const PrivateKey = z.looseObject({ kty: z.literal('EC'), crv: z.literal('P-256'), d: z.string().min(1) });

const Environment = z.object({
  CHUNG_ISSUER: z.url('is not an address'),
  CHUNG_CLIENT_ID: z.string().min(1, 'is empty'),
  CHUNG_PRIVATE_KEY: z.string().transform((text, context) => {
    const key = PrivateKey.safeParse(jsonOf(text));
    if (key.success) return key.data;
    context.addIssue({ code: 'custom', message: 'is not a private key (JWK, ES256)' });
    return z.NEVER;
  }),
  CHUNG_WEBHOOK_SECRET: z
    .string()
    .regex(/^wh(pk|sec)_\S+$/, 'does not begin with whpk_ or whsec_')
    .transform((text) => text.split(',')),
  PORT: z.coerce.number('is not a port').int().min(0).max(65_535).default(3_000),
});

/** What the backend is started with. */
export interface Settings {
  readonly issuer: string;
  readonly clientId: string;
  readonly privateKey: z.infer<typeof PrivateKey>;
  /** Of the webhook endpoint; several during a rotation. */
  readonly webhookKeys: readonly string[];
  readonly port: number;
}

/** Reads the environment, and names everything that is wrong in it at once. Values are not repeated: some are secret. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const read = Environment.safeParse(environment);
  if (!read.success) {
    const wrong = read.error.issues.map(({ path: [name], message }) => {
      const isMissing = environment[String(name)] === undefined;
      return `${String(name)} ${isMissing ? 'is missing' : message}`;
    });
    throw new Error(`The settings are not complete: ${wrong.join('; ')}. See .env.example.`);
  }
  const { CHUNG_ISSUER, CHUNG_CLIENT_ID, CHUNG_PRIVATE_KEY, CHUNG_WEBHOOK_SECRET, PORT } = read.data;
  return {
    issuer: CHUNG_ISSUER,
    clientId: CHUNG_CLIENT_ID,
    privateKey: CHUNG_PRIVATE_KEY,
    webhookKeys: CHUNG_WEBHOOK_SECRET,
    port: PORT,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
