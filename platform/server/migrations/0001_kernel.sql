-- The outbox and the idempotency keys: what every room writes beside its own rows, in the same transaction.

CREATE SCHEMA IF NOT EXISTS chung;
GRANT USAGE ON SCHEMA chung TO chung_server;

-- One row an event, in the transaction of what it tells. Readers page by (txid, id) below the oldest running transaction,
-- so that a slow transaction's event is never skipped.
CREATE TABLE chung.outbox (
  shard_id    uuid        NOT NULL,
  id          uuid        NOT NULL,
  partner_id  uuid        NOT NULL,
  type        text        NOT NULL,
  data        jsonb       NOT NULL,
  txid        xid8        NOT NULL,
  occurred_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (shard_id, id)
);
CREATE INDEX outbox_partner_order ON chung.outbox (partner_id, txid, id);
GRANT SELECT, INSERT ON chung.outbox TO chung_server;

-- Keys of `header` operations, with the reply they got; kept 90 days by the retention job.
CREATE TABLE chung.idempotency_keys (
  principal    text        NOT NULL,
  key          text        NOT NULL,
  operation_id text        NOT NULL,
  request_hash bytea       NOT NULL,
  status       integer,
  reply        jsonb,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_keys_age ON chung.idempotency_keys (created_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON chung.idempotency_keys TO chung_server;
