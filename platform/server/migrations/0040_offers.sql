-- Offers: terms as immutable versions, stock as one guarded row, unique codes sealed, and the published face members search.

CREATE TABLE chung.offers (
  id            uuid        NOT NULL,
  partner_id    uuid        NOT NULL,
  state         text        NOT NULL DEFAULT 'draft',
  terms_version integer     NOT NULL DEFAULT 1,
  last_decision jsonb,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT offers_pkey PRIMARY KEY (id),
  CONSTRAINT offers_partner_fkey FOREIGN KEY (partner_id) REFERENCES chung.partners (id),
  CONSTRAINT offers_state_known CHECK (state IN ('draft', 'submitted', 'refused', 'published', 'paused', 'ended'))
);
CREATE INDEX offers_partner_order ON chung.offers (partner_id, id DESC);
GRANT SELECT, INSERT ON chung.offers TO chung_server;
GRANT UPDATE (state, terms_version, last_decision, updated_at) ON chung.offers TO chung_server;

-- A redemption keeps the version it was claimed under, so a version is never changed or removed.
CREATE TABLE chung.offer_terms (
  offer_id   uuid        NOT NULL,
  version    integer     NOT NULL,
  terms      jsonb       NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT offer_terms_pkey PRIMARY KEY (offer_id, version),
  CONSTRAINT offer_terms_offer_fkey FOREIGN KEY (offer_id) REFERENCES chung.offers (id)
);
GRANT SELECT, INSERT ON chung.offer_terms TO chung_server;

-- The hot row: narrow, apart from the offer and half empty, so that a claim rewrites few bytes and no index.
CREATE TABLE chung.offer_stock (
  offer_id uuid    NOT NULL,
  stock    integer NOT NULL,
  held     integer NOT NULL DEFAULT 0,
  redeemed integer NOT NULL DEFAULT 0,
  CONSTRAINT offer_stock_pkey PRIMARY KEY (offer_id),
  CONSTRAINT offer_stock_offer_fkey FOREIGN KEY (offer_id) REFERENCES chung.offers (id),
  CONSTRAINT offer_stock_not_oversold CHECK (held >= 0 AND redeemed >= 0 AND held + redeemed <= stock)
) WITH (fillfactor = 50);
GRANT SELECT, INSERT ON chung.offer_stock TO chung_server;
GRANT UPDATE (stock, held, redeemed) ON chung.offer_stock TO chung_server;

-- How many codes a pool was given; counting 25 million rows for a page of the portal would take seconds.
CREATE TABLE chung.code_pools (
  offer_id   uuid        NOT NULL,
  total      bigint      NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT code_pools_pkey PRIMARY KEY (offer_id),
  CONSTRAINT code_pools_offer_fkey FOREIGN KEY (offer_id) REFERENCES chung.offers (id)
);
GRANT SELECT, INSERT ON chung.code_pools TO chung_server;
GRANT UPDATE (total, updated_at) ON chung.code_pools TO chung_server;

-- One row a code. A code belongs to at most one redemption for ever: once assigned it may have been seen, so it is voided, not given again.
CREATE TABLE chung.codes (
  offer_id      uuid  NOT NULL,
  id            uuid  NOT NULL,
  lookup_hash   bytea NOT NULL,
  sealed        bytea NOT NULL,
  redemption_id uuid,
  voided_at     timestamptz,
  CONSTRAINT codes_pkey PRIMARY KEY (offer_id, id),
  CONSTRAINT codes_hash_key UNIQUE (offer_id, lookup_hash),
  CONSTRAINT codes_offer_fkey FOREIGN KEY (offer_id) REFERENCES chung.offers (id),
  CONSTRAINT codes_void_was_assigned CHECK (voided_at IS NULL OR redemption_id IS NOT NULL)
);
CREATE UNIQUE INDEX codes_redemption_key ON chung.codes (offer_id, redemption_id) WHERE redemption_id IS NOT NULL;
CREATE INDEX codes_free ON chung.codes (offer_id, id) WHERE redemption_id IS NULL;
GRANT SELECT, INSERT ON chung.codes TO chung_server;
GRANT UPDATE (redemption_id, voided_at) ON chung.codes TO chung_server;

-- The published face of an offer: eligibility and search as plain columns, so that SQL leaves out what is not for a member before
-- code evaluates the rule exactly. Null means "no condition". `id` rises with publication and orders the catalogue.
CREATE TABLE chung.offer_listings (
  offer_id       uuid        NOT NULL,
  id             uuid        NOT NULL,
  partner_id     uuid        NOT NULL,
  terms_version  integer     NOT NULL,
  starts_at      timestamptz NOT NULL,
  ends_at        timestamptz NOT NULL,
  category       text        NOT NULL,
  kind           text        NOT NULL,
  verified_only  boolean     NOT NULL,
  province_codes text[],
  unit_codes     text[],
  roles          text[],
  at_least_years integer,
  below_years    integer,
  search_text    text        NOT NULL,
  CONSTRAINT offer_listings_pkey PRIMARY KEY (offer_id),
  CONSTRAINT offer_listings_offer_fkey FOREIGN KEY (offer_id) REFERENCES chung.offers (id)
);
CREATE INDEX offer_listings_newest ON chung.offer_listings (id DESC);
CREATE INDEX offer_listings_partner_newest ON chung.offer_listings (partner_id, id DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON chung.offer_listings TO chung_server;
