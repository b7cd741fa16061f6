select authentication_method, extract(epoch from created_at)::bigint as at
  from auth.mfa_amr_claims
 where session_id = $1
 order by created_at
