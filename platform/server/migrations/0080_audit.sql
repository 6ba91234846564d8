-- Who did what: append-only, and hash-chained so that a removed or changed line shows.

-- One chain a partner and one for the platform: a single chain would queue every write of every partner behind one row.
CREATE TABLE chung.audit_chains (
  chain_id uuid   NOT NULL PRIMARY KEY,
  length   bigint NOT NULL,
  head     bytea  NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON chung.audit_chains TO chung_server;

CREATE TABLE chung.audit_entries (
  chain_id   uuid        NOT NULL,
  position   bigint      NOT NULL,
  id         uuid        NOT NULL,
  at         timestamptz NOT NULL,
  actor_kind text        NOT NULL,
  actor_id   text        NOT NULL,
  action     text        NOT NULL,
  target     text        NOT NULL,
  request_id text,
  detail     jsonb       NOT NULL,
  previous   bytea       NOT NULL,
  hash       bytea       NOT NULL,
  PRIMARY KEY (chain_id, position)
);
CREATE INDEX audit_entries_newest ON chung.audit_entries (id DESC);
CREATE INDEX audit_entries_target ON chung.audit_entries (target, id DESC);
GRANT SELECT, INSERT ON chung.audit_entries TO chung_server;
