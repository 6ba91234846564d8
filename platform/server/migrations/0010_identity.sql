-- Accounts, apps, sessions, tokens and consent: who may call, on whose behalf, and what a member allowed whom.

-- A person who signs in with a password, or through the operator's identity provider (then without one).
CREATE TABLE chung.accounts (
  id            uuid        PRIMARY KEY,
  kind          text        NOT NULL CHECK (kind IN ('member', 'partner', 'admin')),
  username      text        NOT NULL,
  password_hash text,
  display_name  text        NOT NULL,
  member_id     uuid,
  partner_id    uuid,
  state         text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  created_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT accounts_username UNIQUE (username),
  CONSTRAINT accounts_member UNIQUE (member_id),
  CONSTRAINT accounts_owner CHECK ((kind = 'member') = (member_id IS NOT NULL) AND (kind = 'partner') = (partner_id IS NOT NULL))
);
GRANT SELECT, INSERT, UPDATE ON chung.accounts TO chung_server;

-- What identity must know of a partner; the partners room writes it in the transaction of each decision.
CREATE TABLE chung.partner_access (
  partner_id uuid        PRIMARY KEY,
  status     text        NOT NULL CHECK (status IN ('applied', 'active', 'suspended', 'refused')),
  changed_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON chung.partner_access TO chung_server;

-- An app: an OAuth client. Only public keys are kept; there is no shared secret anywhere.
CREATE TABLE chung.apps (
  client_id       text        PRIMARY KEY,
  kind            text        NOT NULL CHECK (kind IN ('first-party', 'native', 'partner')),
  -- Whose account may sign in to it; null for anybody's.
  actor           text        CHECK (actor IN ('member', 'partner', 'admin')),
  partner_id      uuid,
  name            text        NOT NULL,
  jwks            jsonb       NOT NULL DEFAULT '{"keys":[]}',
  redirect_uris   text[]      NOT NULL DEFAULT '{}',
  scopes          text[]      NOT NULL,
  optional_scopes text[]      NOT NULL DEFAULT '{}',
  -- { "<scope>": { "vi", "en", "version" } }: why the app asks, as shown to the member.
  purposes        jsonb       NOT NULL DEFAULT '{}',
  created_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT apps_partner CHECK ((kind = 'partner') = (partner_id IS NOT NULL))
);
CREATE INDEX apps_by_partner ON chung.apps (partner_id, created_at, client_id);
GRANT SELECT, INSERT, UPDATE ON chung.apps TO chung_server;

-- What oidc-provider keeps: sessions, interactions, codes, refresh tokens and its grants. `id` is a hash wherever the
-- value itself is a secret, so that a stolen table opens nothing.
CREATE TABLE chung.oidc_artifacts (
  model       text        NOT NULL,
  id          text        NOT NULL,
  payload     jsonb       NOT NULL,
  grant_id    text,
  uid         text,
  account_id  uuid,
  client_id   text,
  consumed_at timestamptz,
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (model, id)
);
CREATE INDEX oidc_artifacts_by_grant ON chung.oidc_artifacts (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX oidc_artifacts_by_uid ON chung.oidc_artifacts (uid) WHERE uid IS NOT NULL;
CREATE INDEX oidc_artifacts_by_account ON chung.oidc_artifacts (account_id, client_id) WHERE model = 'Grant';
CREATE INDEX oidc_artifacts_by_expiry ON chung.oidc_artifacts (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON chung.oidc_artifacts TO chung_server;

-- Ids that may be seen once: DPoP proofs and client assertions. One table for all nodes, or a replay at another node passes.
CREATE TABLE chung.seen_ids (
  id         text        PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX seen_ids_by_expiry ON chung.seen_ids (expires_at);
GRANT SELECT, INSERT, DELETE ON chung.seen_ids TO chung_server;

-- Access tokens revoked before their end; needed only until they expire.
CREATE TABLE chung.revoked_tokens (
  jti        text        PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX revoked_tokens_by_expiry ON chung.revoked_tokens (expires_at);
GRANT SELECT, INSERT, DELETE ON chung.revoked_tokens TO chung_server;

-- Sessions of our own web apps; the cookie holds the value, the table its hash.
CREATE TABLE chung.web_sessions (
  token_hash   bytea       PRIMARY KEY,
  app          text        NOT NULL CHECK (app IN ('member', 'partner', 'admin')),
  account_id   uuid        NOT NULL REFERENCES chung.accounts (id),
  oidc_grant   text        NOT NULL,
  scopes       text[]      NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL
);
CREATE INDEX web_sessions_by_account ON chung.web_sessions (account_id);
CREATE INDEX web_sessions_by_grant ON chung.web_sessions (oidc_grant);
CREATE INDEX web_sessions_by_expiry ON chung.web_sessions (expires_at);
GRANT SELECT, INSERT, DELETE ON chung.web_sessions TO chung_server;

-- Failed sign-ins by account name and by address, as keyed hashes: the table tells neither.
CREATE TABLE chung.sign_in_failures (
  key        text        PRIMARY KEY,
  failures   integer     NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_failures_by_expiry ON chung.sign_in_failures (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON chung.sign_in_failures TO chung_server;

-- What a member allowed an app: one row an app, one line a scope.
CREATE TABLE chung.grants (
  id           text        PRIMARY KEY,
  account_id   uuid        NOT NULL REFERENCES chung.accounts (id),
  client_id    text        NOT NULL REFERENCES chung.apps (client_id),
  created_at   timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  CONSTRAINT grants_once UNIQUE (account_id, client_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON chung.grants TO chung_server;

CREATE TABLE chung.grant_scopes (
  grant_id   text        NOT NULL REFERENCES chung.grants (id) ON DELETE CASCADE,
  scope      text        NOT NULL,
  -- A refused scope stays as a line, so that an app without it does not ask at every visit.
  state      text        NOT NULL CHECK (state IN ('granted', 'refused')),
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (grant_id, scope)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON chung.grant_scopes TO chung_server;

-- The consent history. Append-only: the server may not change or remove a line.
CREATE TABLE chung.consent_receipts (
  id              uuid        PRIMARY KEY,
  account_id      uuid        NOT NULL,
  member_id       uuid        NOT NULL,
  grant_id        text        NOT NULL,
  client_id       text        NOT NULL,
  app_name        text        NOT NULL,
  partner_id      uuid,
  action          text        NOT NULL CHECK (action IN ('granted', 'withdrawn')),
  scope           text        NOT NULL,
  purpose_vi      text        NOT NULL,
  purpose_en      text        NOT NULL,
  purpose_version integer     NOT NULL,
  language        text        NOT NULL CHECK (language IN ('vi', 'en')),
  occurred_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX consent_receipts_by_account ON chung.consent_receipts (account_id, id DESC);
GRANT SELECT, INSERT ON chung.consent_receipts TO chung_server;

-- A person at the operator's identity provider and the account that they are here.
CREATE TABLE chung.upstream_links (
  issuer     text        NOT NULL,
  subject    text        NOT NULL,
  account_id uuid        NOT NULL REFERENCES chung.accounts (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (issuer, subject)
);
GRANT SELECT, INSERT ON chung.upstream_links TO chung_server;
