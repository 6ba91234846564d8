// What `chung dev` and the platform that it runs say to each other, over the channel between the two processes.
import { Manifest, SCOPE_NAMES, type Scope } from '@chung/contracts';
import { z } from 'zod';

const Words = z.object({ vi: z.string(), en: z.string() });
const ScopeName = z.enum(SCOPE_NAMES as [Scope, ...Scope[]]);
/** A private key (JWK, ES256) made for this project alone; it stays in its `.chung` folder. */
const PrivateKey = z.looseObject({ kty: z.string() });

/** How the platform is to be started; given as JSON in the first argument of its program. */
export const DevStart = z.object({
  dataDirectory: z.string(),
  /** 0 for any free one. */
  port: z.int(),
  /** Hosts on this machine that webhooks may go to. */
  webhookHosts: z.array(z.string()),
});
export type DevStart = z.infer<typeof DevStart>;

const asked = { id: z.int() };

/** What `chung dev` asks of the platform beyond its API: what an operator would do. */
export const DevRequest = z.discriminatedUnion('ask', [
  /** Registers what the manifest says: apps, scopes, and its offers, approved at once. */
  z.object({ ...asked, ask: z.literal('apply'), manifest: Manifest }),
  /** As the member would in the privacy centre. */
  z.object({ ...asked, ask: z.literal('withdraw'), username: z.string(), clientId: z.string(), scope: ScopeName }),
  /** What this member allows the app now. */
  z.object({ ...asked, ask: z.literal('grants'), username: z.string(), clientId: z.string() }),
  /** Moves the platform's clock to this many seconds after the real one. */
  z.object({ ...asked, ask: z.literal('move'), seconds: z.number() }),
]);
export type DevRequest = z.infer<typeof DevRequest>;

const Client = z.object({ clientId: z.string(), privateKey: PrivateKey, scopes: z.array(ScopeName) });

/** What stands on the platform after `apply`. */
export const AppliedApp = z.object({
  /** Who signs in to the partner portal as this partner. */
  partner: z.object({ name: z.string(), username: z.string(), password: z.string() }),
  miniApp: Client.extend({ redirectUri: z.string(), optional: z.array(ScopeName) }),
  backend: Client,
  /** For `chung dev` itself: everything that a partner may do. */
  console: Client,
  offers: z.array(z.object({ ref: z.string(), offerId: z.string(), state: z.string(), problems: z.array(Words) })),
});
export type AppliedApp = z.infer<typeof AppliedApp>;

export const Grants = z.object({ scopes: z.array(ScopeName) });
export const MovedClock = z.object({ now: z.iso.datetime() });

const Member = z.object({
  username: z.string(),
  password: z.string(),
  name: z.string(),
  province: z.string(),
  note: Words,
});
export type DevMember = z.infer<typeof Member>;

/** What the platform says; answers carry the number of what was asked. */
export const DevMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('said'), line: z.string() }),
  z.object({
    kind: z.literal('ready'),
    baseUrl: z.string(),
    members: z.array(Member),
    admin: z.object({ username: z.string(), password: z.string() }),
  }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
  z.object({ kind: z.literal('done'), id: z.int(), value: z.unknown().optional() }),
  z.object({ kind: z.literal('refused'), id: z.int(), problem: Words }),
]);
export type DevMessage = z.infer<typeof DevMessage>;
