import { Partner, type PartnerId, type PartnerStatus } from '@chung/contracts';
import { constraintOf, type Db, type Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { ContractTerms, ContractVersion, ServiceClass } from './contract.ts';
import type { PartnerApplication } from './partner.ts';

interface PartnerRow {
  id: string;
  slug: string;
  name: string;
  legal_name: string;
  tax_id: string;
  contact_email: string;
  status: string;
  created_at: Date;
}

interface ContractRow {
  version: number;
  fee_per_redemption_minor: bigint;
  commission_basis_points: number;
  service_class: ServiceClass;
  vat_basis_points: number;
}

// A left join gives all columns of a contract or none; `version` tells which.
type NoContract = { [Column in keyof ContractRow]: null };

const COLUMNS = 'p.id, p.slug, p.name, p.legal_name, p.tax_id, p.contact_email, p.status, p.created_at';

/** Parsed, because brands come from the schema and not from a cast. */
const partnerOf = (row: PartnerRow): Partner =>
  Partner.parse({
    id: row.id,
    slug: row.slug,
    name: row.name,
    legalName: row.legal_name,
    taxId: row.tax_id,
    contactEmail: row.contact_email,
    status: row.status,
    createdAt: row.created_at.toISOString(),
  });

const contractOf = (row: ContractRow): ContractTerms => ({
  version: row.version,
  feePerRedemptionMinor: row.fee_per_redemption_minor,
  commissionBasisPoints: row.commission_basis_points,
  vatBasisPoints: row.vat_basis_points,
  serviceClass: row.service_class,
});

/** A new partner, `applied` by the column's default; throws `slug_taken`. */
export async function insertPartner(tx: Tx, id: PartnerId, application: PartnerApplication): Promise<Partner> {
  try {
    const [row] = await tx.query<PartnerRow>(
      `INSERT INTO chung.partners AS p (id, slug, name, legal_name, tax_id, contact_email)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
      [id, application.slug, application.name, application.legalName, application.taxId, application.contactEmail],
    );
    if (!row) throw new Error('INSERT … RETURNING answered no row');
    return partnerOf(row);
  } catch (error) {
    if (constraintOf(error) === 'partners_slug_key') throw new DomainError('slug_taken', { cause: error });
    throw error;
  }
}

/** In no order; ids that nobody has are left out. */
export async function findPartners(on: Tx, ids: readonly PartnerId[]): Promise<readonly Partner[]> {
  const rows = await on.query<PartnerRow>(`SELECT ${COLUMNS} FROM chung.partners p WHERE p.id = ANY($1::uuid[])`, [ids]);
  return rows.map(partnerOf);
}

export async function findPartnerBySlug(on: Tx, slug: string): Promise<Partner | null> {
  const [row] = await on.query<PartnerRow>(`SELECT ${COLUMNS} FROM chung.partners p WHERE p.slug = $1`, [slug]);
  return row ? partnerOf(row) : null;
}

/** Newest first; `before` is the last id of the page before. */
export async function listPartners(
  db: Db,
  page: { status: PartnerStatus | undefined; before: string | null; limit: number },
): Promise<readonly Partner[]> {
  const rows = await db.prisma.partner.findMany({
    where: { ...(page.status !== undefined && { status: page.status }), ...(page.before !== null && { id: { lt: page.before } }) },
    orderBy: { id: 'desc' },
    take: page.limit,
  });
  return rows.map((row) => Partner.parse({ ...row, createdAt: row.createdAt.toISOString() }));
}

/** The guarded transition: no row means that the partner was in another status (or is not there). */
export async function moveStatus(
  tx: Tx,
  id: PartnerId,
  move: { from: readonly PartnerStatus[]; to: PartnerStatus; reason: string },
): Promise<Partner | null> {
  const [row] = await tx.query<PartnerRow>(
    `UPDATE chung.partners p SET status = $2, status_reason = $3, updated_at = now()
      WHERE p.id = $1 AND p.status = ANY($4::text[]) RETURNING ${COLUMNS}`,
    [id, move.to, move.reason, move.from],
  );
  return row ? partnerOf(row) : null;
}

/**
 * Adds the next contract version. It must begin after every version there is, so that history is never rewritten; throws
 * `conflict` when it does not. Two at once meet at the primary key, so one of them fails instead of overlapping.
 */
export async function insertContract(tx: Tx, partnerId: PartnerId, contract: ContractVersion): Promise<void> {
  try {
    if (!(await insertNextVersion(tx, partnerId, contract))) throw new DomainError('conflict');
  } catch (error) {
    if (constraintOf(error) === 'contracts_pkey') throw new DomainError('conflict', { cause: error });
    throw error;
  }
}

async function insertNextVersion(tx: Tx, partnerId: PartnerId, contract: ContractVersion): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO chung.contracts (partner_id, version, valid_from, fee_per_redemption_minor, commission_basis_points, service_class)
     SELECT $1::uuid, COALESCE(max(version), 0) + 1, $2::timestamptz, $3::bigint, $4::integer, $5::text
       FROM chung.contracts WHERE partner_id = $1
     HAVING COALESCE(max(valid_from) < $2, true)
     RETURNING version`,
    [partnerId, contract.validFrom, contract.feePerRedemptionMinor, contract.commissionBasisPoints, contract.serviceClass],
  );
  return rows.length === 1;
}

/** The version that began last at or before the moment, and the rate that its service class had then: $1 partner, $2 moment. */
const CONTRACT_AT = `
  SELECT c.version, c.fee_per_redemption_minor, c.commission_basis_points, c.service_class, v.basis_points AS vat_basis_points
    FROM chung.contracts c
    JOIN LATERAL (SELECT r.basis_points FROM chung.vat_rates r
                   WHERE r.service_class = c.service_class AND r.valid_from <= $2::timestamptz ORDER BY r.valid_from DESC LIMIT 1) v ON true
   WHERE c.partner_id = $1 AND c.valid_from <= $2::timestamptz
   ORDER BY c.valid_from DESC LIMIT 1`;

export async function findContractAt(on: Tx, partnerId: PartnerId, at: Date): Promise<ContractTerms | null> {
  const [row] = await on.query<ContractRow>(CONTRACT_AT, [partnerId, at]);
  return row ? contractOf(row) : null;
}

/** Partner and contract in one round trip: claims read both each time. */
export async function findStanding(
  on: Tx,
  partnerId: PartnerId,
  at: Date,
): Promise<{ partner: Partner; contract: ContractTerms | null } | null> {
  const [row] = await on.query<PartnerRow & (ContractRow | NoContract)>(
    `SELECT ${COLUMNS}, t.* FROM chung.partners p LEFT JOIN LATERAL (${CONTRACT_AT}) t ON true WHERE p.id = $1`,
    [partnerId, at],
  );
  if (!row) return null;
  return { partner: partnerOf(row), contract: row.version === null ? null : contractOf(row) };
}
