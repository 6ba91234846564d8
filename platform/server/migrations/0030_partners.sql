-- Partners, and what each owes for a redemption: contracts and VAT rates as dated data, never rewritten.

CREATE TABLE chung.partners (
  id            uuid        NOT NULL,
  slug          text        NOT NULL,
  name          text        NOT NULL,
  legal_name    text        NOT NULL,
  tax_id        text        NOT NULL,
  contact_email text        NOT NULL,
  status        text        NOT NULL DEFAULT 'applied',
  status_reason text        NOT NULL DEFAULT '',
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT partners_pkey PRIMARY KEY (id),
  CONSTRAINT partners_slug_key UNIQUE (slug),
  CONSTRAINT partners_status_known CHECK (status IN ('applied', 'active', 'suspended', 'refused'))
);
GRANT SELECT, INSERT ON chung.partners TO chung_server;
GRANT UPDATE (status, status_reason, updated_at) ON chung.partners TO chung_server;

-- A contract ends where the next version begins: only the beginning is stored, so two versions cannot overlap and no gap can
-- appear. Append-only: the server's role may not change what a past redemption was charged by.
CREATE TABLE chung.contracts (
  partner_id               uuid        NOT NULL,
  version                  integer     NOT NULL,
  valid_from               timestamptz NOT NULL,
  fee_per_redemption_minor bigint      NOT NULL,
  commission_basis_points  integer     NOT NULL,
  service_class            text        NOT NULL,
  created_at               timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT contracts_pkey PRIMARY KEY (partner_id, version),
  CONSTRAINT contracts_begin_once UNIQUE (partner_id, valid_from),
  CONSTRAINT contracts_partner_fkey FOREIGN KEY (partner_id) REFERENCES chung.partners (id),
  CONSTRAINT contracts_version_positive CHECK (version >= 1),
  CONSTRAINT contracts_fee_not_negative CHECK (fee_per_redemption_minor >= 0),
  CONSTRAINT contracts_commission_a_share CHECK (commission_basis_points BETWEEN 0 AND 10000),
  CONSTRAINT contracts_class_known CHECK (service_class IN ('standard', 'telecom', 'finance'))
);
GRANT SELECT, INSERT ON chung.contracts TO chung_server;

-- VAT by service class and tax date. A rate holds until the next line of its class; the day begins at Vietnam's midnight.
CREATE TABLE chung.vat_rates (
  service_class text        NOT NULL,
  valid_from    timestamptz NOT NULL,
  basis_points  integer     NOT NULL,
  CONSTRAINT vat_rates_pkey PRIMARY KEY (service_class, valid_from),
  CONSTRAINT vat_rates_a_share CHECK (basis_points BETWEEN 0 AND 10000)
);
INSERT INTO chung.vat_rates (service_class, valid_from, basis_points) VALUES
  ('standard', '2025-07-01 00:00:00+07', 800),
  ('standard', '2027-01-01 00:00:00+07', 1000),
  ('telecom',  '2025-07-01 00:00:00+07', 1000),
  ('finance',  '2025-07-01 00:00:00+07', 1000);
GRANT SELECT ON chung.vat_rates TO chung_server;
