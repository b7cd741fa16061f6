select id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at, email
  from auth.identities
 where user_id = any($1)
 order by created_at
