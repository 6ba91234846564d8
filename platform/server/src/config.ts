import path from 'node:path';
import type { JWK } from 'jose';
import { z } from 'zod';
import { StartupError } from './kernel/startup-error.ts';

const flag = z.enum(['0', '1']).transform((value) => value === '1');
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const privateJwk = (curve: string) => z.looseObject({ kty: z.string(), crv: z.literal(curve), kid: z.string(), d: z.string() });
/** An old key for receipts needs no private part to verify what it signed; `nbf` says when a new one begins to sign. */
const receiptJwk = privateJwk('Ed25519').extend({ d: z.string().optional(), nbf: z.int().optional(), exp: z.int().optional() });

const jwkSet = (key: z.ZodType<{ d?: string | undefined }>) =>
  z
    .string()
    .transform((text, context) => {
      try {
        const parsed: unknown = JSON.parse(text);
        return parsed;
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(z.object({ keys: z.array(key).refine((keys) => keys.some(({ d }) => d !== undefined), 'holds no private key') }))
    .transform((set) => set.keys as JWK[]);

/** The "bad ports" of the WHATWG Fetch standard above 1024: a page there opens in no browser, and our own fetch refuses them too. */
const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** How every setting is read. */
const SCHEMAS = {
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .refine((port) => !BLOCKED_PORTS.has(port), 'is a port that browsers refuse to open; choose another')
    .default(4100),
  HOST: z.string().min(1).default('127.0.0.1'),
  CHUNG_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  CHUNG_DATA_DIR: z.string().min(1).default('.data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  CHUNG_DEMO: flag.default(true),
  CHUNG_DEMO_MEMBERS: z.coerce.number().int().min(100).max(10_000_000).default(100_000),
  CHUNG_SECRET: z.string().min(43, 'is shorter than 32 random bytes in base64url (43 characters)').optional(),
  CHUNG_TOKEN_KEYS: jwkSet(privateJwk('P-256')).optional(),
  CHUNG_RECEIPT_KEYS: jwkSet(receiptJwk).optional(),
  CHUNG_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
  CHUNG_RATE_FACTOR: z.coerce.number().min(0.01).max(10_000).default(1),
  CHUNG_TRUSTED_PROXIES: list.default([]),
  CHUNG_METRICS_TOKEN: z.string().min(16).optional(),
  CHUNG_UPSTREAM_ISSUER: z.url().optional(),
  CHUNG_UPSTREAM_CLIENT_ID: z.string().min(1).optional(),
  CHUNG_UPSTREAM_CLIENT_SECRET: z.string().min(1).optional(),
  CHUNG_UPSTREAM_LABEL: z.string().min(1).max(60).optional(),
  CHUNG_WEBHOOK_HOSTS: list.default([]),
  CHUNG_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
};

/** The words of the table in docs/settings.md. */
export const SETTINGS: Readonly<Record<keyof typeof SCHEMAS, { readonly shown: string; readonly meaning: string }>> = {
  PORT: { shown: '4100', meaning: 'Port of the HTTP server' },
  HOST: { shown: '127.0.0.1', meaning: 'Address it listens on; `0.0.0.0` for all' },
  CHUNG_BASE_URL: {
    shown: 'http://localhost:PORT',
    meaning: 'Public address of the platform and issuer of its tokens, without a trailing slash; required and https in production',
  },
  CHUNG_DATA_DIR: {
    shown: '.data',
    meaning: 'Embedded database, development keys, reports, submitted apps (`store/`, which several servers share)',
  },
  DATABASE_URL: {
    shown: 'embedded PostgreSQL',
    meaning:
      'Your own PostgreSQL ≥ 15, as the owner of its database; required in production. The server itself connects as the role `chung_server`',
  },
  CHUNG_DEMO: { shown: '1', meaning: '`0` starts empty; the demo is refused in production' },
  CHUNG_DEMO_MEMBERS: { shown: '100000', meaning: 'Members in the demo’s register' },
  CHUNG_SECRET: {
    shown: 'made once, kept in the data folder',
    meaning:
      'Root of all derived keys (cookies, cursors, sealing, pairwise ids, database role); required in production; changing it orphans sealed data',
  },
  CHUNG_TOKEN_KEYS: {
    shown: 'made once, kept in the data folder',
    meaning: 'Private JWK set (ES256) that signs tokens, first key first; required in production',
  },
  CHUNG_RECEIPT_KEYS: {
    shown: 'made once, kept in the data folder',
    meaning:
      'JWK set (Ed25519): the first private key whose `nbf` has passed signs receipts, all others verify; without it keys live in the database and rotate by themselves',
  },
  CHUNG_POOL_SIZE: { shown: '10', meaning: 'Database connections of one server process' },
  CHUNG_RATE_FACTOR: { shown: '1', meaning: 'Multiplies all rate limits' },
  CHUNG_TRUSTED_PROXIES: { shown: '', meaning: 'Addresses or ranges of proxies whose `X-Forwarded-*` count, comma-separated' },
  CHUNG_METRICS_TOKEN: { shown: '', meaning: 'Bearer token for `/metrics`; without it only loopback may read them' },
  CHUNG_UPSTREAM_ISSUER: { shown: '', meaning: 'OpenID provider through which members also sign in' },
  CHUNG_UPSTREAM_CLIENT_ID: { shown: '', meaning: 'Our client id there' },
  CHUNG_UPSTREAM_CLIENT_SECRET: { shown: '', meaning: 'Our client secret there' },
  CHUNG_UPSTREAM_LABEL: { shown: '', meaning: 'Words on its button' },
  CHUNG_WEBHOOK_HOSTS: {
    shown: '',
    meaning:
      'Hosts that webhooks may go to by plain http and on a private address, comma-separated, such as `localhost`; for development, refused in production',
  },
  CHUNG_LOG_LEVEL: { shown: 'info', meaning: 'Log level; the log is JSON lines, in development in the data folder' },
};

/** What production must be told by name: each has a development default that would be unsafe there. */
const REQUIRED_IN_PRODUCTION = ['CHUNG_BASE_URL', 'DATABASE_URL', 'CHUNG_SECRET', 'CHUNG_TOKEN_KEYS', 'CHUNG_RECEIPT_KEYS'] as const;

const Settings = z.object({ NODE_ENV: z.string().default('development'), ...SCHEMAS });

export interface Config extends z.output<typeof Settings> {
  readonly production: boolean;
  readonly dataDirectory: string;
  readonly baseUrl: string;
}

/** Reads all settings; a wrong start names everything that is wrong at once, and never shows a value. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>, workingDirectory: string): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const parsed = Settings.safeParse(given);
  const production = given['NODE_ENV'] === 'production';
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (production) problems.push(...productionProblems(given));
  if (!parsed.success || problems.length > 0)
    throw new StartupError(
      `These settings need your attention (see docs/settings.md):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  return {
    ...parsed.data,
    production,
    dataDirectory: path.resolve(workingDirectory, parsed.data.CHUNG_DATA_DIR),
    baseUrl: (parsed.data.CHUNG_BASE_URL ?? `http://localhost:${parsed.data.PORT}`).replace(/\/+$/, ''),
  };
}

function productionProblems(given: Readonly<Record<string, string | undefined>>): string[] {
  const missing = REQUIRED_IN_PRODUCTION.filter((name) => given[name] === undefined).map(
    (name) => `${name}: has only a development default; set it for production`,
  );
  const demo =
    given['CHUNG_DEMO'] === '0' ? [] : ['CHUNG_DEMO: the demo with its known passwords is a development default; set CHUNG_DEMO=0'];
  const plain =
    given['CHUNG_BASE_URL'] !== undefined && !given['CHUNG_BASE_URL'].startsWith('https:')
      ? ['CHUNG_BASE_URL: must be https in production']
      : [];
  const hosts =
    given['CHUNG_WEBHOOK_HOSTS'] === undefined
      ? []
      : ['CHUNG_WEBHOOK_HOSTS: lets webhooks reach private addresses and is for development; leave it out'];
  return [...missing, ...demo, ...plain, ...hosts];
}
