-- Apps and their submissions: who an app_id belongs to, and each version that was sent with what the check said of it.

-- The first to submit an app_id owns it, for ever: releases, grants and the members' consent hang on it.
CREATE TABLE chung.mini_apps (
  app_id     text        NOT NULL,
  partner_id uuid        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT mini_apps_pkey PRIMARY KEY (app_id),
  CONSTRAINT mini_apps_partner_fkey FOREIGN KEY (partner_id) REFERENCES chung.partners (id)
);
GRANT SELECT, INSERT ON chung.mini_apps TO chung_server;
-- Nothing is changed by it: SELECT … FOR UPDATE, which puts the submissions of one app in a row, needs the right to update.
GRANT UPDATE (created_at) ON chung.mini_apps TO chung_server;

-- What was sent lies in the content store under archive_digest; here is what was read in it. Only the state ever changes.
CREATE TABLE chung.app_submissions (
  id              uuid        NOT NULL,
  app_id          text        NOT NULL,
  partner_id      uuid        NOT NULL,
  version_code    integer     NOT NULL,
  version_name    text        NOT NULL,
  state           text        NOT NULL DEFAULT 'submitted',
  -- Over paths and contents of all files, and over those of the bundle alone; the archive's is over its bytes as they came.
  digest          text        NOT NULL,
  bundle_digest   text,
  archive_digest  text        NOT NULL,
  archive_bytes   integer     NOT NULL,
  idempotency_key text        NOT NULL,
  manifest        jsonb       NOT NULL,
  -- [{ "path", "bytes", "sha256" }]
  files           jsonb       NOT NULL,
  findings        jsonb       NOT NULL,
  -- What each scope is used for, by place: the proof behind the verdict.
  scopes          jsonb       NOT NULL,
  submitted_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT app_submissions_pkey PRIMARY KEY (id),
  CONSTRAINT app_submissions_app_fkey FOREIGN KEY (app_id) REFERENCES chung.mini_apps (app_id),
  CONSTRAINT app_submissions_version_once UNIQUE (app_id, version_code),
  CONSTRAINT app_submissions_digest_once UNIQUE (partner_id, digest),
  CONSTRAINT app_submissions_key_once UNIQUE (partner_id, idempotency_key),
  CONSTRAINT app_submissions_state_known CHECK (state IN ('submitted', 'replaced')),
  CONSTRAINT app_submissions_digests_whole CHECK (
    digest ~ '^sha256:[0-9a-f]{64}$' AND archive_digest ~ '^sha256:[0-9a-f]{64}$' AND bundle_digest ~ '^sha256:[0-9a-f]{64}$'
  )
);
-- The queue, oldest first, and what left it.
CREATE INDEX app_submissions_queue ON chung.app_submissions (state, id);
CREATE INDEX app_submissions_by_partner ON chung.app_submissions (partner_id, id);
-- One version of an app waits at most, whatever the code above believes.
CREATE UNIQUE INDEX app_submissions_waiting_once ON chung.app_submissions (app_id) WHERE state = 'submitted';
GRANT SELECT, INSERT ON chung.app_submissions TO chung_server;
GRANT UPDATE (state) ON chung.app_submissions TO chung_server;
