-- Redemptions: one member's use of one offer. The offer is the distribution column of all these tables.

CREATE TABLE chung.redemptions (
  offer_id        uuid        NOT NULL,
  id              uuid        NOT NULL,
  member_id       uuid        NOT NULL,
  partner_id      uuid        NOT NULL,
  -- Pairwise id of the member for this partner; all that the partner ever sees.
  member_ref      text        NOT NULL,
  client_id       text        NOT NULL,
  state           text        NOT NULL CHECK (state IN ('RESERVED', 'REDEEMED', 'FULFILLED', 'RELEASED', 'EXPIRED', 'REVERSED')),
  terms_version   integer     NOT NULL,
  offer_title     jsonb       NOT NULL,
  partner_name    text        NOT NULL,
  -- The contract and amounts this redemption is charged under, fixed at the claim.
  contract_version integer    NOT NULL,
  fee_minor       bigint      NOT NULL CHECK (fee_minor >= 0),
  vat_minor       bigint      NOT NULL CHECK (vat_minor >= 0),
  vat_basis_points integer    NOT NULL,
  cashback        jsonb,
  -- Which rule said yes, and to what: the decision can be explained later.
  eligibility     jsonb       NOT NULL,
  code_hint       text,
  -- Kept for ever: a retry after years still finds its answer.
  idempotency_key text        NOT NULL,
  claimed_at      timestamptz NOT NULL DEFAULT now(),
  claimed_day     date        NOT NULL,
  expires_at      timestamptz,
  updated_at      timestamptz NOT NULL DEFAULT now(),
  reason          text,
  PRIMARY KEY (offer_id, id),
  CONSTRAINT redemptions_idempotency UNIQUE (offer_id, member_id, idempotency_key)
);
CREATE INDEX redemptions_member ON chung.redemptions (member_id, id DESC);
CREATE INDEX redemptions_member_key ON chung.redemptions (member_id, idempotency_key);
CREATE INDEX redemptions_partner ON chung.redemptions (partner_id, id DESC);
CREATE INDEX redemptions_by_id ON chung.redemptions (id);
CREATE INDEX redemptions_due ON chung.redemptions (expires_at) WHERE state = 'RESERVED';
GRANT SELECT, INSERT, UPDATE ON chung.redemptions TO chung_server;

-- Guard of the per-member limit: a row lock and a condition, so that parallel claims of one member queue here.
CREATE TABLE chung.redemption_usage (
  offer_id  uuid    NOT NULL,
  member_id uuid    NOT NULL,
  -- NULL day is the whole life of the offer; it is stored as '-infinity' because a key column cannot be NULL.
  day       date    NOT NULL,
  used      integer NOT NULL CHECK (used >= 0),
  PRIMARY KEY (offer_id, member_id, day)
);
GRANT SELECT, INSERT, UPDATE ON chung.redemption_usage TO chung_server;

-- Presentations that were used: the same QR cannot be confirmed twice.
CREATE TABLE chung.presentations (
  offer_id      uuid        NOT NULL,
  id            uuid        NOT NULL,
  redemption_id uuid        NOT NULL,
  used_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (offer_id, id)
);
GRANT SELECT, INSERT ON chung.presentations TO chung_server;
