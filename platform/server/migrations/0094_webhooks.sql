-- Webhooks: an endpoint is a place in the outbox and not a queue of rows, so that an event costs nothing for endpoints that are down.
CREATE TABLE chung.webhook_endpoints (
  partner_id     uuid        NOT NULL,
  id             uuid        NOT NULL,
  url            text        NOT NULL,
  description    text        NOT NULL,
  event_types    text[]      NOT NULL,
  state          text        NOT NULL CHECK (state IN ('active', 'paused')),
  pause_reason   text        CHECK (pause_reason IN ('partner', 'gone', 'failing')),
  -- Everything up to here was delivered (or filtered out); the next event is the first one behind it.
  cursor_txid    xid8        NOT NULL,
  cursor_id      uuid        NOT NULL,
  -- The event that is being tried again: the first one behind the cursor that the endpoint wants.
  failing_txid   xid8,
  failing_id     uuid,
  failing_since  timestamptz,
  attempts       integer     NOT NULL DEFAULT 0,
  next_try_at    timestamptz,
  last_error     text        NOT NULL DEFAULT '',
  -- The server process that delivers now. It ends with the time, so that a killed process blocks nobody for long.
  lease_owner    uuid,
  lease_until    timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (partner_id, id),
  CONSTRAINT webhook_endpoints_pause CHECK ((state = 'paused') = (pause_reason IS NOT NULL)),
  CONSTRAINT webhook_endpoints_failing CHECK ((failing_id IS NULL) = (failing_txid IS NULL) AND (failing_id IS NULL) = (failing_since IS NULL))
) WITH (fillfactor = 50);
-- For the published keys of an endpoint, which are asked for without the partner's name.
CREATE INDEX webhook_endpoints_by_id ON chung.webhook_endpoints (id);
GRANT SELECT, INSERT, UPDATE, DELETE ON chung.webhook_endpoints TO chung_server;

CREATE TABLE chung.webhook_keys (
  partner_id  uuid        NOT NULL,
  endpoint_id uuid        NOT NULL,
  id          uuid        NOT NULL,
  signing     text        NOT NULL CHECK (signing IN ('v1a', 'v1')),
  -- What others may know; NULL for a shared secret.
  public_key  text,
  sealed      bytea       NOT NULL,
  revealed_at timestamptz,
  retires_at  timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (partner_id, endpoint_id, id),
  CONSTRAINT webhook_keys_endpoint FOREIGN KEY (partner_id, endpoint_id) REFERENCES chung.webhook_endpoints (partner_id, id) ON DELETE CASCADE
);
GRANT SELECT, INSERT, UPDATE, DELETE ON chung.webhook_keys TO chung_server;

-- One row a try. It outlives its endpoint until the retention job takes it, so that a deletion hides nothing from an auditor.
CREATE TABLE chung.webhook_attempts (
  partner_id  uuid        NOT NULL,
  endpoint_id uuid        NOT NULL,
  id          uuid        NOT NULL,
  event_id    uuid        NOT NULL,
  event_type  text        NOT NULL,
  cause       text        NOT NULL CHECK (cause IN ('event', 'replay', 'test')),
  attempt     integer     NOT NULL,
  delivered   boolean     NOT NULL,
  status      integer,
  error       text,
  latency_ms  integer     NOT NULL,
  excerpt     text,
  next_try_at timestamptz,
  at          timestamptz NOT NULL,
  PRIMARY KEY (partner_id, endpoint_id, id)
);
CREATE INDEX webhook_attempts_event ON chung.webhook_attempts (partner_id, endpoint_id, event_id);
CREATE INDEX webhook_attempts_failed ON chung.webhook_attempts (partner_id, endpoint_id, id) WHERE NOT delivered;
GRANT SELECT, INSERT, DELETE ON chung.webhook_attempts TO chung_server;

-- A replay is a second place in the outbox with an end.
CREATE TABLE chung.webhook_replays (
  partner_id   uuid        NOT NULL,
  endpoint_id  uuid        NOT NULL,
  id           uuid        NOT NULL,
  event_id     uuid,
  from_at      timestamptz NOT NULL,
  until_at     timestamptz NOT NULL,
  cursor_txid  xid8        NOT NULL,
  cursor_id    uuid        NOT NULL,
  end_txid     xid8        NOT NULL,
  end_id       uuid        NOT NULL,
  state        text        NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  delivered    integer     NOT NULL DEFAULT 0,
  attempts     integer     NOT NULL DEFAULT 0,
  next_try_at  timestamptz,
  requested_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (partner_id, endpoint_id, id),
  CONSTRAINT webhook_replays_endpoint FOREIGN KEY (partner_id, endpoint_id) REFERENCES chung.webhook_endpoints (partner_id, id) ON DELETE CASCADE
);
GRANT SELECT, INSERT, UPDATE, DELETE ON chung.webhook_replays TO chung_server;

-- The server processes that deliver, so that each takes its share of the endpoints.
CREATE TABLE chung.webhook_relays (
  id         uuid        NOT NULL PRIMARY KEY,
  seen_until timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON chung.webhook_relays TO chung_server;

-- The outbox stays append-only for the server's role. Only this may take rows away, and the rule stands in it: older than the
-- 30 days of a replay, and passed by every endpoint of the partner.
CREATE FUNCTION chung.delete_passed_events(partner uuid, before timestamptz, at_most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  WITH oldest AS (
    SELECT o.shard_id, o.id, o.txid, o.occurred_at FROM chung.outbox o
     WHERE o.partner_id = partner ORDER BY o.txid, o.id LIMIT at_most
  ), gone AS (
    DELETE FROM chung.outbox o USING oldest d
     WHERE o.shard_id = d.shard_id AND o.id = d.id
       AND d.occurred_at < least(before, now() - interval '30 days')
       AND NOT EXISTS (SELECT FROM chung.webhook_endpoints e
                        WHERE e.partner_id = partner AND (e.cursor_txid, e.cursor_id) < (d.txid, d.id))
       AND NOT EXISTS (SELECT FROM chung.webhook_replays r
                        WHERE r.partner_id = partner AND r.state = 'running' AND (r.cursor_txid, r.cursor_id) < (d.txid, d.id))
    RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;
REVOKE EXECUTE ON FUNCTION chung.delete_passed_events(uuid, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chung.delete_passed_events(uuid, timestamptz, integer) TO chung_server;
