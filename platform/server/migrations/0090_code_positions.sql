-- Codes become positions: a claim takes the pool's next position, so it costs the same from a pool of a thousand and of 25 million.

ALTER TABLE chung.redemptions ADD COLUMN code_position bigint;

-- The codes given out come first, in the order of their redemptions; the free ones follow.
CREATE TABLE chung.codes_by_position (
  offer_id    uuid   NOT NULL,
  position    bigint NOT NULL,
  lookup_hash bytea  NOT NULL,
  sealed      bytea  NOT NULL,
  -- The last characters, as the partner may see them: a claim need not open the seal.
  hint        text   NOT NULL,
  CONSTRAINT codes_by_position_pkey PRIMARY KEY (offer_id, position),
  CONSTRAINT codes_by_position_hash_key UNIQUE (offer_id, lookup_hash),
  CONSTRAINT codes_by_position_offer_fkey FOREIGN KEY (offer_id) REFERENCES chung.offers (id),
  CONSTRAINT codes_position_positive CHECK (position > 0)
);
INSERT INTO chung.codes_by_position (offer_id, position, lookup_hash, sealed, hint)
SELECT c.offer_id, row_number() OVER (PARTITION BY c.offer_id ORDER BY c.redemption_id NULLS LAST, c.id), c.lookup_hash, c.sealed,
       coalesce(r.code_hint, '…')
  FROM chung.codes c LEFT JOIN chung.redemptions r ON r.offer_id = c.offer_id AND r.id = c.redemption_id;
UPDATE chung.redemptions r SET code_position = p.position
  FROM chung.codes c JOIN chung.codes_by_position p ON p.offer_id = c.offer_id AND p.lookup_hash = c.lookup_hash
 WHERE r.offer_id = c.offer_id AND r.id = c.redemption_id;

-- How far the pool has been given out. Positions up to `taken` were assigned once and are never assigned again.
ALTER TABLE chung.code_pools
  ADD COLUMN taken bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT code_pools_not_overdrawn CHECK (taken >= 0 AND taken <= total);
UPDATE chung.code_pools p
   SET total = (SELECT count(*) FROM chung.codes c WHERE c.offer_id = p.offer_id),
       taken = (SELECT count(*) FROM chung.codes c WHERE c.offer_id = p.offer_id AND c.redemption_id IS NOT NULL);
GRANT UPDATE (taken) ON chung.code_pools TO chung_server;

DROP TABLE chung.codes;
ALTER TABLE chung.codes_by_position RENAME TO codes;
ALTER TABLE chung.codes RENAME CONSTRAINT codes_by_position_pkey TO codes_pkey;
ALTER TABLE chung.codes RENAME CONSTRAINT codes_by_position_hash_key TO codes_hash_key;
ALTER TABLE chung.codes RENAME CONSTRAINT codes_by_position_offer_fkey TO codes_offer_fkey;
-- Nothing about a code ever changes: whose it is stands in the redemption, and whether it is void follows from that one's state.
GRANT SELECT, INSERT ON chung.codes TO chung_server;

-- A code belongs to at most one redemption, for ever.
CREATE UNIQUE INDEX redemptions_code ON chung.redemptions (offer_id, code_position) WHERE code_position IS NOT NULL;
