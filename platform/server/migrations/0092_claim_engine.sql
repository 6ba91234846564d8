-- One call, one transaction, many claims: the functions behind group commit. Each decides under the offers' row locks and writes by sets.

-- What all claims of one offer in a batch share.
CREATE TYPE chung.claim_terms AS (
  offer_id         uuid,
  partner_id       uuid,
  terms_version    integer,
  offer_title      jsonb,
  partner_name     text,
  contract_version integer,
  fee_minor        bigint,
  vat_minor        bigint,
  vat_basis_points integer,
  cashback         jsonb,
  state            text,
  hold_minutes     integer,
  per_member       integer,
  per_day          integer,
  starts_at        timestamptz,
  ends_at          timestamptz,
  with_codes       boolean,
  cost_minor       bigint,
  by_entry_only    boolean,
  event_type       text
);

-- Books many journals of few forms: a form is the lines of one offer's claim, checked once, written for each journal that names it.
-- Runs as the owner, like post_journals: the server has no right to write the tables.
CREATE FUNCTION chung.post_by_form(forms jsonb, at timestamptz, form_no integer[], shard_id uuid[], journal_id uuid[], kind text[], cause_id uuid[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1
      FROM jsonb_array_elements(forms) WITH ORDINALITY AS form (lines, no)
      LEFT JOIN LATERAL jsonb_array_elements(form.lines) AS line ON true
     GROUP BY form.no, line ->> 'currency'
    HAVING coalesce(sum((line ->> 'amount')::numeric), 1) <> 0
  ) THEN
    RAISE EXCEPTION 'journal does not balance' USING ERRCODE = 'check_violation', CONSTRAINT = 'journals_balance';
  END IF;

  INSERT INTO chung.journals (shard_id, id, kind, cause_id, occurred_at)
  SELECT j.shard_id, j.id, j.kind, j.cause_id, at
    FROM unnest(post_by_form.shard_id, journal_id, post_by_form.kind, post_by_form.cause_id) AS j (shard_id, id, kind, cause_id);

  -- The lines are read out of the JSON once a form, not once a journal.
  WITH lines AS MATERIALIZED (
    SELECT form.no, line.no::smallint AS line, (line.value ->> 'account')::integer AS account, (line.value ->> 'ownerId')::uuid AS owner_id,
           line.value ->> 'currency' AS currency, (line.value ->> 'amount')::bigint AS amount
      FROM jsonb_array_elements(forms) WITH ORDINALITY AS form (lines, no)
     CROSS JOIN LATERAL jsonb_array_elements(form.lines) WITH ORDINALITY AS line (value, no)
  )
  INSERT INTO chung.postings (shard_id, journal_id, line, account, owner_id, currency, amount_minor)
  SELECT j.shard_id, j.id, l.line, l.account, l.owner_id, l.currency, l.amount
    FROM unnest(post_by_form.form_no, post_by_form.shard_id, journal_id) AS j (form_no, shard_id, id)
    JOIN lines l ON l.no = j.form_no;
END
$$;
REVOKE ALL ON FUNCTION chung.post_by_form(jsonb, timestamptz, integer[], uuid[], uuid[], text[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chung.post_by_form(jsonb, timestamptz, integer[], uuid[], uuid[], text[], uuid[]) TO chung_server;

-- Gives free units to the members next in line. The caller holds the offer's stock row, so nobody can come between.
CREATE FUNCTION chung.promote_entries(offer uuid, at timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  promoted integer;
BEGIN
  WITH free AS (
    SELECT s.stock - s.held - s.redeemed - s.promised AS units FROM chung.offer_stock s WHERE s.offer_id = offer
  ), next AS (
    SELECT q.id, q.accept_minutes FROM chung.queue_entries q
     WHERE q.offer_id = offer AND q.state = 'WAITING'
     ORDER BY q.rank, q.joined_at, q.id LIMIT greatest((SELECT units FROM free), 0)
  ), moved AS (
    UPDATE chung.queue_entries q
       SET state = 'PROMISED', promised_until = at + make_interval(mins => next.accept_minutes), updated_at = at
      FROM next WHERE q.offer_id = offer AND q.id = next.id AND q.state = 'WAITING'
    RETURNING 1
  )
  SELECT count(*) INTO promoted FROM moved;
  IF promoted > 0 THEN
    UPDATE chung.offer_stock SET promised = promised + promoted WHERE offer_id = offer;
  END IF;
  RETURN promoted;
END
$$;

-- Whose turn it is, claim by claim: the entry that keeps a unit for this member, or null.
CREATE FUNCTION chung.promised_entries(terms chung.claim_terms[], locked uuid[], offer_no integer[], member_id uuid[], at timestamptz)
RETURNS uuid[] LANGUAGE sql STABLE SET plan_cache_mode = force_custom_plan AS $$
  SELECT array_agg(q.id ORDER BY c.no)
    FROM unnest(promised_entries.offer_no, promised_entries.member_id) WITH ORDINALITY c (offer_no, member_id, no)
    JOIN unnest(terms) WITH ORDINALITY t ON t.ordinality = c.offer_no
    LEFT JOIN chung.queue_entries q ON q.offer_id = t.offer_id AND q.member_id = c.member_id AND q.state = 'PROMISED' AND q.promised_until > at
                                   AND q.offer_id = ANY (locked)
$$;

-- The hints of codes, place by place; null where the place is.
CREATE FUNCTION chung.hints_of(terms chung.claim_terms[], offer_no integer[], place bigint[])
RETURNS text[] LANGUAGE sql STABLE SET plan_cache_mode = force_custom_plan AS $$
  -- One look-up a place: as a join it read whole pools, seconds a claim once a pool held millions.
  SELECT array_agg((SELECT k.hint FROM chung.codes k WHERE k.offer_id = t.offer_id AND k.position = c.place) ORDER BY c.no)
    FROM unnest(hints_of.offer_no, hints_of.place) WITH ORDINALITY c (offer_no, place, no)
    JOIN unnest(terms) WITH ORDINALITY t ON t.ordinality = c.offer_no
$$;

-- The claims of a batch, each with its outcome. Locks are taken in one order by everyone: stock rows, then keys; a member's count of
-- uses is written only under the stock row's lock. A refusal writes nothing, so that the same key may succeed later.
--
-- Outcomes: made · known (the key made `known_id` before) · stale (offer, terms, partner or contract are not what the caller read) ·
-- and the codes of the errors.
--
-- Plans are made once a session, perhaps while a table is empty, and a flash sale grows it a thousandfold before anybody analyses it.
-- So each read here can be served by one index only; the two that could not are asked apart (promised_entries, hints_of). A switched-off
-- kind of plan counts as very dear in servers before 18, which would compile each call: hence no jit.
CREATE FUNCTION chung.claim_offers(
  terms jsonb, forms jsonb, zone text, verdicts jsonb,
  offer_no integer[], member_id uuid[], idempotency_key text[], redemption_id uuid[], member_ref text[], client_id text[],
  verdict_no integer[], journal_id uuid[], event_id uuid[], event jsonb[]
) RETURNS TABLE (claim_no integer, outcome text, known_id uuid, known_offer uuid, code_position bigint, code_hint text, claimed_at timestamptz, claimed_day date)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off SET jit = off
SET lock_timeout = '5s' AS $$
#variable_conflict use_column
DECLARE
  v_terms chung.claim_terms[];
  v_locked uuid[];
  v_at timestamptz;
  v_day date;
  v_has_promises boolean;
  v_has_codes boolean;
  v_entry uuid[];
  v_outcome text[]; v_known uuid[]; v_known_offer uuid[]; v_position bigint[]; v_hint text[];
  w_no integer[]; w_offer_no integer[]; w_entry uuid[]; w_position bigint[]; w_hint text[];
BEGIN
  v_terms := ARRAY(SELECT jsonb_populate_record(NULL::chung.claim_terms, t.value) FROM jsonb_array_elements(terms) WITH ORDINALITY t ORDER BY t.ordinality);

  -- An offer without a unit for anybody is not locked: a flood on a sold-out offer must not stop those who give units back.
  SELECT array_agg(l.offer_id), coalesce(bool_or(l.promised > 0), false) INTO v_locked, v_has_promises FROM (
    SELECT s.offer_id, s.promised FROM chung.offer_stock s
     WHERE s.offer_id = ANY (ARRAY(SELECT t.offer_id FROM unnest(v_terms) t)) AND s.held + s.redeemed < s.stock
     ORDER BY s.offer_id FOR UPDATE) l;
  -- The clock is read under the lock: a claim that waited past the end of its window is too late.
  v_at := date_trunc('milliseconds', clock_timestamp());
  v_day := (v_at AT TIME ZONE zone)::date;
  IF v_has_promises THEN
    v_entry := chung.promised_entries(v_terms, v_locked, claim_offers.offer_no, claim_offers.member_id, v_at);
  END IF;

  WITH offers AS MATERIALIZED (
    SELECT t.ordinality::integer AS offer_no, t.offer_id, t.per_member, t.per_day, t.with_codes, t.cost_minor, t.by_entry_only,
           CASE WHEN s.offer_id = ANY (v_locked) THEN s.stock - s.held - s.redeemed - s.promised ELSE 0 END AS free,
           s.budget_minor - s.spent_minor AS budget_left, p.taken, p.total - p.taken AS codes_left,
           CASE WHEN o.state IS DISTINCT FROM 'published' OR o.terms_version <> t.terms_version OR a.status IS DISTINCT FROM 'active'
                  OR c.version IS DISTINCT FROM t.contract_version OR c.vat IS DISTINCT FROM t.vat_basis_points THEN 'stale'
                WHEN v_at < t.starts_at OR v_at >= t.ends_at THEN 'offer_not_open' END AS refusal
      FROM unnest(v_terms) WITH ORDINALITY t
      LEFT JOIN LATERAL (SELECT * FROM chung.offer_stock s WHERE s.offer_id = t.offer_id OFFSET 0) s ON true
      LEFT JOIN LATERAL (SELECT o.state, o.terms_version FROM chung.offers o WHERE o.id = t.offer_id AND o.partner_id = t.partner_id OFFSET 0) o ON true
      LEFT JOIN LATERAL (SELECT a.status FROM chung.partners a WHERE a.id = t.partner_id OFFSET 0) a ON true
      LEFT JOIN LATERAL (
        SELECT k.version, (SELECT r.basis_points FROM chung.vat_rates r
                            WHERE r.service_class = k.service_class AND r.valid_from <= v_at ORDER BY r.valid_from DESC LIMIT 1) AS vat
          FROM chung.contracts k WHERE k.partner_id = t.partner_id AND k.valid_from <= v_at ORDER BY k.valid_from DESC LIMIT 1) c ON true
      LEFT JOIN LATERAL (SELECT p.taken, p.total FROM chung.code_pools p WHERE t.with_codes AND p.offer_id = t.offer_id OFFSET 0) p ON true
  ), claims AS (
    SELECT c.no::integer, c.member_id, o.*, k.redemption_id AS known_id, k.offer_id AS known_offer, u.used, u.today, c.entry,
           k.redemption_id IS NULL AND o.refusal IS NULL AS open
      FROM unnest(claim_offers.offer_no, claim_offers.member_id, claim_offers.idempotency_key, v_entry) WITH ORDINALITY c (offer_no, member_id, key, entry, no)
      JOIN offers o ON o.offer_no = c.offer_no
      LEFT JOIN LATERAL (SELECT k.redemption_id, k.offer_id FROM chung.claim_keys k
                          WHERE k.member_id = c.member_id AND k.idempotency_key = c.key OFFSET 0) k ON true
      LEFT JOIN LATERAL (SELECT u.used, CASE WHEN u.day >= v_day THEN u.used_today ELSE 0 END AS today FROM chung.redemption_usage u
                          WHERE u.offer_id = o.offer_id AND u.member_id = c.member_id OFFSET 0) u ON true
  ), numbered AS (
    SELECT c.*, row_number() OVER (PARTITION BY c.open, c.offer_no, c.member_id ORDER BY c.no) AS nth FROM claims c
  ), limited AS (
    -- A promised unit is one: a member's second claim in the batch stands in line with everybody.
    SELECT n.*, CASE WHEN n.nth = 1 THEN n.entry END AS promise,
           coalesce(n.used, 0) + n.nth <= n.per_member AND (n.per_day IS NULL OR coalesce(n.today, 0) + n.nth <= n.per_day) AS may
      FROM numbered n
  ), lined AS (
    SELECT l.*, row_number() OVER (PARTITION BY l.open, l.offer_no, l.may, l.promise IS NULL ORDER BY l.no) AS unit_nth FROM limited l
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
  SELECT array_agg(j.outcome ORDER BY j.no), array_agg(j.known_id ORDER BY j.no), array_agg(j.known_offer ORDER BY j.no),
         array_agg(CASE WHEN j.outcome = 'made' AND j.with_codes THEN j.taken + j.nth_served END ORDER BY j.no),
         array_agg(j.no ORDER BY j.no) FILTER (WHERE j.outcome = 'made'), array_agg(j.offer_no ORDER BY j.no) FILTER (WHERE j.outcome = 'made'),
         array_agg(j.promise ORDER BY j.no) FILTER (WHERE j.outcome = 'made'),
         array_agg(CASE WHEN j.with_codes THEN j.taken + j.nth_served END ORDER BY j.no) FILTER (WHERE j.outcome = 'made'),
         coalesce(bool_or(j.outcome = 'made' AND j.with_codes), false)
    INTO v_outcome, v_known, v_known_offer, v_position, w_no, w_offer_no, w_entry, w_position, v_has_codes
    FROM judged j;
  IF v_has_codes THEN
    v_hint := chung.hints_of(v_terms, claim_offers.offer_no, v_position);
    w_hint := chung.hints_of(v_terms, w_offer_no, w_position);
  END IF;

  IF w_no IS NOT NULL THEN
    PERFORM chung.write_claims(v_terms, forms, verdicts, v_at, v_day, w_no, w_offer_no, w_entry, w_position, w_hint,
                               claim_offers.member_id, claim_offers.idempotency_key, claim_offers.redemption_id, claim_offers.member_ref,
                               claim_offers.client_id, verdict_no, journal_id, event_id, event);
  END IF;

  RETURN QUERY
    SELECT r.no::integer, r.outcome, r.known_id, r.known_offer, r.position, r.hint, v_at, v_day
      FROM unnest(v_outcome, v_known, v_known_offer, v_position, v_hint) WITH ORDINALITY r (outcome, known_id, known_offer, position, hint, no);
END
$$;

-- Writes what claim_offers has decided: keys, redemptions, uses, codes, queue, journals, events, and the guarded stock last. A guard that
-- refuses after all (another claim with the key on another offer has just committed) undoes the whole batch; the caller runs it again.
CREATE FUNCTION chung.write_claims(
  terms chung.claim_terms[], forms jsonb, verdicts jsonb, at timestamptz, day date,
  w_no integer[], w_offer_no integer[], w_entry uuid[], w_position bigint[], w_hint text[],
  member_id uuid[], idempotency_key text[], redemption_id uuid[], member_ref text[], client_id text[],
  verdict_no integer[], journal_id uuid[], event_id uuid[], event jsonb[]
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_count integer;
  v_offer uuid[]; v_id uuid[]; v_journal uuid[]; v_kind text[];
BEGIN
  WITH made AS MATERIALIZED (
    SELECT w.offer_no, w.position, w.hint, c.* , t.*
      FROM unnest(w_no, w_offer_no, w_position, w_hint) w (no, offer_no, position, hint)
      JOIN unnest(write_claims.member_id, write_claims.idempotency_key, write_claims.redemption_id, write_claims.member_ref, write_claims.client_id,
                  write_claims.verdict_no, write_claims.journal_id, write_claims.event_id, write_claims.event)
           WITH ORDINALITY c (member_id, key, id, member_ref, client_id, verdict_no, journal_id, event_id, event, no) ON c.no = w.no
      JOIN unnest(terms) WITH ORDINALITY t ON t.ordinality = w.offer_no
  ), keys AS (
    -- In one order for everyone, so that two batches wait for each other's keys and never in a circle.
    INSERT INTO chung.claim_keys (member_id, idempotency_key, offer_id, redemption_id)
    SELECT m.member_id, m.key, m.offer_id, m.id FROM made m ORDER BY m.member_id, m.key
    ON CONFLICT DO NOTHING RETURNING 1
  ), redemptions AS (
    INSERT INTO chung.redemptions (offer_id, id, member_id, partner_id, member_ref, client_id, state, terms_version, offer_title, partner_name,
      contract_version, fee_minor, vat_minor, vat_basis_points, cashback, eligibility, code_hint, code_position, cost_minor,
      idempotency_key, claimed_at, claimed_day, expires_at, updated_at)
    SELECT m.offer_id, m.id, m.member_id, m.partner_id, m.member_ref, m.client_id, m.state, m.terms_version, m.offer_title, m.partner_name,
           m.contract_version, m.fee_minor, m.vat_minor, m.vat_basis_points, m.cashback, verdicts -> m.verdict_no, m.hint, m.position, m.cost_minor,
           m.key, at, write_claims.day, at + make_interval(mins => m.hold_minutes), at
      FROM made m
  ), uses AS (
    INSERT INTO chung.redemption_usage AS u (offer_id, member_id, used, day, used_today)
    SELECT m.offer_id, m.member_id, count(*), write_claims.day, count(*) FROM made m GROUP BY m.offer_id, m.member_id
    ON CONFLICT (offer_id, member_id) DO UPDATE
       SET used = u.used + excluded.used, day = greatest(u.day, excluded.day),
           used_today = CASE WHEN u.day >= excluded.day THEN u.used_today ELSE 0 END + excluded.used_today
  ), events AS (
    INSERT INTO chung.outbox (shard_id, id, partner_id, type, data, txid, occurred_at)
    SELECT m.offer_id, m.event_id, m.partner_id, m.event_type,
           CASE WHEN m.hold_minutes IS NULL THEN m.event
                ELSE m.event || jsonb_build_object('expiresAt',
                       to_char((at + make_interval(mins => m.hold_minutes)) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END,
           pg_current_xact_id(), at
      FROM made m
  )
  SELECT array_agg(m.offer_id), array_agg(m.id), array_agg(m.journal_id), array_agg(CASE m.state WHEN 'RESERVED' THEN 'reserved' ELSE 'redeemed' END),
         (SELECT count(*) FROM keys)
    INTO v_offer, v_id, v_journal, v_kind, v_count
    FROM made m;
  IF v_count <> cardinality(w_no) THEN
    RAISE EXCEPTION 'a key was used by another claim meanwhile' USING ERRCODE = 'serialization_failure';
  END IF;

  PERFORM chung.post_by_form(forms, at, w_offer_no, v_offer, v_journal, v_kind, v_id);
  PERFORM chung.settle_claims(terms, at, w_offer_no, w_entry, w_position, v_id);
END
$$;

-- The last step of a batch: the queue's entries, the pools and the stock, each guarded; a guard that misses a row undoes everything.
CREATE FUNCTION chung.settle_claims(terms chung.claim_terms[], at timestamptz, w_offer_no integer[], w_entry uuid[], w_position bigint[], w_id uuid[])
RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_wanted integer;
  v_found integer;
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(w_entry) e WHERE e IS NOT NULL) THEN
    UPDATE chung.queue_entries q SET state = 'TAKEN', promised_until = NULL, redemption_id = w.id, updated_at = at
      FROM unnest(w_offer_no, w_entry, w_id) w (offer_no, entry, id) JOIN unnest(terms) WITH ORDINALITY t ON t.ordinality = w.offer_no
     WHERE q.offer_id = t.offer_id AND q.id = w.entry AND q.state = 'PROMISED';
  END IF;

  IF EXISTS (SELECT 1 FROM unnest(w_position) p WHERE p IS NOT NULL) THEN
    UPDATE chung.code_pools p SET taken = w.last
      FROM (SELECT t.offer_id, max(x.position) AS last, count(*) AS n
              FROM unnest(w_offer_no, w_position) x (offer_no, position) JOIN unnest(terms) WITH ORDINALITY t ON t.ordinality = x.offer_no
             WHERE x.position IS NOT NULL GROUP BY t.offer_id) w
     WHERE p.offer_id = w.offer_id AND p.taken + w.n = w.last;
    GET DIAGNOSTICS v_found = ROW_COUNT;
    SELECT count(DISTINCT x.offer_no) INTO v_wanted FROM unnest(w_offer_no, w_position) x (offer_no, position) WHERE x.position IS NOT NULL;
    IF v_found <> v_wanted THEN
      RAISE EXCEPTION 'a code pool was drawn from meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
  END IF;

  UPDATE chung.offer_stock s
     SET held = s.held + w.held, redeemed = s.redeemed + w.redeemed, promised = s.promised - w.promised, spent_minor = s.spent_minor + w.cost
    FROM (SELECT t.offer_id, count(*) FILTER (WHERE t.state = 'RESERVED') AS held, count(*) FILTER (WHERE t.state <> 'RESERVED') AS redeemed,
                 count(x.entry) AS promised, sum(t.cost_minor) AS cost, count(*) AS n
            FROM unnest(w_offer_no, w_entry) x (offer_no, entry) JOIN unnest(terms) WITH ORDINALITY t ON t.ordinality = x.offer_no
           GROUP BY t.offer_id) w
   WHERE s.offer_id = w.offer_id AND s.held + s.redeemed + s.promised + w.n - w.promised <= s.stock
     AND (s.budget_minor IS NULL OR s.spent_minor + w.cost <= s.budget_minor);
  GET DIAGNOSTICS v_found = ROW_COUNT;
  SELECT count(DISTINCT offer_no) INTO v_wanted FROM unnest(w_offer_no) offer_no;
  IF v_found <> v_wanted THEN
    RAISE EXCEPTION 'the stock was taken meanwhile' USING ERRCODE = 'serialization_failure';
  END IF;
END
$$;

-- What transitions do to stock, uses and queue, right before their commit: the stock row is the one all claims of an offer share, and
-- nothing may be waited for while it is held. Each settlement: {offerId, from, to, memberId, day, costMinor}; `to` is null when the unit
-- goes back, and then the member's use and the cost go back with it.
CREATE FUNCTION chung.settle_units(settlements jsonb) RETURNS void LANGUAGE plpgsql SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
  v_offers uuid[];
  v_offer uuid;
  v_found integer;
  v_at timestamptz;
BEGIN
  SELECT array_agg(l.offer_id) INTO v_offers FROM (
    SELECT s.offer_id FROM chung.offer_stock s
     WHERE s.offer_id = ANY (ARRAY(SELECT DISTINCT (x ->> 'offerId')::uuid FROM jsonb_array_elements(settlements) x))
     ORDER BY s.offer_id FOR UPDATE) l;
  v_at := clock_timestamp();

  UPDATE chung.offer_stock s
     SET held = s.held - w.from_held, redeemed = s.redeemed - w.from_redeemed + w.to_redeemed, spent_minor = s.spent_minor - w.cost
    FROM (SELECT (x ->> 'offerId')::uuid AS offer_id, count(*) FILTER (WHERE x ->> 'from' = 'held') AS from_held,
                 count(*) FILTER (WHERE x ->> 'from' = 'redeemed') AS from_redeemed, count(*) FILTER (WHERE x ->> 'to' = 'redeemed') AS to_redeemed,
                 coalesce(sum((x ->> 'costMinor')::bigint) FILTER (WHERE x ->> 'to' IS NULL), 0) AS cost
            FROM jsonb_array_elements(settlements) x GROUP BY 1) w
   WHERE s.offer_id = w.offer_id AND s.held >= w.from_held AND s.redeemed + w.to_redeemed >= w.from_redeemed;
  GET DIAGNOSTICS v_found = ROW_COUNT;
  IF v_found IS DISTINCT FROM coalesce(cardinality(v_offers), 0) OR v_found = 0 THEN
    RAISE EXCEPTION 'an offer has no such unit to move' USING ERRCODE = 'raise_exception';
  END IF;

  UPDATE chung.redemption_usage u
     SET used = u.used - w.n, used_today = u.used_today - least(u.used_today, w.today_n)
    FROM (SELECT (x ->> 'offerId')::uuid AS offer_id, (x ->> 'memberId')::uuid AS member_id, count(*) AS n,
                 count(*) FILTER (WHERE (x ->> 'day')::date = k.day) AS today_n
            FROM jsonb_array_elements(settlements) x
            JOIN LATERAL (SELECT k.day FROM chung.redemption_usage k
                           WHERE k.offer_id = (x ->> 'offerId')::uuid AND k.member_id = (x ->> 'memberId')::uuid OFFSET 0) k ON true
           WHERE x ->> 'to' IS NULL GROUP BY 1, 2) w
   WHERE u.offer_id = w.offer_id AND u.member_id = w.member_id;

  FOREACH v_offer IN ARRAY ARRAY(SELECT DISTINCT (x ->> 'offerId')::uuid FROM jsonb_array_elements(settlements) x WHERE x ->> 'to' IS NULL ORDER BY 1) LOOP
    PERFORM chung.promote_entries(v_offer, v_at);
  END LOOP;
END
$$;
