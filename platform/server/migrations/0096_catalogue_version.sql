-- The catalogue is kept in each server's memory; one row tells all of them, at the commit, that what is listed has changed.

CREATE TABLE chung.catalogue_version (
  name    text NOT NULL,
  version uuid NOT NULL,
  CONSTRAINT catalogue_version_pkey PRIMARY KEY (name),
  CONSTRAINT catalogue_version_one_row CHECK (name = 'listings')
);
INSERT INTO chung.catalogue_version (name, version) VALUES ('listings', gen_random_uuid());
GRANT SELECT ON chung.catalogue_version TO chung_server;
GRANT UPDATE (version) ON chung.catalogue_version TO chung_server;
