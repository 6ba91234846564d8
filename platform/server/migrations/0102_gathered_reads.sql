-- The reads that every request begins with, as functions: their plans are made once a session and not with each call, which took longer
-- than the reading; and lists of scopes, the same for nearly everybody, leave as text.

-- Where everything stands that a token hangs on. To be joined laterally; it is one SELECT, so that it becomes a part of the asking query.
CREATE FUNCTION chung.standing_of(asked_client text, asked_grant text, asked_token text) RETURNS TABLE (
  client_id text, app_kind text, actor text, app_partner uuid, app_scopes text, account_id uuid, account_kind text, account_state text,
  member_id uuid, account_partner uuid, display_name text, partner_status text, consent_id text, consented text, revoked boolean
) LANGUAGE sql STABLE AS $$
  SELECT app.client_id, app.kind, app.actor, app.partner_id, array_to_string(app.scopes, ' '),
         account.id, account.kind, account.state, account.member_id, account.partner_id, account.display_name,
         access.status, consent.id,
         (SELECT string_agg(line.scope, ' ') FROM chung.grant_scopes AS line WHERE line.grant_id = consent.id AND line.state = 'granted'),
         EXISTS (SELECT FROM chung.revoked_tokens AS denied WHERE denied.jti = asked_token)
    FROM chung.apps AS app
    LEFT JOIN chung.oidc_artifacts AS artifact
      ON artifact.model = 'Grant' AND artifact.id = asked_grant AND artifact.client_id = app.client_id AND artifact.expires_at > now()
    LEFT JOIN chung.accounts AS account ON account.id = artifact.account_id
    LEFT JOIN chung.partner_access AS access ON access.partner_id = coalesce(app.partner_id, account.partner_id)
    LEFT JOIN chung.grants AS consent ON consent.account_id = account.id AND consent.client_id = app.client_id
   WHERE app.client_id = asked_client
  -- Keeps the planner from turning a look-up by key into a join over all members.
  OFFSET 0
$$;

-- One row a key, in their order; without a client for an app that is not there.
CREATE FUNCTION chung.find_standings(clients text[], grants text[], tokens text[]) RETURNS TABLE (
  client_id text, app_kind text, actor text, app_partner uuid, app_scopes text, account_id uuid, account_kind text, account_state text,
  member_id uuid, account_partner uuid, display_name text, partner_status text, consent_id text, consented text, revoked boolean
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
  RETURN QUERY
    SELECT s.* FROM unnest(clients, grants, tokens) WITH ORDINALITY AS key (client_id, oidc_grant, jti, no)
      LEFT JOIN LATERAL chung.standing_of(key.client_id, key.oidc_grant, key.jti) s ON true
     ORDER BY key.no;
END
$$;

-- One row a cookie, in their order; without a grant for a session that is not there or is over.
CREATE FUNCTION chung.find_sessions(hashes bytea[], apps text[]) RETURNS TABLE (
  oidc_grant text, session_scopes text,
  client_id text, app_kind text, actor text, app_partner uuid, app_scopes text, account_id uuid, account_kind text, account_state text,
  member_id uuid, account_partner uuid, display_name text, partner_status text, consent_id text, consented text, revoked boolean
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
  RETURN QUERY
    SELECT key.oidc_grant, key.scopes, s.*
      FROM unnest(hashes, apps) WITH ORDINALITY AS asked (token_hash, app, no)
      LEFT JOIN LATERAL (SELECT 'chung-' || w.app AS client_id, w.oidc_grant, array_to_string(w.scopes, ' ') AS scopes FROM chung.web_sessions AS w
                          WHERE w.token_hash = asked.token_hash AND w.app = asked.app AND w.expires_at > now() OFFSET 0) AS key ON true
      LEFT JOIN LATERAL chung.standing_of(key.client_id, key.oidc_grant, NULL) s ON true
     ORDER BY asked.no;
END
$$;

-- What eligibility is judged by; one row a member, in their order, without an id for somebody who is not in the directory. The path of the
-- unit as text, its codes apart by the unit separator (U+001F).
CREATE FUNCTION chung.member_facts(members uuid[]) RETURNS TABLE (
  id uuid, verified boolean, province_code text, unit_path text, birth_year smallint, role text, joined_on text, full_name text
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
  RETURN QUERY
    SELECT m.* FROM unnest(members) WITH ORDINALITY AS asked (id, no)
      LEFT JOIN LATERAL (
        SELECT d.id, d.verified, d.province_code, array_to_string(u.path, U&'\001F'), d.birth_year, d.role, d.joined_on::text, d.full_name
          FROM chung.members d LEFT JOIN chung.units u ON u.code = d.unit_code
         WHERE d.id = asked.id OFFSET 0) AS m ON true
     ORDER BY asked.no;
END
$$;
