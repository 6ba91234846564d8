import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Db } from '../../../kernel/db.ts';
import type { TokenReader } from '../tokens/token-reader.ts';
import {
  consumeArtifact,
  deleteArtifact,
  denyToken,
  findArtifact,
  findArtifactByUid,
  revokeByGrantId,
  upsertArtifact,
} from './artifact-store.ts';
import type { KnownApps } from './known-apps.ts';
import { structuredTokenIn } from './structured-tokens.ts';

export interface AdapterDeps {
  readonly db: Db;
  readonly apps: KnownApps;
  readonly tokens: TokenReader;
  /** Longest life of an access token: as long must a revoked one be remembered. */
  readonly accessTokenSeconds: number;
}

/** oidc-provider's storage on PostgreSQL. Apps come from their own table and cannot be written from here. */
export function createAdapter(deps: AdapterDeps): (model: string) => Adapter {
  return (model) => (model === 'Client' ? appAdapter(deps.apps) : artifactAdapter(deps, model));
}

/** Parameters of a request are kept as they came, and `jsonb` takes any character but this one. */
const holdsNul = (payload: AdapterPayload): boolean => /(?<!\\)(\\\\)*\\u0000/.test(JSON.stringify(payload));

function artifactAdapter(deps: AdapterDeps, model: string): Adapter {
  const { db } = deps;
  // The payload's type lists every field of every model; what comes back is what oidc-provider stored.
  const asPayload = (stored: Record<string, unknown> | undefined) => stored as AdapterPayload | undefined;
  const isAccessToken = model === 'AccessToken' || model === 'ClientCredentials';
  return {
    upsert: async (id, payload, expiresIn) => {
      if (holdsNul(payload)) throw new errors.InvalidRequest('a parameter has a NUL character');
      await upsertArtifact(db, { model, id, payload: { ...payload }, expiresInSeconds: expiresIn ?? 0 });
    },
    find: async (id) => {
      const token = isAccessToken ? structuredTokenIn(id) : null;
      return token === null ? asPayload(await findArtifact(db, model, id)) : asPayload(await storedViewOf(deps, model, token));
    },
    findByUid: async (uid) => asPayload(await findArtifactByUid(db, model, uid)),
    findByUserCode: async () => undefined,
    consume: async (id) => {
      const { first, grantId } = await consumeArtifact(db, model, id);
      if (first) return;
      // Two requests brought the same code or refresh token at once: one copy is stolen, nobody knows which.
      if (grantId !== null) await revokeByGrantId(db, grantId);
      throw model === 'PushedAuthorizationRequest' ? new errors.InvalidRequestUri() : new errors.InvalidGrant('already used');
    },
    destroy: async (id) => {
      if (isAccessToken) await denyToken(db, id, deps.accessTokenSeconds);
      await deleteArtifact(db, model, id);
    },
    revokeByGrantId: (grantId) => revokeByGrantId(db, grantId),
  };
}

/** A JWT access token as if it had been stored, so that introspection and revocation work for it too. */
async function storedViewOf(deps: AdapterDeps, model: string, token: string): Promise<Record<string, unknown> | undefined> {
  const found = await deps.tokens.read(token).catch(() => null);
  if (!found || (model === 'AccessToken') !== (found.claims.gid !== undefined)) return undefined;
  const { claims, standing } = found;
  return {
    kind: model,
    jti: claims.jti,
    iat: claims.iat,
    exp: claims.exp,
    aud: claims.aud,
    clientId: claims.client_id,
    scope: found.scopes.join(' '),
    ...(claims.gid === undefined ? {} : { grantId: claims.gid, accountId: standing.account?.id }),
    ...(claims.cnf === undefined ? {} : { jkt: claims.cnf.jkt }),
  };
}

function appAdapter(apps: KnownApps): Adapter {
  const readOnly = async () => {
    throw new Error('apps are registered through the identity room');
  };
  return {
    find: async (clientId) => (await apps.find(clientId))?.metadata,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    upsert: readOnly,
    consume: readOnly,
    destroy: readOnly,
    revokeByGrantId: readOnly,
  };
}
