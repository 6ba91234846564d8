-- Waiting lists and lotteries: who is next for a unit, decided under the stock row's lock, and draws that anyone can recompute.

-- Opaque, stands for the member in the published list. Byte order, because the list's digest is made in it.
ALTER TABLE chung.queue_entries ADD COLUMN ticket text COLLATE "C";
CREATE UNIQUE INDEX queue_entries_ticket ON chung.queue_entries (offer_id, ticket) WHERE ticket IS NOT NULL;
-- A ticket, once given, is nobody's to change, and neither is the time somebody joined.
REVOKE UPDATE ON chung.queue_entries FROM chung_server;
GRANT UPDATE (state, rank, promised_until, redemption_id, updated_at) ON chung.queue_entries TO chung_server;

-- One lottery an offer. The commitment is public from the first day; the seed is sealed until the draw has used it.
CREATE TABLE chung.lotteries (
  offer_id      uuid        NOT NULL,
  commitment    bytea       NOT NULL,
  sealed_seed   bytea       NOT NULL,
  entries_from  timestamptz NOT NULL,
  entries_until timestamptz NOT NULL,
  state         text        NOT NULL DEFAULT 'OPEN',
  digest        bytea,
  tickets       integer,
  seed          bytea,
  units         integer,
  committed_at  timestamptz NOT NULL DEFAULT now(),
  closed_at     timestamptz,
  drawn_at      timestamptz,
  CONSTRAINT lotteries_pkey PRIMARY KEY (offer_id),
  CONSTRAINT lotteries_offer_fkey FOREIGN KEY (offer_id) REFERENCES chung.offers (id),
  CONSTRAINT lotteries_state_known CHECK (state IN ('OPEN', 'CLOSED', 'DRAWN')),
  CONSTRAINT lotteries_frozen CHECK ((state = 'OPEN') = (digest IS NULL) AND (digest IS NULL) = (tickets IS NULL)),
  CONSTRAINT lotteries_revealed CHECK ((state = 'DRAWN') = (seed IS NOT NULL) AND (seed IS NULL) = (units IS NULL)),
  -- What is revealed is what was promised, whatever the server believes.
  CONSTRAINT lotteries_kept_promise CHECK (seed IS NULL OR sha256(seed) = commitment)
);
CREATE INDEX lotteries_due ON chung.lotteries (entries_until) WHERE state <> 'DRAWN';
GRANT SELECT, INSERT ON chung.lotteries TO chung_server;
-- Not the commitment and not the seed behind it: another seed would be another draw.
GRANT UPDATE (entries_from, entries_until, state, digest, tickets, seed, units, closed_at, drawn_at) ON chung.lotteries TO chung_server;

-- Into a waiting list. The order is the order of this lock: the clock is read under it, so whoever commits first is first in line,
-- and no unit can come back between "sold out" and the entry.
CREATE FUNCTION chung.join_waiting_list(offer uuid, entry uuid, member uuid, minutes integer, per_member integer) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_stock chung.offer_stock;
  v_at timestamptz;
BEGIN
  SELECT * INTO v_stock FROM chung.offer_stock s WHERE s.offer_id = offer FOR UPDATE;
  v_at := clock_timestamp();
  IF EXISTS (SELECT 1 FROM chung.queue_entries q WHERE q.offer_id = offer AND q.member_id = member AND q.state IN ('ENTERED', 'WAITING', 'PROMISED')) THEN
    RETURN 'known';
  END IF;
  IF EXISTS (SELECT 1 FROM chung.redemption_usage u WHERE u.offer_id = offer AND u.member_id = member AND u.used >= per_member) THEN
    RETURN 'limit_reached';
  END IF;
  -- Units are left but no money for them: nothing that comes back could be promised.
  IF v_stock.spent_minor >= v_stock.budget_minor THEN RETURN 'queue_closed'; END IF;
  IF v_stock.held + v_stock.redeemed + v_stock.promised < v_stock.stock THEN RETURN 'offer_not_sold_out'; END IF;
  INSERT INTO chung.queue_entries (offer_id, id, member_id, kind, state, accept_minutes, joined_at, updated_at)
  VALUES (offer, entry, member, 'waiting', 'WAITING', minutes, v_at, v_at);
  RETURN 'made';
END
$$;

-- Into a lottery. The shared lock lets all enter at once and makes the close wait for each of them: nobody is in and not on the list.
CREATE FUNCTION chung.enter_lottery(offer uuid, entry uuid, member uuid, minutes integer, given_ticket text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_lottery chung.lotteries;
  v_at timestamptz;
BEGIN
  SELECT * INTO v_lottery FROM chung.lotteries l WHERE l.offer_id = offer FOR SHARE;
  v_at := clock_timestamp();
  IF EXISTS (SELECT 1 FROM chung.queue_entries q WHERE q.offer_id = offer AND q.member_id = member AND q.state IN ('ENTERED', 'WAITING', 'PROMISED')) THEN
    RETURN 'known';
  END IF;
  IF v_lottery.state IS DISTINCT FROM 'OPEN' OR v_at < v_lottery.entries_from OR v_at >= v_lottery.entries_until THEN RETURN 'queue_closed'; END IF;
  INSERT INTO chung.queue_entries (offer_id, id, member_id, kind, state, accept_minutes, joined_at, updated_at, ticket)
  VALUES (offer, entry, member, 'lottery', 'ENTERED', minutes, v_at, v_at, given_ticket)
  ON CONFLICT DO NOTHING;
  RETURN CASE WHEN FOUND THEN 'made' ELSE 'known' END;
END
$$;

-- Gives free units to the members next in line. The caller holds the offer's stock row, so nobody can come between. A member who has
-- used up their limit is skipped for good, one who has for today keeps the place and is passed over.
CREATE OR REPLACE FUNCTION chung.promote_entries(offer uuid, at timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  -- How many may be passed over in one call: the work under the lock is bounded, the sweeper goes on from there.
  v_passed CONSTANT integer := 1000;
  v_free integer;
  v_terms jsonb;
  v_ends timestamptz;
  v_promoted integer;
BEGIN
  -- Nearly every unit that comes back meets an empty line.
  IF NOT EXISTS (SELECT 1 FROM chung.queue_entries q WHERE q.offer_id = offer AND q.state = 'WAITING') THEN RETURN 0; END IF;
  SELECT s.stock - s.held - s.redeemed - s.promised INTO v_free FROM chung.offer_stock s
   WHERE s.offer_id = offer AND (s.budget_minor IS NULL OR s.spent_minor < s.budget_minor);
  SELECT t.terms INTO v_terms FROM chung.offers o JOIN chung.offer_terms t ON t.offer_id = o.id AND t.version = o.terms_version
   WHERE o.id = offer AND o.state = 'published';
  v_ends := (v_terms #>> '{window,endsAt}')::timestamptz;
  -- A promise that nobody could take up would only pass the unit by.
  IF v_ends IS NULL OR at >= v_ends OR coalesce(v_free, 0) <= 0 THEN RETURN 0; END IF;

  WITH line AS (
    SELECT q.id, q.accept_minutes, row_number() OVER (ORDER BY q.rank, q.joined_at, q.id) AS place,
           coalesce(u.used >= (v_terms #>> '{limits,perMember}')::integer, false) AS is_full,
           coalesce(u.day >= (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AND u.used_today >= (v_terms #>> '{limits,perMemberPerDay}')::integer, false) AS is_full_today
      FROM (SELECT * FROM chung.queue_entries w WHERE w.offer_id = offer AND w.state = 'WAITING'
             ORDER BY w.rank, w.joined_at, w.id LIMIT v_free + v_passed) q
      LEFT JOIN chung.redemption_usage u ON u.offer_id = offer AND u.member_id = q.member_id
  ), next AS (
    SELECT l.id, l.place, l.accept_minutes FROM line l WHERE NOT l.is_full AND NOT l.is_full_today ORDER BY l.place LIMIT v_free
  ), skipped AS (
    UPDATE chung.queue_entries q SET state = 'SKIPPED', updated_at = at
      FROM line l WHERE q.offer_id = offer AND q.id = l.id AND l.is_full AND l.place < coalesce((SELECT max(n.place) FROM next n), v_free + v_passed)
  ), promoted AS (
    UPDATE chung.queue_entries q
       SET state = 'PROMISED', promised_until = least(at + make_interval(mins => n.accept_minutes), v_ends), updated_at = at
      FROM next n WHERE q.offer_id = offer AND q.id = n.id
    RETURNING 1
  )
  SELECT count(*) INTO v_promoted FROM promoted;
  UPDATE chung.offer_stock s SET promised = s.promised + v_promoted WHERE s.offer_id = offer AND v_promoted > 0;
  RETURN v_promoted;
END
$$;

-- Takes back what was promised and not taken up, and gives it to the next. Null when another node or a claim has the offer just now.
CREATE FUNCTION chung.lapse_promises(offer uuid) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v_at timestamptz;
  v_lapsed integer;
BEGIN
  PERFORM 1 FROM chung.offer_stock s WHERE s.offer_id = offer FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN NULL; END IF;
  v_at := clock_timestamp();
  UPDATE chung.queue_entries q SET state = 'LAPSED', promised_until = NULL, updated_at = v_at
   WHERE q.offer_id = offer AND q.state = 'PROMISED' AND q.promised_until <= v_at;
  GET DIAGNOSTICS v_lapsed = ROW_COUNT;
  UPDATE chung.offer_stock s SET promised = s.promised - v_lapsed WHERE s.offer_id = offer AND v_lapsed > 0;
  PERFORM chung.promote_entries(offer, v_at);
  RETURN v_lapsed;
END
$$;

-- Out of the line, by the member. A promised unit goes to the next at once. Null when there is nothing to leave; a frozen list is not left.
CREATE FUNCTION chung.leave_queue(offer uuid, member uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_entry chung.queue_entries;
  v_lottery text;
  v_at timestamptz;
BEGIN
  -- Both locks in the draw's order: lottery, then stock.
  SELECT l.state INTO v_lottery FROM chung.lotteries l WHERE l.offer_id = offer FOR SHARE;
  PERFORM 1 FROM chung.offer_stock s WHERE s.offer_id = offer FOR UPDATE;
  v_at := clock_timestamp();
  SELECT * INTO v_entry FROM chung.queue_entries q
   WHERE q.offer_id = offer AND q.member_id = member AND q.state IN ('ENTERED', 'WAITING', 'PROMISED') FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF v_entry.state = 'ENTERED' AND v_lottery <> 'OPEN' THEN RETURN 'wrong_state'; END IF;
  UPDATE chung.queue_entries q SET state = 'LEFT', promised_until = NULL, updated_at = v_at WHERE q.offer_id = offer AND q.id = v_entry.id;
  IF v_entry.state = 'PROMISED' THEN
    UPDATE chung.offer_stock s SET promised = s.promised - 1 WHERE s.offer_id = offer;
    PERFORM chung.promote_entries(offer, v_at);
  END IF;
  RETURN 'left';
END
$$;

-- Terms were published: entries of a kind that the offer no longer has are closed, promises that could not be taken up meanwhile get
-- their time again, and what is free goes to who waits before anybody else can claim it.
CREATE FUNCTION chung.reopen_queue(offer uuid, kept_kind text, ends_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_at timestamptz;
BEGIN
  PERFORM 1 FROM chung.offer_stock s WHERE s.offer_id = offer FOR UPDATE;
  v_at := clock_timestamp();
  UPDATE chung.queue_entries q SET state = 'CLOSED', promised_until = NULL, updated_at = v_at
   WHERE q.offer_id = offer AND q.state IN ('ENTERED', 'WAITING', 'PROMISED') AND q.kind IS DISTINCT FROM kept_kind;
  UPDATE chung.queue_entries q SET promised_until = greatest(q.promised_until, least(v_at + make_interval(mins => q.accept_minutes), ends_at))
   WHERE q.offer_id = offer AND q.state = 'PROMISED';
  UPDATE chung.offer_stock s
     SET promised = (SELECT count(*) FROM chung.queue_entries q WHERE q.offer_id = offer AND q.state = 'PROMISED')
   WHERE s.offer_id = offer;
  PERFORM chung.promote_entries(offer, v_at);
END
$$;

-- The draw: ranks every entry of the frozen list, reveals the seed and promises the units, all or nothing. False when it was done before.
-- `outer || sha256(inner || ticket)` hashed is HMAC-SHA256 with the key already padded; see draw.ts.
CREATE FUNCTION chung.draw_lottery(offer uuid, inner_key bytea, outer_key bytea, revealed bytea) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_at timestamptz;
BEGIN
  PERFORM 1 FROM chung.lotteries l WHERE l.offer_id = offer AND l.state = 'CLOSED' FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  v_at := clock_timestamp();
  UPDATE chung.queue_entries q SET state = 'WAITING', rank = r.rank, updated_at = v_at
    FROM (SELECT e.id, row_number() OVER (ORDER BY sha256(outer_key || sha256(inner_key || convert_to(e.ticket, 'UTF8'))), e.ticket) AS rank
            FROM chung.queue_entries e WHERE e.offer_id = offer AND e.state = 'ENTERED') r
   WHERE q.offer_id = offer AND q.id = r.id;
  PERFORM 1 FROM chung.offer_stock s WHERE s.offer_id = offer FOR UPDATE;
  UPDATE chung.lotteries l
     SET state = 'DRAWN', seed = revealed, drawn_at = v_at,
         units = (SELECT s.stock - s.held - s.redeemed - s.promised FROM chung.offer_stock s WHERE s.offer_id = offer)
   WHERE l.offer_id = offer;
  PERFORM chung.promote_entries(offer, v_at);
  RETURN true;
END
$$;
