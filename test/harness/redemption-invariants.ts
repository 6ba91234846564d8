// Checks the invariants of docs on redemptions over a whole database, by SQL that shares nothing with the server's.
import type pg from 'pg';

const LIVE = `('RESERVED', 'REDEEMED', 'FULFILLED', 'PARTLY_REVERSED')`;
const REDEEMED = `('REDEEMED', 'FULFILLED', 'PARTLY_REVERSED')`;
/** What is left of an amount after partial reversals: half up, in whole numbers. */
const left = (amount: string) => `(${amount} - (${amount} * r.reversed_basis_points * 2 + 10000) / 20000)`;

// An event's redemption stands in its data; taken apart once, so that a million events are read once and not once a redemption.
const EVENTS = `SELECT shard_id, (data ->> 'redemptionId')::uuid AS redemption_id, type, txid, id FROM chung.outbox WHERE type LIKE 'redemption.%'`;

/** Each query answers the rows that break its invariant. */
export const INVARIANTS: Readonly<Record<string, string>> = {
  'I1 an offer is oversold': `
    SELECT s.offer_id FROM chung.offer_stock s LEFT JOIN chung.redemptions r ON r.offer_id = s.offer_id AND r.state IN ${LIVE}
     GROUP BY s.offer_id, s.stock, s.promised HAVING count(r.id) + s.promised > s.stock`,

  'I2 a member passed the limit of an offer': `
    SELECT r.offer_id, r.member_id
      FROM chung.redemptions r JOIN chung.offer_terms t ON t.offer_id = r.offer_id AND t.version = r.terms_version
     WHERE r.state IN ${LIVE}
     GROUP BY r.offer_id, r.member_id HAVING count(*) > max((t.terms #>> '{limits,perMember}')::integer)`,

  'I2 a member passed the limit of a day': `
    SELECT r.offer_id, r.member_id, r.claimed_day
      FROM chung.redemptions r JOIN chung.offer_terms t ON t.offer_id = r.offer_id AND t.version = r.terms_version
     WHERE r.state IN ${LIVE} AND t.terms #>> '{limits,perMemberPerDay}' IS NOT NULL
     GROUP BY r.offer_id, r.member_id, r.claimed_day HAVING count(*) > max((t.terms #>> '{limits,perMemberPerDay}')::integer)`,

  'I2 the count of uses is not the number of live redemptions': `
    SELECT coalesce(r.offer_id, u.offer_id) AS offer_id, coalesce(r.member_id, u.member_id) AS member_id, u.used, r.live
      FROM (SELECT offer_id, member_id, count(*) AS live FROM chung.redemptions WHERE state IN ${LIVE} GROUP BY 1, 2) r
      FULL JOIN chung.redemption_usage u ON u.offer_id = r.offer_id AND u.member_id = r.member_id
     WHERE coalesce(u.used, 0) <> coalesce(r.live, 0)`,

  'I2 the count of a day is not the number of its live redemptions': `
    SELECT u.offer_id, u.member_id, u.used_today, r.live FROM chung.redemption_usage u
      LEFT JOIN (SELECT offer_id, member_id, claimed_day, count(*) AS live FROM chung.redemptions WHERE state IN ${LIVE} GROUP BY 1, 2, 3) r
        ON r.offer_id = u.offer_id AND r.member_id = u.member_id AND r.claimed_day = u.day
     WHERE u.used_today <> coalesce(r.live, 0)`,

  'I3 a redemption has a code that was not given out, or not the one it shows': `
    SELECT r.id FROM chung.redemptions r
      LEFT JOIN chung.code_pools p ON p.offer_id = r.offer_id
      LEFT JOIN chung.codes c ON c.offer_id = r.offer_id AND c.position = r.code_position
     WHERE r.code_position IS NOT NULL AND (c.position IS NULL OR c.position > p.taken OR c.hint IS DISTINCT FROM r.code_hint)
        OR (r.code_position IS NULL) <> (r.code_hint IS NULL)`,

  'I3 a code was given out to no redemption or to two': `
    SELECT p.offer_id FROM chung.code_pools p LEFT JOIN chung.redemptions r ON r.offer_id = p.offer_id AND r.code_position IS NOT NULL
     GROUP BY p.offer_id, p.taken HAVING count(r.id) <> p.taken OR count(DISTINCT r.code_position) <> p.taken`,

  'I3 the positions of a pool have gaps': `
    SELECT p.offer_id FROM chung.code_pools p LEFT JOIN chung.codes c ON c.offer_id = p.offer_id
     GROUP BY p.offer_id, p.total HAVING count(c.position) <> p.total OR coalesce(max(c.position), 0) <> p.total`,

  'I4 a unit is lost or counted twice': `
    SELECT s.offer_id FROM chung.offer_stock s LEFT JOIN chung.redemptions r ON r.offer_id = s.offer_id
     GROUP BY s.offer_id, s.held, s.redeemed
    HAVING s.held <> count(*) FILTER (WHERE r.state = 'RESERVED') OR s.redeemed <> count(*) FILTER (WHERE r.state IN ${REDEEMED})`,

  'I4 a promised unit is lost or counted twice': `
    SELECT s.offer_id, s.promised FROM chung.offer_stock s LEFT JOIN chung.queue_entries q ON q.offer_id = s.offer_id AND q.state = 'PROMISED'
     GROUP BY s.offer_id, s.promised HAVING s.promised <> count(q.id)`,

  // The first who waits against the last who was promised: a line of a million is read once, not compared with itself.
  'I5 somebody in line was passed over': `
    SELECT w.offer_id, w.id
      FROM (SELECT DISTINCT ON (offer_id, kind) offer_id, kind, coalesce(rank, 0) AS rank, joined_at, id FROM chung.queue_entries
             WHERE state = 'WAITING' ORDER BY offer_id, kind, coalesce(rank, 0), joined_at, id) w
      JOIN (SELECT DISTINCT ON (offer_id, kind) offer_id, kind, coalesce(rank, 0) AS rank, joined_at, id FROM chung.queue_entries
             WHERE state = 'PROMISED' ORDER BY offer_id, kind, coalesce(rank, 0) DESC, joined_at DESC, id DESC) p
        ON p.offer_id = w.offer_id AND p.kind = w.kind AND (w.rank, w.joined_at, w.id) < (p.rank, p.joined_at, p.id)`,

  'I5 a unit is free although somebody waits for one': `
    SELECT s.offer_id FROM chung.offer_stock s
      JOIN chung.offers o ON o.id = s.offer_id AND o.state = 'published'
      JOIN chung.offer_terms t ON t.offer_id = o.id AND t.version = o.terms_version
     WHERE s.held + s.redeemed + s.promised < s.stock AND (s.budget_minor IS NULL OR s.spent_minor < s.budget_minor)
       AND (t.terms #>> '{window,endsAt}')::timestamptz > now() AND t.terms #>> '{limits,perMemberPerDay}' IS NULL
       AND EXISTS (SELECT 1 FROM chung.queue_entries q WHERE q.offer_id = s.offer_id AND q.state = 'WAITING')`,

  'a lottery was drawn by another seed, or its ranks have gaps': `
    SELECT l.offer_id FROM chung.lotteries l LEFT JOIN chung.queue_entries q ON q.offer_id = l.offer_id AND q.rank IS NOT NULL
     WHERE l.state = 'DRAWN' GROUP BY l.offer_id, l.tickets, l.seed, l.commitment
    HAVING count(q.id) <> l.tickets OR coalesce(max(q.rank), 0) <> l.tickets OR count(DISTINCT q.rank) <> l.tickets OR sha256(l.seed) <> l.commitment`,

  'I4 the memo accounts differ from the stock': `
    SELECT s.offer_id FROM chung.offer_stock s
      LEFT JOIN chung.postings p ON p.shard_id = s.offer_id AND p.owner_id = s.offer_id AND p.currency = 'UNIT'
     GROUP BY s.offer_id, s.held, s.redeemed
    HAVING coalesce(sum(p.amount_minor) FILTER (WHERE p.account = 9100), 0) <> s.held
        OR coalesce(sum(p.amount_minor) FILTER (WHERE p.account = 9200), 0) <> s.redeemed`,

  'I6 a redemption has not the journals of its way': `
    SELECT r.id, r.state, j.kinds FROM chung.redemptions r
      LEFT JOIN (SELECT shard_id, cause_id, string_agg(kind, ' ' ORDER BY kind) FILTER (WHERE kind NOT LIKE 'partly_reversed:%') AS kinds
                   FROM chung.journals GROUP BY 1, 2) j
        ON j.shard_id = r.offer_id AND j.cause_id = r.id
     WHERE NOT coalesce(j.kinds, '') = ANY (CASE r.state
       WHEN 'RESERVED' THEN ARRAY['reserved']
       WHEN 'RELEASED' THEN ARRAY['released reserved']
       WHEN 'EXPIRED'  THEN ARRAY['expired reserved']
       WHEN 'REVERSED' THEN ARRAY['redeemed reversed', 'redeemed reserved reversed']
       ELSE ARRAY['redeemed', 'redeemed reserved'] END)`,

  'I6 the events of a redemption do not tell its way, in order': `
    SELECT r.id, r.state, o.told FROM chung.redemptions r
      LEFT JOIN (SELECT e.shard_id, e.redemption_id, string_agg(split_part(e.type, '.', 2), ' ' ORDER BY e.txid, e.id) AS told
                   FROM (${EVENTS}) e GROUP BY 1, 2) o ON o.shard_id = r.offer_id AND o.redemption_id = r.id
     WHERE NOT regexp_replace(coalesce(o.told, ''), '( partly_reversed)+', CASE r.state WHEN 'PARTLY_REVERSED' THEN ' part' ELSE '' END) = ANY (CASE r.state
       WHEN 'RESERVED'  THEN ARRAY['reserved']
       WHEN 'RELEASED'  THEN ARRAY['reserved released']
       WHEN 'EXPIRED'   THEN ARRAY['reserved expired']
       WHEN 'REDEEMED'  THEN ARRAY['redeemed', 'reserved redeemed']
       WHEN 'FULFILLED' THEN ARRAY['redeemed fulfilled', 'reserved redeemed fulfilled']
       WHEN 'PARTLY_REVERSED' THEN ARRAY['redeemed part', 'reserved redeemed part', 'redeemed fulfilled part', 'reserved redeemed fulfilled part']
       WHEN 'REVERSED'  THEN ARRAY['redeemed reversed', 'reserved redeemed reversed', 'redeemed fulfilled reversed', 'reserved redeemed fulfilled reversed']
       END)`,

  'I7 a key made two redemptions': `
    SELECT member_id, idempotency_key FROM chung.redemptions GROUP BY 1, 2 HAVING count(*) > 1`,

  'I7 a key and its redemption do not both exist': `
    SELECT coalesce(r.id, k.redemption_id) AS id FROM chung.redemptions r
      FULL JOIN chung.claim_keys k ON k.member_id = r.member_id AND k.idempotency_key = r.idempotency_key
     WHERE r.id IS DISTINCT FROM k.redemption_id OR r.offer_id IS DISTINCT FROM k.offer_id`,

  'I10 a posting has no journal, or a journal no postings': `
    SELECT p.journal_id FROM chung.postings p FULL JOIN chung.journals j ON j.shard_id = p.shard_id AND j.id = p.journal_id
     WHERE j.id IS NULL OR p.journal_id IS NULL`,

  'I10 a journal does not balance': `
    SELECT shard_id, journal_id, currency FROM chung.postings GROUP BY 1, 2, 3 HAVING sum(amount_minor) <> 0`,

  'I13 a redemption, its journal and its event do not all exist': `
    SELECT coalesce(r.id, j.cause_id, e.redemption_id) AS id, r.state, j.cause_id IS NULL AS without_journal, e.redemption_id IS NULL AS without_event
      FROM chung.redemptions r
      FULL JOIN (SELECT DISTINCT shard_id, cause_id FROM chung.journals
                  WHERE kind IN ('reserved', 'redeemed', 'released', 'expired', 'reversed')) j ON j.shard_id = r.offer_id AND j.cause_id = r.id
      FULL JOIN (SELECT DISTINCT shard_id, redemption_id FROM (${EVENTS}) e) e ON e.shard_id = r.offer_id AND e.redemption_id = r.id
     WHERE r.id IS NULL OR j.cause_id IS NULL OR e.redemption_id IS NULL`,

  'I14 a guarded account is negative': `
    SELECT owner_id, account, currency FROM chung.postings WHERE account IN (2140, 3900) GROUP BY 1, 2, 3 HAVING sum(amount_minor) > 0`,

  'I14 a budget is overspent': `
    SELECT offer_id FROM chung.offer_stock WHERE spent_minor < 0 OR spent_minor > budget_minor`,

  'I14 what a budget counts is not what its live redemptions cost': `
    SELECT s.offer_id, s.spent_minor FROM chung.offer_stock s LEFT JOIN chung.redemptions r ON r.offer_id = s.offer_id AND r.state IN ${LIVE}
     GROUP BY s.offer_id, s.spent_minor HAVING s.spent_minor <> coalesce(sum(r.cost_minor), 0)`,

  'M a redemption is not charged what it says': `
    SELECT r.id FROM chung.redemptions r
      JOIN chung.journals j ON j.shard_id = r.offer_id AND j.cause_id = r.id
      LEFT JOIN chung.postings p ON p.shard_id = j.shard_id AND p.journal_id = j.id AND p.currency = 'VND'
     GROUP BY r.id, r.state, r.fee_minor, r.vat_minor, r.cashback, r.reversed_basis_points
    HAVING coalesce(sum(p.amount_minor) FILTER (WHERE p.account = 1200), 0)
           <> CASE WHEN r.state IN ${REDEEMED} THEN ${left('r.fee_minor')} + ${left('r.vat_minor')} ELSE 0 END
        OR coalesce(-sum(p.amount_minor) FILTER (WHERE p.account = 2210), 0)
           <> CASE WHEN r.state IN ${REDEEMED} AND r.cashback IS NOT NULL
                   THEN ${left(`(r.cashback ->> 'partnerMinor')::bigint`)} + ${left(`(r.cashback ->> 'platformMinor')::bigint`)} ELSE 0 END`,
};

/** What does not hold, by name; empty when all does. */
export async function brokenInvariants(owner: pg.Client): Promise<string[]> {
  const broken: string[] = [];
  for (const [name, query] of Object.entries(INVARIANTS)) {
    const { rows } = await owner.query(query);
    if (rows.length > 0) broken.push(name);
  }
  return broken;
}
