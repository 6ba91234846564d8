-- What claims in batches need: keys in a table of their own, one usage row a member and offer, units fenced for members in line, budgets.

-- One row a key, for ever; distributed by the member, so that it holds over all offers and nodes (it replaces a lock that one node
-- alone could see). A second claim with the key meets the row, or waits at it until the first commits.
CREATE TABLE chung.claim_keys (
  member_id       uuid NOT NULL,
  idempotency_key text NOT NULL,
  offer_id        uuid NOT NULL,
  redemption_id   uuid NOT NULL,
  CONSTRAINT claim_keys_pkey PRIMARY KEY (member_id, idempotency_key)
);
INSERT INTO chung.claim_keys (member_id, idempotency_key, offer_id, redemption_id)
SELECT member_id, idempotency_key, offer_id, id FROM chung.redemptions;
GRANT SELECT, INSERT ON chung.claim_keys TO chung_server;

-- Each index is paid by every claim: these are answered by claim_keys and by the lists of the member and of the partner.
ALTER TABLE chung.redemptions DROP CONSTRAINT redemptions_idempotency;
DROP INDEX chung.redemptions_member_key;
DROP INDEX chung.redemptions_by_id;

-- What a member used of an offer: in its whole life, and on the last day they claimed. Written only with the offer's stock row locked.
CREATE TABLE chung.redemption_uses (
  offer_id   uuid    NOT NULL,
  member_id  uuid    NOT NULL,
  used       integer NOT NULL CHECK (used >= 0),
  day        date    NOT NULL,
  used_today integer NOT NULL CHECK (used_today >= 0),
  CONSTRAINT redemption_uses_pkey PRIMARY KEY (offer_id, member_id)
) WITH (fillfactor = 80);
INSERT INTO chung.redemption_uses (offer_id, member_id, used, day, used_today)
SELECT l.offer_id, l.member_id, l.used, coalesce(d.day, '-infinity'), coalesce(d.used, 0)
  FROM chung.redemption_usage l
  LEFT JOIN LATERAL (SELECT u.day, u.used FROM chung.redemption_usage u
                      WHERE u.offer_id = l.offer_id AND u.member_id = l.member_id AND u.day <> '-infinity' ORDER BY u.day DESC LIMIT 1) d ON true
 WHERE l.day = '-infinity';
DROP TABLE chung.redemption_usage;
ALTER TABLE chung.redemption_uses RENAME TO redemption_usage;
ALTER TABLE chung.redemption_usage RENAME CONSTRAINT redemption_uses_pkey TO redemption_usage_pkey;
GRANT SELECT, INSERT, UPDATE ON chung.redemption_usage TO chung_server;

-- `promised`: units kept for members whose turn it is. `spent_minor`: what the live redemptions cost, of a budget that cannot go negative.
ALTER TABLE chung.offer_stock
  ADD COLUMN promised integer NOT NULL DEFAULT 0,
  ADD COLUMN budget_minor bigint,
  ADD COLUMN spent_minor bigint NOT NULL DEFAULT 0,
  DROP CONSTRAINT offer_stock_not_oversold,
  ADD CONSTRAINT offer_stock_not_oversold CHECK (held >= 0 AND redeemed >= 0 AND promised >= 0 AND held + redeemed + promised <= stock),
  ADD CONSTRAINT offer_stock_not_overspent CHECK (spent_minor >= 0 AND (budget_minor IS NULL OR spent_minor <= budget_minor));
GRANT UPDATE (promised, budget_minor, spent_minor) ON chung.offer_stock TO chung_server;

-- What this redemption took of the budget; it goes back when the redemption ends without use.
ALTER TABLE chung.redemptions ADD COLUMN cost_minor bigint NOT NULL DEFAULT 0 CHECK (cost_minor >= 0);

-- Members in line for an offer: a waiting list, or the entries of a lottery.
CREATE TABLE chung.queue_entries (
  offer_id       uuid        NOT NULL,
  id             uuid        NOT NULL,
  member_id      uuid        NOT NULL,
  kind           text        NOT NULL,
  state          text        NOT NULL,
  -- Place in the draw; a waiting list goes by the time of joining.
  rank           bigint,
  -- How long a unit is kept, by the terms the member joined under.
  accept_minutes integer     NOT NULL,
  joined_at      timestamptz NOT NULL,
  promised_until timestamptz,
  redemption_id  uuid,
  updated_at     timestamptz NOT NULL,
  CONSTRAINT queue_entries_pkey PRIMARY KEY (offer_id, id),
  CONSTRAINT queue_entries_kind_known CHECK (kind IN ('waiting', 'lottery')),
  CONSTRAINT queue_entries_state_known
    CHECK (state IN ('ENTERED', 'WAITING', 'PROMISED', 'TAKEN', 'LAPSED', 'SKIPPED', 'LEFT', 'CLOSED')),
  CONSTRAINT queue_entries_promise_ends CHECK ((state = 'PROMISED') = (promised_until IS NOT NULL))
);
CREATE UNIQUE INDEX queue_entries_one_live ON chung.queue_entries (offer_id, member_id) WHERE state IN ('ENTERED', 'WAITING', 'PROMISED');
CREATE INDEX queue_entries_line ON chung.queue_entries (offer_id, rank, joined_at, id) WHERE state = 'WAITING';
CREATE INDEX queue_entries_due ON chung.queue_entries (promised_until) WHERE state = 'PROMISED';
CREATE INDEX queue_entries_member ON chung.queue_entries (member_id, id DESC);
GRANT SELECT, INSERT, UPDATE ON chung.queue_entries TO chung_server;

-- Journals are written by functions of this schema alone, line by line with their postings, and the verifier looks for orphans. The
-- foreign key checked each posting by a plan cached while the table was empty: on a hot offer it read all journals of the offer.
ALTER TABLE chung.postings DROP CONSTRAINT postings_journal;
-- Balances are of money: the memo units of each claim stay out of the index.
DROP INDEX chung.postings_account;
CREATE INDEX postings_account ON chung.postings (owner_id, account, currency) INCLUDE (amount_minor) WHERE currency <> 'UNIT';
