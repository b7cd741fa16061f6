with session as (
  insert into auth.sessions (id, user_id, created_at, updated_at, aal)
  values ($1, $2, now(), now(), 'aal1')
), claim as (
  insert into auth.mfa_amr_claims (session_id, created_at, updated_at, authentication_method, id)
  values ($1, now(), now(), $3, gen_random_uuid())
)
update auth.users set last_sign_in_at = now(), updated_at = now() where id = $2
