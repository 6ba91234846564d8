-- The member directory: provinces, the unit tree, members, and the table through which registers are imported.

-- Reference tables: small, read everywhere, on every node when the schema is distributed.
CREATE TABLE chung.provinces (
  code text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  CONSTRAINT provinces_pkey PRIMARY KEY (code),
  CONSTRAINT provinces_kind_known CHECK (kind IN ('city', 'province'))
);
GRANT SELECT, INSERT, UPDATE (name, kind) ON chung.provinces TO chung_server;

-- The 63 provinces and cities of before July 2025: registers written with their codes are still accepted.
CREATE TABLE chung.former_provinces (
  code          text NOT NULL,
  name          text NOT NULL,
  province_code text NOT NULL,
  CONSTRAINT former_provinces_pkey PRIMARY KEY (code),
  CONSTRAINT former_provinces_province_fkey FOREIGN KEY (province_code) REFERENCES chung.provinces (code)
);
GRANT SELECT, INSERT, UPDATE (name, province_code) ON chung.former_provinces TO chung_server;

-- `path` holds the codes from the centre to the unit itself: "is this member below that unit" is one array test, without a
-- recursive query (which a distributed database refuses).
CREATE TABLE chung.units (
  code          text   NOT NULL,
  kind          text   NOT NULL,
  parent_code   text,
  name          text   NOT NULL,
  province_code text,
  path          text[] NOT NULL,
  CONSTRAINT units_pkey PRIMARY KEY (code),
  CONSTRAINT units_parent_fkey FOREIGN KEY (parent_code) REFERENCES chung.units (code),
  CONSTRAINT units_province_fkey FOREIGN KEY (province_code) REFERENCES chung.provinces (code),
  CONSTRAINT units_kind_known CHECK (kind IN ('centre', 'province', 'district', 'commune', 'branch')),
  CONSTRAINT units_one_root CHECK ((parent_code IS NULL) = (kind = 'centre')),
  CONSTRAINT units_province_below_centre CHECK ((province_code IS NULL) = (kind = 'centre')),
  CONSTRAINT units_path_ends_here CHECK (path[cardinality(path)] = code)
);
GRANT SELECT, INSERT, UPDATE (name) ON chung.units TO chung_server;

-- Distribution column: id. No foreign keys to units and provinces: the import checks each row against them, nothing deletes
-- them, and a key check a row would double the time of an import.
CREATE TABLE chung.members (
  id             uuid        NOT NULL,
  member_code    text        NOT NULL,
  full_name      text        NOT NULL,
  birth_date     date,
  birth_year     smallint    NOT NULL,
  gender         text,
  contact_sealed bytea,
  phone_hash     bytea,
  unit_code      text        NOT NULL,
  province_code  text        NOT NULL,
  role           text        NOT NULL,
  verified       boolean     NOT NULL,
  joined_on      date,
  updated_at     timestamptz NOT NULL,
  CONSTRAINT members_pkey PRIMARY KEY (id),
  CONSTRAINT members_gender_known CHECK (gender IN ('female', 'male', 'other')),
  CONSTRAINT members_role_known CHECK (role IN ('member', 'officer', 'secretary')),
  CONSTRAINT members_birth_year_agrees CHECK (birth_date IS NULL OR extract(year FROM birth_date) = birth_year)
);
-- Keyed hash of the normalised number. Not unique: brothers and sisters give their parents' number.
CREATE INDEX members_phone ON chung.members (phone_hash) WHERE phone_hash IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON chung.members TO chung_server;

-- The register's own code is unique over all members, so it has a table distributed by it (operations.md), written in the
-- transaction of the member. `row_hash` is keyed; an unchanged row of a register is recognised here, without reading members.
CREATE TABLE chung.member_codes (
  member_code text  NOT NULL,
  member_id   uuid  NOT NULL,
  row_hash    bytea NOT NULL,
  CONSTRAINT member_codes_pkey PRIMARY KEY (member_code)
);
GRANT SELECT, INSERT, UPDATE (row_hash) ON chung.member_codes TO chung_server;

CREATE TABLE chung.member_imports (
  id           uuid        NOT NULL,
  source       text        NOT NULL,
  state        text        NOT NULL DEFAULT 'running',
  rows_read    integer     NOT NULL DEFAULT 0,
  inserted     integer     NOT NULL DEFAULT 0,
  updated      integer     NOT NULL DEFAULT 0,
  unchanged    integer     NOT NULL DEFAULT 0,
  rejected     integer     NOT NULL DEFAULT 0,
  -- Row, column and reason code of the first rejected rows; never a value.
  first_errors jsonb       NOT NULL DEFAULT '[]',
  report_path  text,
  started_at   timestamptz NOT NULL DEFAULT now(),
  finished_at  timestamptz,
  CONSTRAINT member_imports_pkey PRIMARY KEY (id),
  CONSTRAINT member_imports_source_known CHECK (source IN ('http', 'command')),
  CONSTRAINT member_imports_state_known CHECK (state IN ('running', 'done', 'failed')),
  CONSTRAINT member_imports_end_known CHECK ((finished_at IS NULL) = (state = 'running'))
);
GRANT SELECT, INSERT, UPDATE ON chung.member_imports TO chung_server;

-- A whole register waits here until all of it has been read and checked; only then is a member written. Unlogged: after a
-- crash the file is simply read again. One import at a time uses it, and it is empty between imports.
CREATE UNLOGGED TABLE chung.member_import_rows (
  line           integer NOT NULL,
  id             uuid    NOT NULL,
  member_code    text    NOT NULL,
  full_name      text    NOT NULL,
  birth_date     date,
  birth_year     smallint NOT NULL,
  gender         text,
  contact_sealed bytea,
  phone_hash     bytea,
  unit_code      text    NOT NULL,
  province_code  text    NOT NULL,
  role           text    NOT NULL,
  verified       boolean NOT NULL,
  joined_on      date,
  row_hash       bytea   NOT NULL,
  CONSTRAINT member_import_rows_pkey PRIMARY KEY (line)
);
GRANT SELECT, INSERT, DELETE, TRUNCATE ON chung.member_import_rows TO chung_server;
