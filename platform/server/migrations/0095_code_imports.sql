-- Filling code pools: uploads and generations as jobs that survive a crash, and a count of wrong codes that stops guessing.

-- One row an upload or generation. Its counts move in the transaction that adds the codes, so they are never ahead of the pool.
CREATE TABLE chung.code_jobs (
  offer_id       uuid        NOT NULL,
  id             uuid        NOT NULL,
  partner_id     uuid        NOT NULL,
  kind           text        NOT NULL,
  state          text        NOT NULL DEFAULT 'running',
  -- What a generation makes; it holds no code.
  recipe         jsonb,
  rows_total     bigint,
  bytes_total    bigint,
  bytes_taken    bigint      NOT NULL DEFAULT 0,
  lines_taken    bigint      NOT NULL DEFAULT 0,
  rows_read      bigint      NOT NULL DEFAULT 0,
  added          bigint      NOT NULL DEFAULT 0,
  duplicates     bigint      NOT NULL DEFAULT 0,
  rejected       bigint      NOT NULL DEFAULT 0,
  rejected_lines  jsonb      NOT NULL DEFAULT '[]',
  duplicate_lines jsonb      NOT NULL DEFAULT '[]',
  batches        integer     NOT NULL DEFAULT 0,
  -- Who works on it: whoever takes it over writes a new value here, and the one before can add nothing more.
  runner         uuid,
  lease_until    timestamptz,
  busy_ms        bigint      NOT NULL DEFAULT 0,
  error          text,
  started_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  finished_at    timestamptz,
  CONSTRAINT code_jobs_pkey PRIMARY KEY (offer_id, id),
  CONSTRAINT code_jobs_offer_fkey FOREIGN KEY (offer_id) REFERENCES chung.offers (id),
  CONSTRAINT code_jobs_kind_known CHECK (kind IN ('upload', 'generation')),
  CONSTRAINT code_jobs_state_known CHECK (state IN ('running', 'interrupted', 'done', 'cancelled', 'failed')),
  CONSTRAINT code_jobs_rows_add_up CHECK (rows_read = added + duplicates + rejected)
);
-- One at a time in a pool: positions are given out in a row without gaps, and only the running job gives them.
CREATE UNIQUE INDEX code_jobs_running ON chung.code_jobs (offer_id) WHERE state = 'running';
GRANT SELECT, INSERT ON chung.code_jobs TO chung_server;
GRANT UPDATE (state, bytes_total, bytes_taken, lines_taken, rows_read, added, duplicates, rejected, rejected_lines, duplicate_lines, batches,
              runner, lease_until, busy_ms, error, updated_at, finished_at) ON chung.code_jobs TO chung_server;

-- Checked for each of 25 million rows it was a sixth of the work, and says nothing new: codes come only with a job, and the job has it.
ALTER TABLE chung.codes DROP CONSTRAINT codes_offer_fkey;

-- Adds one batch in one statement, so that no round trip lies between the lock on the pool's row, which claims wait for, and the commit.
-- The job's row is locked first: it fences off a runner that was replaced, and makes this batch's positions its own.
-- The batch comes as three long values that are cut here: an array of a value a code took longer to read than the insert.
-- Answers the job; no row when the runner may not go on. The same batch again, after an answer that was lost, adds nothing.
CREATE FUNCTION chung.add_codes(
  p_offer uuid, p_job uuid, p_runner uuid, p_batch integer,
  p_hashes bytea, p_sealed bytea, p_ends integer[], p_hints text[], p_lines bigint[], p_told jsonb
) RETURNS SETOF chung.code_jobs LANGUAGE plpgsql
-- The plan must not depend on what the planner knows of a table that grows by the batch: hashes are looked up in their index.
SET enable_seqscan = off AS $$
DECLARE
  job chung.code_jobs;
  codes integer := coalesce(array_length(p_ends, 1), 0);
  hash_bytes integer := 32;
  pool_total bigint;
  fresh bigint := 0;
  known jsonb := '[]';
BEGIN
  -- The outbox need not wait for this transaction (kernel/outbox.ts).
  PERFORM set_config('application_name', 'chung: writes no events', true);
  SELECT * INTO job FROM chung.code_jobs j WHERE j.offer_id = p_offer AND j.id = p_job FOR UPDATE;
  IF NOT FOUND OR job.state <> 'running' OR job.runner IS DISTINCT FROM p_runner THEN RETURN; END IF;
  IF job.batches = p_batch THEN RETURN NEXT job; RETURN; END IF;
  IF job.batches <> p_batch - 1 THEN RAISE EXCEPTION 'batch % of job % after batch %', p_batch, p_job, job.batches; END IF;

  IF codes > 0 THEN
    SELECT p.total INTO STRICT pool_total FROM chung.code_pools p WHERE p.offer_id = p_offer;
    INSERT INTO chung.codes (offer_id, position, lookup_hash, sealed, hint)
    SELECT p_offer, pool_total + row_number() OVER (), u.hash, u.sealed, u.hint
      FROM (SELECT substring(p_hashes FROM hash_bytes * (i - 1) + 1 FOR hash_bytes) AS hash,
                   substring(p_sealed FROM coalesce(p_ends[i - 1], 0) + 1 FOR p_ends[i] - coalesce(p_ends[i - 1], 0)) AS sealed,
                   p_hints[i] AS hint
              FROM generate_series(1, codes) AS i) u
     -- Not "NOT EXISTS": that becomes a join, and the plan kept for all values went through the whole pool for each code.
     WHERE (SELECT k.position FROM chung.codes k WHERE k.offer_id = p_offer AND k.lookup_hash = u.hash) IS NULL;
    GET DIAGNOSTICS fresh = ROW_COUNT;
    IF fresh < codes AND jsonb_array_length(job.duplicate_lines) < 100 THEN
      SELECT coalesce(jsonb_agg(p_lines[i] ORDER BY i), '[]') INTO known
        FROM generate_series(1, codes) AS i
       WHERE (SELECT k.position FROM chung.codes k
               WHERE k.offer_id = p_offer
                 AND k.lookup_hash = substring(p_hashes FROM hash_bytes * (i - 1) + 1 FOR hash_bytes)) <= pool_total;
    END IF;
  END IF;

  UPDATE chung.code_jobs j
     SET batches = p_batch,
         added = j.added + fresh,
         duplicates = j.duplicates + (codes - fresh) + (p_told ->> 'duplicates')::bigint,
         rejected = j.rejected + (p_told ->> 'rejected')::bigint,
         rows_read = j.rows_read + codes + (p_told ->> 'duplicates')::bigint + (p_told ->> 'rejected')::bigint,
         bytes_taken = (p_told ->> 'bytesTaken')::bigint,
         lines_taken = (p_told ->> 'linesTaken')::bigint,
         rejected_lines = jsonb_path_query_array(j.rejected_lines || (p_told -> 'rejectedLines'), '$[0 to 99]'),
         duplicate_lines = CASE WHEN jsonb_array_length(j.duplicate_lines) >= 100 THEN j.duplicate_lines
           ELSE (SELECT coalesce(jsonb_agg(line ORDER BY line), '[]')
                   FROM (SELECT line FROM jsonb_array_elements(j.duplicate_lines || known || (p_told -> 'duplicateLines')) AS e (value),
                                LATERAL (SELECT e.value::bigint AS line) l ORDER BY line LIMIT 100) first_lines) END,
         busy_ms = j.busy_ms + extract(epoch FROM clock_timestamp() - j.updated_at) * 1000,
         lease_until = clock_timestamp() + interval '30 seconds',
         updated_at = clock_timestamp()
   WHERE j.offer_id = p_offer AND j.id = p_job
  RETURNING * INTO job;

  -- Last: from here to the commit claims of this offer wait.
  IF fresh > 0 THEN
    UPDATE chung.code_pools SET total = total + fresh, updated_at = clock_timestamp() WHERE offer_id = p_offer;
  END IF;
  RETURN NEXT job;
END $$;

-- Wrong codes of each account and app of a partner: in the database, so that the limit holds over all servers.
CREATE TABLE chung.code_guesses (
  partner_id   uuid        NOT NULL,
  caller       text        NOT NULL,
  wrong        integer     NOT NULL DEFAULT 0,
  window_until timestamptz,
  -- How often in a row it was locked; each time takes twice as long.
  locks        integer     NOT NULL DEFAULT 0,
  locked_until timestamptz,
  CONSTRAINT code_guesses_pkey PRIMARY KEY (partner_id, caller)
);
GRANT SELECT, INSERT ON chung.code_guesses TO chung_server;
GRANT UPDATE (wrong, window_until, locks, locked_until) ON chung.code_guesses TO chung_server;

-- Looks a code up for a caller who may not guess. The caller's row is locked first, so that tries at the same moment are counted one after
-- the other; the try that is one too many is not even looked up. Answers places, or one row without a place that says how long to wait.
CREATE FUNCTION chung.look_up_code(p_partner uuid, p_caller text, p_hash bytea, p_tries integer, p_window interval, p_lock interval)
RETURNS TABLE (offer_id uuid, "position" bigint, wait_seconds integer, just_locked boolean) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
  caller chung.code_guesses;
  at timestamptz;
BEGIN
  PERFORM set_config('application_name', 'chung: writes no events', true);
  INSERT INTO chung.code_guesses (partner_id, caller) VALUES (p_partner, p_caller) ON CONFLICT DO NOTHING;
  SELECT * INTO caller FROM chung.code_guesses g WHERE g.partner_id = p_partner AND g.caller = p_caller FOR UPDATE;
  -- After the lock: time passed while others had it.
  at := clock_timestamp();
  IF caller.locked_until > at THEN
    RETURN QUERY SELECT NULL::uuid, NULL::bigint, ceil(extract(epoch FROM caller.locked_until - at))::integer, false;
    RETURN;
  END IF;
  -- Only positions that were given out: a code nobody holds is as unknown as one that does not exist.
  RETURN QUERY
    SELECT c.offer_id, c.position, 0, false
      FROM chung.offers o
      JOIN chung.code_pools p ON p.offer_id = o.id
      JOIN chung.codes c ON c.offer_id = o.id AND c.lookup_hash = p_hash AND c.position <= p.taken
     WHERE o.partner_id = p_partner;
  IF FOUND THEN RETURN; END IF;
  IF caller.window_until IS NULL OR caller.window_until <= at THEN
    caller.wrong := 0;
    caller.window_until := at + p_window;
  END IF;
  caller.wrong := caller.wrong + 1;
  IF caller.wrong < p_tries THEN
    UPDATE chung.code_guesses g SET wrong = caller.wrong, window_until = caller.window_until
     WHERE g.partner_id = p_partner AND g.caller = p_caller;
    RETURN;
  END IF;
  -- A day without a lock is forgiven.
  IF caller.locked_until < at - interval '1 day' THEN caller.locks := 0; END IF;
  caller.locked_until := at + p_lock * (2 ^ least(caller.locks, 6));
  UPDATE chung.code_guesses g SET wrong = 0, window_until = NULL, locks = caller.locks + 1, locked_until = caller.locked_until
   WHERE g.partner_id = p_partner AND g.caller = p_caller;
  RETURN QUERY SELECT NULL::uuid, NULL::bigint, 0, true;
END $$;
