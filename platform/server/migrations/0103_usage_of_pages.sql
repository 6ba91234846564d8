-- What members used of the offers on their pages, asked for by every page of the catalogue: by the member's latest redemptions, one look-up
-- where the counts by offer and member were one each.

-- Pairs of which nothing was used are not answered. Whoever has few redemptions, nearly everybody, is asked about those offers alone.
CREATE FUNCTION chung.usage_of(numbers integer[], offers uuid[], members uuid[]) RETURNS TABLE (no integer, offer_id uuid, used integer)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  v_few CONSTANT integer := 20;
BEGIN
  RETURN QUERY
    WITH active AS MATERIALIZED (
      SELECT asked.member_id, latest.offers, latest.count
        FROM (SELECT DISTINCT m AS member_id FROM unnest(members) AS m) AS asked
       CROSS JOIN LATERAL (
         SELECT array_agg(l.offer_id) AS offers, count(*) AS count
           FROM (SELECT r.offer_id FROM chung.redemptions AS r WHERE r.member_id = asked.member_id ORDER BY r.id DESC LIMIT v_few + 1) AS l OFFSET 0) AS latest
       WHERE latest.count > 0
    )
    SELECT pair.no, pair.offer_id, u.used
      FROM unnest(numbers, usage_of.offers, members) AS pair (no, offer_id, member_id)
      JOIN active ON active.member_id = pair.member_id AND (active.count > v_few OR pair.offer_id = ANY (active.offers))
     CROSS JOIN LATERAL (SELECT k.used FROM chung.redemption_usage AS k
                          WHERE k.offer_id = pair.offer_id AND k.member_id = pair.member_id OFFSET 0) AS u
     WHERE u.used > 0;
END
$$;
