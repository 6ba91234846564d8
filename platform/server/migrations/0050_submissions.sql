-- Submissions: a request to publish one version of an offer, with its automatic findings and its one decision.

CREATE TABLE chung.submissions (
  id            uuid        NOT NULL,
  offer_id      uuid        NOT NULL,
  partner_id    uuid        NOT NULL,
  terms_version integer     NOT NULL,
  state         text        NOT NULL DEFAULT 'waiting',
  findings      jsonb       NOT NULL,
  submitted_at  timestamptz NOT NULL DEFAULT now(),
  reasons       jsonb,
  decided_at    timestamptz,
  decided_by    uuid,
  CONSTRAINT submissions_pkey PRIMARY KEY (id),
  CONSTRAINT submissions_offer_fkey FOREIGN KEY (offer_id) REFERENCES chung.offers (id),
  CONSTRAINT submissions_state_known CHECK (state IN ('waiting', 'approved', 'refused')),
  CONSTRAINT submissions_decided_whole CHECK ((state = 'waiting') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
);
-- The queue, oldest first, and the history of decisions.
CREATE INDEX submissions_queue ON chung.submissions (state, id);
-- An offer waits at most once, whatever the code above believes.
CREATE UNIQUE INDEX submissions_waiting_once ON chung.submissions (offer_id) WHERE state = 'waiting';
GRANT SELECT, INSERT ON chung.submissions TO chung_server;
GRANT UPDATE (state, reasons, decided_at, decided_by) ON chung.submissions TO chung_server;
