-- Double-entry books that nobody can edit: the server may read them and call post_journals, nothing else.

CREATE TABLE chung.journals (
  -- The offer for redemptions, else the partner: a journal lives on the shard of the transaction that posts it.
  shard_id    uuid        NOT NULL,
  id          uuid        NOT NULL,
  kind        text        NOT NULL,
  -- What the journal is about (a redemption). With `kind` it makes every effect post once.
  cause_id    uuid        NOT NULL,
  detail      jsonb       NOT NULL DEFAULT '{}',
  occurred_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (shard_id, id),
  CONSTRAINT journals_once UNIQUE (shard_id, cause_id, kind)
);

CREATE TABLE chung.postings (
  shard_id     uuid     NOT NULL,
  journal_id   uuid     NOT NULL,
  line         smallint NOT NULL,
  account      integer  NOT NULL CHECK (account BETWEEN 1000 AND 9999),
  -- Partner, offer or nil: the sub-account.
  owner_id     uuid     NOT NULL,
  currency     text     NOT NULL,
  -- Debit is positive, credit negative.
  amount_minor bigint   NOT NULL CHECK (amount_minor <> 0),
  PRIMARY KEY (shard_id, journal_id, line),
  CONSTRAINT postings_journal FOREIGN KEY (shard_id, journal_id) REFERENCES chung.journals (shard_id, id)
);
CREATE INDEX postings_account ON chung.postings (owner_id, account, currency) INCLUDE (amount_minor);

-- The only way in. Runs as the owner, so that the server needs no right to write the tables; refuses what does not balance.
CREATE FUNCTION chung.post_journals(batch jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1
      FROM jsonb_array_elements(batch) AS journal
      LEFT JOIN LATERAL jsonb_array_elements(journal -> 'postings') AS posting ON true
     GROUP BY journal ->> 'id', posting ->> 'currency'
    HAVING coalesce(sum((posting ->> 'amount')::numeric), 1) <> 0
  ) THEN
    RAISE EXCEPTION 'journal does not balance' USING ERRCODE = 'check_violation', CONSTRAINT = 'journals_balance';
  END IF;

  INSERT INTO chung.journals (shard_id, id, kind, cause_id, detail)
  SELECT (journal ->> 'shardId')::uuid, (journal ->> 'id')::uuid, journal ->> 'kind', (journal ->> 'causeId')::uuid,
         coalesce(journal -> 'detail', '{}')
    FROM jsonb_array_elements(batch) AS journal;

  INSERT INTO chung.postings (shard_id, journal_id, line, account, owner_id, currency, amount_minor)
  SELECT (journal ->> 'shardId')::uuid, (journal ->> 'id')::uuid, posting.line, (posting.value ->> 'account')::integer,
         (posting.value ->> 'ownerId')::uuid, posting.value ->> 'currency', (posting.value ->> 'amount')::bigint
    FROM jsonb_array_elements(batch) AS journal
   CROSS JOIN LATERAL jsonb_array_elements(journal -> 'postings') WITH ORDINALITY AS posting (value, line);
END
$$;
REVOKE ALL ON FUNCTION chung.post_journals(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chung.post_journals(jsonb) TO chung_server;
GRANT SELECT ON chung.journals, chung.postings TO chung_server;
