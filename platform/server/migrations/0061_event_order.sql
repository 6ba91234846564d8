-- The transaction of a redemption's last event: an older one that comes later must not tell its event before (see moveState).
ALTER TABLE chung.redemptions ADD COLUMN event_txid xid8 NOT NULL DEFAULT pg_current_xact_id();
