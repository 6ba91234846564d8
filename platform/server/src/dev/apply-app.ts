import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { AppliedApp } from '@chung/cli/dev-protocol';
import { type Manifest, type OfferDraft, type OfferId, type PartnerId, SCOPES, type Scope, scopesOf, type Text } from '@chung/contracts';
import type { Platform } from '../compose.ts';
import { DomainError } from '../kernel/errors.ts';
import { type DevFile, readDevFile, writeDevFile } from './dev-file.ts';

/** A development default, like those of the demo; production has no developer. */
const DEVELOPER = { username: 'developer', displayName: 'Nhà phát triển', password: 'developer-2026' };
const PARTNER = { slug: 'developer', name: 'Đối tác của bạn', legalName: 'Đối tác của bạn (chung dev)', taxId: '9900000099' };
/** Nobody listens there: `chung dev` reads the code from the answer that leads to it. */
const REDIRECT_URI = 'http://127.0.0.1/chung-dev/callback';
/** Codes made for an offer with a pool, so that it can be claimed at once; beyond that a developer waits too long for a start. */
const CODES_MAX = 100_000;

export interface Applying {
  readonly platform: Platform;
  readonly dataDirectory: string;
}

/**
 * Puts an app on the platform as its manifest says: a partner, its clients with the scopes that are requested, and the offers, through the
 * same review checks as anybody's and approved at once. Applied again it changes what changed. What the platform refuses of an offer is
 * told with that offer and stops nothing else.
 */
export async function applyApp({ platform, dataDirectory }: Applying, manifest: Manifest): Promise<AppliedApp> {
  const partnerId = await ensurePartner(platform, manifest);
  const file = await readDevFile(dataDirectory);
  const clients = await saveClients(platform, { partnerId, manifest, keys: file.keys });
  const offers: AppliedApp['offers'] = [];
  for (const { ref, draft } of manifest.offers) {
    const key = `${manifest.app_id}/${ref}`;
    const known = file.offers[key];
    const applied = await applyOffer(platform, { partnerId, draft, known });
    if (applied.offerId !== known) {
      file.offers[key] = applied.offerId;
      await writeDevFile(dataDirectory, file);
    }
    offers.push({ ref, ...applied });
  }
  return { partner: { name: PARTNER.name, username: DEVELOPER.username, password: DEVELOPER.password }, ...clients, offers };
}

async function ensurePartner({ db, partners }: Platform, { contact }: Manifest): Promise<PartnerId> {
  const known =
    (await partners.findBySlug(PARTNER.slug)) ?? (await partners.register({ ...PARTNER, contactEmail: contact.email, owner: DEVELOPER }));
  if (known.status === 'applied') await db.tx((tx) => partners.decide(tx, { partnerId: known.id, decision: 'approve', reason: '' }));
  return known.id;
}

async function saveClients(
  { db, identity }: Platform,
  { partnerId, manifest, keys }: { partnerId: PartnerId; manifest: Manifest; keys: DevFile['keys'] },
): Promise<Pick<AppliedApp, 'miniApp' | 'backend' | 'console'>> {
  const asked = manifest.req_permissions;
  const ofMember = asked.filter(({ name }) => SCOPES[name].holder === 'member');
  const scopes = [...new Set<Scope>(['openid', ...ofMember.map(({ name }) => name)])];
  const optional = ofMember.filter((one) => one.optional).map(({ name }) => name);
  const purposes = Object.fromEntries(ofMember.map(({ name, purpose }) => [name, purpose]));
  const backendScopes = asked.map(({ name }) => name).filter((name) => SCOPES[name].holder === 'partner');
  const { app_id: appId } = manifest;
  const client = (clientId: string, name: string, key: DevFile['keys'][keyof DevFile['keys']]) => {
    const { d: _private, ...open } = key;
    return { clientId, partnerId, name, jwks: { keys: [open] }, redirectUris: [], purposes: {} };
  };
  await db.tx(async (tx) => {
    const name = manifest.name.vi;
    await identity.saveClient(tx, {
      ...client(appId, name, keys.miniApp),
      redirectUris: [REDIRECT_URI],
      scopes,
      optionalScopes: optional,
      purposes,
    });
    await identity.saveClient(tx, { ...client(`${appId}.backend`, `${name} (máy chủ)`, keys.backend), scopes: backendScopes });
    await identity.saveClient(tx, { ...client(`${appId}.console`, 'chung dev', keys.console), scopes: scopesOf('partner') });
  });
  return {
    miniApp: { clientId: appId, privateKey: keys.miniApp, scopes, optional, redirectUri: REDIRECT_URI },
    backend: { clientId: `${appId}.backend`, privateKey: keys.backend, scopes: backendScopes },
    console: { clientId: `${appId}.console`, privateKey: keys.console, scopes: [...scopesOf('partner')] },
  };
}

interface AppliedOffer {
  readonly offerId: OfferId;
  readonly state: string;
  readonly problems: Text[];
}

async function applyOffer(
  platform: Platform,
  { partnerId, draft, known }: { partnerId: PartnerId; draft: OfferDraft; known: OfferId | undefined },
): Promise<AppliedOffer> {
  const { db, offers } = platform;
  const before = known ? await offers.find({ partnerId, offerId: known }) : null;
  if (before && before.state === 'published' && isDeepStrictEqual(before.terms, draft))
    return { offerId: before.id, state: before.state, problems: [] };
  const offer = before
    ? await db.tx((tx) => offers.change(tx, { partnerId, offerId: before.id, change: draft }))
    : await db.tx((tx) => offers.create(tx, { partnerId, draft }));
  if (draft.codes === 'pool' && (offer.codes?.free ?? 0) < draft.stock) await fillPool(platform, { partnerId, offerId: offer.id, draft });
  const problems = offer.state === 'published' ? [] : await publish(platform, { partnerId, offerId: offer.id });
  const after = await offers.find({ partnerId, offerId: offer.id });
  return { offerId: offer.id, state: after?.state ?? offer.state, problems };
}

async function fillPool(
  { offers }: Platform,
  { partnerId, offerId, draft }: { partnerId: PartnerId; offerId: OfferId; draft: OfferDraft },
): Promise<void> {
  const lines = Array.from({ length: Math.min(draft.stock, CODES_MAX) }, () => `DEV-${randomBytes(10).toString('hex').toUpperCase()}\n`);
  await offers.uploadCodes({ partnerId, offerId, stream: Readable.from([lines.join('')]) });
}

/** Submitted with the same checks as in earnest; who would read it is away, so it is approved at once. */
async function publish(
  { db, identity, reviews }: Platform,
  { partnerId, offerId }: { partnerId: PartnerId; offerId: OfferId },
): Promise<Text[]> {
  const admin = await identity.findAccount('admin');
  if (!admin) throw new Error('the platform has no admin');
  try {
    await db.tx(async (tx) => {
      const { id: submissionId } = await reviews.submit(tx, { partnerId, offerId, language: 'vi' });
      await reviews.decide(tx, { submissionId, accountId: admin.id, decision: { decision: 'approve' } });
    });
    return [];
  } catch (error) {
    if (error instanceof DomainError && error.code === 'checks_failed') return (error.extras.reasons ?? []).map(({ text }) => text);
    throw error;
  }
}
