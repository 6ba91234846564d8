-- Claims are written before the stock is locked and settled under the lock: what all claims of an offer wait for is then a guarded update
-- and the commit, and two batches of one offer write side by side. Whatever came between turns up in a guard, undoes the batch, and the
-- caller runs it again with the lock first, as it always was.

DROP FUNCTION chung.claim_offers(jsonb, jsonb, text, jsonb, integer[], uuid[], text[], uuid[], text[], text[], integer[], uuid[], uuid[], jsonb[]);
DROP FUNCTION chung.write_claims(
  chung.claim_terms[], jsonb, jsonb, timestamptz, date, integer[], integer[], uuid[], bigint[], text[],
  uuid[], text[], uuid[], text[], text[], integer[], uuid[], uuid[], jsonb[]);

-- What the event of a claim says beside the redemption, the member and the end of a hold.
ALTER TYPE chung.claim_terms ADD ATTRIBUTE event jsonb;

-- How an offer stands at one moment, as its claims need it. `refusal` is what all of them are answered, or null.
CREATE TYPE chung.claim_standing AS (
  offer_no      integer,
  offer_id      uuid,
  per_member    integer,
  per_day       integer,
  with_codes    boolean,
  cost_minor    bigint,
  by_entry_only boolean,
  free          integer,
  promised      integer,
  budget_left   bigint,
  taken         bigint,
  codes_left    bigint,
  refusal       text
);

-- `open`: the offers that had a unit for anybody when it was decided whom to lock. OFFSET 0: a look-up by key each, whatever the planner
-- believes of the sizes.
CREATE FUNCTION chung.standings_of(terms chung.claim_terms[], open uuid[], at timestamptz) RETURNS chung.claim_standing[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN ARRAY(
    SELECT ROW(t.ordinality::integer, t.offer_id, t.per_member, t.per_day, t.with_codes, t.cost_minor, t.by_entry_only,
               CASE WHEN s.offer_id = ANY (open) THEN s.stock - s.held - s.redeemed - s.promised ELSE 0 END, s.promised,
               s.budget_minor - s.spent_minor, p.taken, p.total - p.taken,
               CASE WHEN o.state IS DISTINCT FROM 'published' OR o.terms_version <> t.terms_version OR a.status IS DISTINCT FROM 'active'
                      OR c.version IS DISTINCT FROM t.contract_version OR c.vat IS DISTINCT FROM t.vat_basis_points THEN 'stale'
                    WHEN at < t.starts_at OR at >= t.ends_at THEN 'offer_not_open' END)::chung.claim_standing
      FROM unnest(terms) WITH ORDINALITY t
      LEFT JOIN LATERAL (SELECT * FROM chung.offer_stock s WHERE s.offer_id = t.offer_id OFFSET 0) s ON true
      LEFT JOIN LATERAL (SELECT o.state, o.terms_version FROM chung.offers o WHERE o.id = t.offer_id AND o.partner_id = t.partner_id OFFSET 0) o ON true
      LEFT JOIN LATERAL (SELECT a.status FROM chung.partners a WHERE a.id = t.partner_id OFFSET 0) a ON true
      LEFT JOIN LATERAL (
        SELECT k.version, (SELECT r.basis_points FROM chung.vat_rates r
                            WHERE r.service_class = k.service_class AND r.valid_from <= at ORDER BY r.valid_from DESC LIMIT 1) AS vat
          FROM chung.contracts k WHERE k.partner_id = t.partner_id AND k.valid_from <= at ORDER BY k.valid_from DESC LIMIT 1) c ON true
      LEFT JOIN LATERAL (SELECT p.taken, p.total FROM chung.code_pools p WHERE t.with_codes AND p.offer_id = t.offer_id OFFSET 0) p ON true
     ORDER BY t.ordinality);
END
$$;

-- Whether claims can be written before the lock: many of few offers whose units are handed out alike, with far more of them left than are
-- asked for here, so that a guard that refuses stays the rare case. Codes are numbered, and promises and draws looked up, under the lock alone.
CREATE FUNCTION chung.may_write_first(terms chung.claim_terms[], claims integer) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  -- Fewer hold the lock for a moment only.
  v_least CONSTANT integer := 50;
  v_offers CONSTANT integer := 8;
  -- Batches of other servers that may be on their way.
  v_batches CONSTANT integer := 16;
BEGIN
  IF claims < v_least OR cardinality(terms) > v_offers THEN RETURN false; END IF;
  RETURN (
    SELECT bool_and(NOT t.with_codes AND NOT t.by_entry_only AND s.promised = 0
                    AND s.stock - s.held - s.redeemed > v_batches * claims
                    AND (s.budget_minor IS NULL OR s.budget_minor - s.spent_minor > v_batches * claims * t.cost_minor)) IS TRUE
      FROM unnest(terms) t LEFT JOIN LATERAL (SELECT * FROM chung.offer_stock s WHERE s.offer_id = t.offer_id OFFSET 0) s ON true);
END
$$;

-- The claims of a batch and their outcomes; a member stands in it once. Locks are taken in one order: without `write_first` stock rows,
-- then keys, then uses; with it keys, uses, stock, and then who waits too long for the stock gives way, so that the two orders never stand
-- in a circle. A refusal writes nothing, so that the same key may succeed later.
--
-- Outcomes: made · known (the key made `known_id` before) · stale (offer, terms, partner or contract are not what the caller read) ·
-- and the codes of the errors. Row 0 says when, and of how many claims it speaks; then come those that were not simply made.
--
-- Plans are made once a session, perhaps while a table is empty, and a flash sale grows it a thousandfold before anybody analyses it.
-- So each read here can be served by one index only; the two that could not are asked apart (promised_entries, hints_of). A switched-off
-- kind of plan counts as very dear in servers before 18, which would compile each call: hence no jit.
CREATE FUNCTION chung.claim_offers(
  terms jsonb, forms jsonb, zone text, verdicts jsonb,
  offer_no integer[], member_id uuid[], idempotency_key text[], redemption_id uuid[], member_ref text[], client_id text[],
  verdict_no integer[], journal_id uuid[], event_id uuid[], lock_first boolean
) RETURNS TABLE (claim_no integer, outcome text, known_id uuid, known_offer uuid, code_position bigint, code_hint text, claimed_at timestamptz, claimed_day date)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off SET jit = off
SET lock_timeout = '5s' AS $$
#variable_conflict use_column
DECLARE
  v_terms chung.claim_terms[];
  v_standings chung.claim_standing[];
  v_open uuid[];
  v_write_first boolean;
  v_at timestamptz;
  v_day date;
  v_has_promises boolean;
  v_has_codes boolean;
  v_all_made boolean;
  v_entry uuid[];
  v_used integer[]; v_today integer[];
  v_outcome text[]; v_known uuid[]; v_known_offer uuid[]; v_position bigint[]; v_hint text[];
  w_no integer[]; w_offer_no integer[]; w_entry uuid[]; w_used integer[]; w_position bigint[]; w_hint text[];
BEGIN
  v_terms := ARRAY(SELECT jsonb_populate_record(NULL::chung.claim_terms, t.value) FROM jsonb_array_elements(terms) WITH ORDINALITY t ORDER BY t.ordinality);
  v_write_first := NOT lock_first AND chung.may_write_first(v_terms, cardinality(offer_no));

  -- An offer without a unit for anybody is not locked: a flood on a sold-out offer must not stop those who give units back.
  IF v_write_first THEN
    v_open := ARRAY(SELECT t.offer_id FROM unnest(v_terms) t);
    v_has_promises := false;
  ELSE
    SELECT array_agg(l.offer_id), coalesce(bool_or(l.promised > 0), false) INTO v_open, v_has_promises FROM (
      SELECT s.offer_id, s.promised FROM chung.offer_stock s
       WHERE s.offer_id = ANY (ARRAY(SELECT t.offer_id FROM unnest(v_terms) t)) AND s.held + s.redeemed < s.stock
       ORDER BY s.offer_id FOR UPDATE) l;
  END IF;
  -- The clock is read under the lock, or once more under it (settle_claims): a claim that waited past the end of its window is too late.
  v_at := date_trunc('milliseconds', clock_timestamp());
  v_day := (v_at AT TIME ZONE zone)::date;
  IF v_has_promises THEN
    v_entry := chung.promised_entries(v_terms, v_open, claim_offers.offer_no, claim_offers.member_id, v_at);
  END IF;
  v_standings := chung.standings_of(v_terms, v_open, v_at);

  -- What is known of each key and each member; in nearly every batch nothing that speaks against it.
  SELECT array_agg(f.known_id ORDER BY f.no), array_agg(f.known_offer ORDER BY f.no), array_agg(f.used ORDER BY f.no), array_agg(f.today ORDER BY f.no),
         bool_and(f.known_id IS NULL AND coalesce(f.used, 0) < f.per_member AND (f.per_day IS NULL OR coalesce(f.today, 0) < f.per_day))
    INTO v_known, v_known_offer, v_used, v_today, v_all_made
    FROM (
      SELECT c.no, k.redemption_id AS known_id, k.offer_id AS known_offer, u.used, u.today, o.per_member, o.per_day
        FROM unnest(claim_offers.offer_no, claim_offers.member_id, claim_offers.idempotency_key) WITH ORDINALITY c (offer_no, member_id, key, no)
        JOIN unnest(v_standings) o ON o.offer_no = c.offer_no
        LEFT JOIN LATERAL (SELECT k.redemption_id, k.offer_id FROM chung.claim_keys k
                            WHERE k.member_id = c.member_id AND k.idempotency_key = c.key OFFSET 0) k ON true
        LEFT JOIN LATERAL (SELECT u.used, CASE WHEN u.day >= v_day THEN u.used_today ELSE 0 END AS today FROM chung.redemption_usage u
                            WHERE u.offer_id = o.offer_id AND u.member_id = c.member_id OFFSET 0) u ON true) f;
  v_all_made := v_all_made AND NOT EXISTS (
    SELECT 1 FROM (SELECT n.offer_no, count(*) AS claims FROM unnest(claim_offers.offer_no) n (offer_no) GROUP BY n.offer_no) w
      JOIN unnest(v_standings) o ON o.offer_no = w.offer_no
     WHERE o.refusal IS NOT NULL OR o.with_codes OR o.by_entry_only OR o.promised > 0 OR w.claims > o.free OR w.claims * o.cost_minor > o.budget_left);

  IF v_all_made THEN
    w_no := ARRAY(SELECT generate_series(1, cardinality(claim_offers.offer_no)));
    w_offer_no := claim_offers.offer_no;
    w_used := v_used;
    v_outcome := array_fill('made'::text, ARRAY[cardinality(w_no)]);
  ELSE
    WITH claims AS (
      SELECT c.no::integer, o.*, c.known_id, c.known_offer, c.used, c.entry AS promise, c.known_id IS NULL AND o.refusal IS NULL AS open,
             coalesce(c.used, 0) < o.per_member AND (o.per_day IS NULL OR coalesce(c.today, 0) < o.per_day) AS may
        FROM unnest(claim_offers.offer_no, v_known, v_known_offer, v_used, v_today, v_entry) WITH ORDINALITY
             c (offer_no, known_id, known_offer, used, today, entry, no)
        JOIN unnest(v_standings) o ON o.offer_no = c.offer_no
    ), lined AS (
      SELECT l.*, row_number() OVER (PARTITION BY l.open, l.offer_no, l.may, l.promise IS NULL ORDER BY l.no) AS unit_nth FROM claims l
    ), served AS (
      SELECT l.*, l.open AND l.may AND (l.promise IS NOT NULL OR (NOT l.by_entry_only AND l.unit_nth <= l.free)) AS has_unit FROM lined l
    ), counted AS (
      SELECT s.*, row_number() OVER (PARTITION BY s.offer_no, s.has_unit ORDER BY s.no) AS nth_served FROM served s
    ), judged AS (
      SELECT c.*, CASE WHEN c.known_id IS NOT NULL THEN 'known'
                       WHEN c.refusal IS NOT NULL THEN c.refusal
                       WHEN c.by_entry_only AND c.promise IS NULL THEN 'offer_by_lottery'
                       WHEN c.promise IS NULL AND c.free <= 0 THEN 'offer_sold_out'
                       WHEN NOT c.may THEN 'limit_reached'
                       WHEN NOT c.has_unit THEN 'offer_sold_out'
                       WHEN c.with_codes AND c.nth_served > coalesce(c.codes_left, 0) THEN 'codes_exhausted'
                       WHEN c.nth_served * c.cost_minor > c.budget_left THEN 'offer_sold_out'
                       ELSE 'made' END AS outcome
        FROM counted c
    )
    SELECT array_agg(j.outcome ORDER BY j.no),
           array_agg(CASE WHEN j.outcome = 'made' AND j.with_codes THEN j.taken + j.nth_served END ORDER BY j.no),
           array_agg(j.no ORDER BY j.no) FILTER (WHERE j.outcome = 'made'), array_agg(j.offer_no ORDER BY j.no) FILTER (WHERE j.outcome = 'made'),
           array_agg(j.promise ORDER BY j.no) FILTER (WHERE j.outcome = 'made'), array_agg(j.used ORDER BY j.no) FILTER (WHERE j.outcome = 'made'),
           array_agg(CASE WHEN j.with_codes THEN j.taken + j.nth_served END ORDER BY j.no) FILTER (WHERE j.outcome = 'made'),
           coalesce(bool_or(j.outcome = 'made' AND j.with_codes), false)
      INTO v_outcome, v_position, w_no, w_offer_no, w_entry, w_used, w_position, v_has_codes
      FROM judged j;
    IF v_has_codes THEN
      v_hint := chung.hints_of(v_terms, claim_offers.offer_no, v_position);
      w_hint := chung.hints_of(v_terms, w_offer_no, w_position);
    END IF;
  END IF;

  IF w_no IS NOT NULL THEN
    PERFORM chung.write_claims(v_terms, forms, verdicts, v_at, v_day, w_no, w_offer_no, w_used, w_entry, w_position, w_hint,
                               claim_offers.member_id, claim_offers.idempotency_key, claim_offers.redemption_id, claim_offers.member_ref,
                               claim_offers.client_id, verdict_no, journal_id, event_id);
    IF v_write_first THEN
      PERFORM chung.lock_after_writing(v_terms, v_day, zone);
    END IF;
    PERFORM chung.settle_claims(v_terms, v_at, w_offer_no, w_entry, w_position,
                                ARRAY(SELECT claim_offers.redemption_id[n] FROM unnest(CASE WHEN v_has_promises THEN w_no END) n));
  END IF;

  RETURN QUERY SELECT 0, cardinality(v_outcome)::text, NULL::uuid, NULL::uuid, NULL::bigint, NULL::text, v_at, v_day;
  IF NOT v_all_made THEN
    RETURN QUERY
      SELECT r.no::integer, r.outcome, r.known_id, r.known_offer, r.position, r.hint, NULL::timestamptz, NULL::date
        FROM unnest(v_outcome, v_known, v_known_offer, v_position, v_hint) WITH ORDINALITY r (outcome, known_id, known_offer, position, hint, no)
       WHERE r.outcome <> 'made' OR r.position IS NOT NULL;
  END IF;
END
$$;

-- The stock rows of claims that are written already, and everything that may have changed since they were judged. Who waits longer than a
-- few commits take meets somebody who holds the stock and may want a key or a use of ours: the batch gives way.
CREATE FUNCTION chung.lock_after_writing(terms chung.claim_terms[], day date, zone text) RETURNS void LANGUAGE plpgsql SET lock_timeout = '150ms' AS $$
DECLARE
  v_promised integer;
  v_at timestamptz;
BEGIN
  SELECT sum(l.promised) INTO v_promised FROM (
    SELECT s.promised FROM chung.offer_stock s
     WHERE s.offer_id = ANY (ARRAY(SELECT t.offer_id FROM unnest(terms) t)) ORDER BY s.offer_id FOR UPDATE) l;
  v_at := clock_timestamp();
  IF v_promised > 0 OR (v_at AT TIME ZONE zone)::date <> day
     OR EXISTS (SELECT 1 FROM unnest(chung.standings_of(terms, ARRAY[]::uuid[], v_at)) o WHERE o.refusal IS NOT NULL) THEN
    RAISE EXCEPTION 'the offer changed while its claims were written' USING ERRCODE = 'serialization_failure';
  END IF;
END
$$;

-- Writes what claim_offers has decided: keys, redemptions, uses, journals and events; stock, pools and queue follow (settle_claims). A key
-- or a first use that somebody else has written meanwhile breaks its primary key, a limit that is full meanwhile leaves a row out: either
-- undoes the whole batch, and the caller runs it again.
CREATE FUNCTION chung.write_claims(
  terms chung.claim_terms[], forms jsonb, verdicts jsonb, at timestamptz, day date,
  w_no integer[], w_offer_no integer[], w_used integer[], w_entry uuid[], w_position bigint[], w_hint text[],
  member_id uuid[], idempotency_key text[], redemption_id uuid[], member_ref text[], client_id text[],
  verdict_no integer[], journal_id uuid[], event_id uuid[]
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_again integer;
  v_counted integer;
  v_form integer[]; v_offer uuid[]; v_id uuid[]; v_journal uuid[]; v_kind text[];
BEGIN
  WITH made AS MATERIALIZED (
    SELECT w.offer_no, w.used, w.position, w.hint, c.* , t.*
      FROM unnest(w_no, w_offer_no, w_used, w_position, w_hint) w (no, offer_no, used, position, hint)
      JOIN unnest(write_claims.member_id, write_claims.idempotency_key, write_claims.redemption_id, write_claims.member_ref, write_claims.client_id,
                  write_claims.verdict_no, write_claims.journal_id, write_claims.event_id)
           WITH ORDINALITY c (member_id, key, id, member_ref, client_id, verdict_no, journal_id, event_id, no) ON c.no = w.no
      JOIN unnest(terms) WITH ORDINALITY t ON t.ordinality = w.offer_no
  ), keys AS (
    -- In one order for everyone, so that two batches wait for each other's keys and uses and never in a circle.
    INSERT INTO chung.claim_keys (member_id, idempotency_key, offer_id, redemption_id)
    SELECT m.member_id, m.key, m.offer_id, m.id FROM made m ORDER BY m.member_id
  ), redemptions AS (
    INSERT INTO chung.redemptions (offer_id, id, member_id, partner_id, member_ref, client_id, state, terms_version, offer_title, partner_name,
      contract_version, fee_minor, vat_minor, vat_basis_points, cashback, eligibility, code_hint, code_position, cost_minor,
      idempotency_key, claimed_at, claimed_day, expires_at, updated_at)
    SELECT m.offer_id, m.id, m.member_id, m.partner_id, m.member_ref, m.client_id, m.state, m.terms_version, m.offer_title, m.partner_name,
           m.contract_version, m.fee_minor, m.vat_minor, m.vat_basis_points, m.cashback, verdicts -> m.verdict_no, m.hint, m.position, m.cost_minor,
           m.key, at, write_claims.day, at + make_interval(mins => m.hold_minutes), at
      FROM made m
  ), first_uses AS (
    INSERT INTO chung.redemption_usage (offer_id, member_id, used, day, used_today)
    SELECT m.offer_id, m.member_id, 1, write_claims.day, 1 FROM made m WHERE m.used IS NULL ORDER BY m.member_id
  ), more_uses AS (
    INSERT INTO chung.redemption_usage AS u (offer_id, member_id, used, day, used_today)
    SELECT m.offer_id, m.member_id, 1, write_claims.day, 1 FROM made m WHERE m.used IS NOT NULL ORDER BY m.member_id
    ON CONFLICT (offer_id, member_id) DO UPDATE
       SET used = u.used + 1, day = greatest(u.day, excluded.day), used_today = CASE WHEN u.day >= excluded.day THEN u.used_today ELSE 0 END + 1
     WHERE EXISTS (SELECT 1 FROM unnest(terms) t
                    WHERE t.offer_id = u.offer_id AND u.used < t.per_member
                      AND (t.per_day IS NULL OR u.day < excluded.day OR u.used_today < t.per_day))
    RETURNING 1
  ), events AS (
    INSERT INTO chung.outbox (shard_id, id, partner_id, type, data, txid, occurred_at)
    SELECT m.offer_id, m.event_id, m.partner_id, m.event_type,
           m.event || CASE WHEN m.hold_minutes IS NULL THEN jsonb_build_object('redemptionId', m.id, 'memberRef', m.member_ref)
                           ELSE jsonb_build_object('redemptionId', m.id, 'memberRef', m.member_ref, 'expiresAt',
                                to_char((at + make_interval(mins => m.hold_minutes)) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END,
           pg_current_xact_id(), at
      FROM made m
  )
  SELECT array_agg(m.offer_no), array_agg(m.offer_id), array_agg(m.id), array_agg(m.journal_id), array_agg(CASE m.state WHEN 'RESERVED' THEN 'reserved' ELSE 'redeemed' END),
         count(m.used), (SELECT count(*) FROM more_uses)
    INTO v_form, v_offer, v_id, v_journal, v_kind, v_again, v_counted
    FROM made m;
  IF v_counted <> v_again THEN
    RAISE EXCEPTION 'a limit was reached by another claim meanwhile' USING ERRCODE = 'serialization_failure';
  END IF;

  PERFORM chung.post_by_form(forms, at, v_form, v_offer, v_journal, v_kind, v_id);
END
$$;
