insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
values ($1::uuid::text, $1, $2, 'email', now(), now(), now())
on conflict (provider_id, provider)
do update set identity_data = auth.identities.identity_data || excluded.identity_data, updated_at = now()
