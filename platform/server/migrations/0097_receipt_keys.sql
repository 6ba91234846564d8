-- Keys that sign receipts, so that all nodes rotate together and what an old key signed still verifies. Small, and never sharded.

CREATE TABLE chung.receipt_keys (
  -- Two nodes that rotate at once reach for the same number, and one of them gets it.
  generation integer     NOT NULL PRIMARY KEY,
  kid        text        NOT NULL UNIQUE,
  public_key jsonb       NOT NULL,
  -- The private part, sealed by the vault; NULL once the key signs no more, so that nobody can sign in its name later.
  sealed     bytea,
  made_at    timestamptz NOT NULL DEFAULT now(),
  -- A key is published from `made_at` on and signs only from here.
  signs_from timestamptz NOT NULL,
  revoked_at timestamptz
);
GRANT SELECT, INSERT ON chung.receipt_keys TO chung_server;
GRANT UPDATE (sealed, revoked_at) ON chung.receipt_keys TO chung_server;
