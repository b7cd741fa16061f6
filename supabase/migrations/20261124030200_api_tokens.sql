-- Personal API tokens: made once, shown once, exchanged by the Edge Function `api` for access tokens of five minutes
-- whose claims name the token and its scope. What a scope forbids is forbidden here.

create type public.token_scope as enum ('read', 'write');

create table public.api_tokens (
  id           uuid primary key default gen_random_uuid(),
  owner        uuid not null references auth.users (id) on delete cascade,
  name         text not null
    constraint api_tokens_name_length check (char_length(name) between 1 and 100)
    constraint api_tokens_name_printable check (name !~ '[[:cntrl:]]'),
  scope        public.token_scope not null,
  prefix       text not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  constraint api_tokens_expiry_range check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);
create index api_tokens_owner_idx on public.api_tokens (owner, created_at desc);

-- Apart, so that no grant on the row ever reaches it. A plain SHA-256 is enough: the token is 244 random bits, which
-- nobody finds by trying, so there is nothing for a salt or a slow hash to slow down.
create table private.api_token_hashes (
  token_id uuid primary key references public.api_tokens (id) on delete cascade,
  hash     bytea not null constraint api_token_hashes_hash_key unique
);

alter table public.api_tokens enable row level security;
create policy api_tokens_select on public.api_tokens for select to authenticated using (owner = (select auth.uid()));

revoke all on public.api_tokens from anon, authenticated, service_role;
grant select on public.api_tokens to authenticated;
grant select, insert, update, delete on public.api_tokens to service_role;

-- ---------------------------------------------------------------- make, list, revoke

-- A token that could make tokens would outlive its own revocation; nor does one delete its owner's account.
create function private.require_session() returns void
language plpgsql stable set search_path = '' as $$
begin
  if (select auth.uid()) is null or (select auth.jwt()) ? 'zoned_token' then
    raise exception using errcode = '42501', message = 'Only a signed-in person may do this.',
      hint = 'Sign in with your password; an API token is not enough.';
  end if;
end $$;

create function public.create_api_token(name text, scope public.token_scope default 'read', expires_in_days integer default 90)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  -- 32 bytes, 244 bits of them random, from the operating system.
  token text := 'zoned_' || encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'hex');
  made public.api_tokens;
begin
  perform private.require_session();
  if expires_in_days not between 1 and 365 then
    raise exception using errcode = 'PT400', message = 'A token lives 1 to 365 days.', hint = 'Choose expires_in_days from 1 to 365.';
  end if;
  -- Requests of one user at the same moment count one by one.
  perform pg_advisory_xact_lock(hashtextextended('zoned.api_tokens.' || (select auth.uid())::text, 0));
  if (select count(*) from public.api_tokens where owner = (select auth.uid()) and revoked_at is null and expires_at > now()) >= 50 then
    raise exception using errcode = 'PT409', message = 'You have 50 tokens already.', hint = 'Revoke one that you no longer use.';
  end if;
  insert into public.api_tokens (owner, name, scope, prefix, expires_at)
  values ((select auth.uid()), create_api_token.name, create_api_token.scope, left(token, 12), now() + make_interval(days => expires_in_days))
  returning * into made;
  insert into private.api_token_hashes (token_id, hash) values (made.id, sha256(convert_to(token, 'UTF8')));
  return to_jsonb(made) || jsonb_build_object('token', token);
end $$;

create function public.revoke_api_token(token_id uuid) returns public.api_tokens
language plpgsql security definer set search_path = '' as $$
declare
  revoked public.api_tokens;
begin
  perform private.require_session();
  update public.api_tokens set revoked_at = coalesce(revoked_at, now())
  where id = revoke_api_token.token_id and owner = (select auth.uid()) returning * into revoked;
  if not found then
    raise exception using errcode = 'PT404', message = 'There is no such token.', hint = 'List your tokens to find its id.';
  end if;
  return revoked;
end $$;

-- ---------------------------------------------------------------- exchange

create function public.redeem_api_token(token text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  found_token public.api_tokens;
begin
  select api_tokens.* into found_token from private.api_token_hashes
  join public.api_tokens on api_tokens.id = api_token_hashes.token_id
  where api_token_hashes.hash = sha256(convert_to(redeem_api_token.token, 'UTF8'))
    and api_tokens.revoked_at is null and api_tokens.expires_at > now();
  if found_token.id is null then
    raise exception using errcode = 'PT401', message = 'The API token is not valid.',
      hint = 'It may be mistyped, revoked or expired. Make a new one.';
  end if;
  -- Once a minute is enough to tell whether it is used.
  update public.api_tokens set last_used_at = now()
  where id = found_token.id and (last_used_at is null or last_used_at < now() - interval '1 minute');
  return jsonb_build_object('token_id', found_token.id, 'owner', found_token.owner, 'scope', found_token.scope);
end $$;

comment on type public.token_scope is 'What a personal API token may do.';
comment on table public.api_tokens is 'Personal API tokens of the caller: their names, scopes and use, never the tokens themselves. Made by create_api_token, ended by revoke_api_token.';
comment on column public.api_tokens.id is 'The token''s id.';
comment on column public.api_tokens.owner is 'Who made it, and in whose name it acts.';
comment on column public.api_tokens.name is 'What its owner calls it.';
comment on column public.api_tokens.scope is 'read: every write is refused. write: whatever its owner may do, but for making and revoking tokens.';
comment on column public.api_tokens.prefix is 'How the token begins, to tell which one it is.';
comment on column public.api_tokens.created_at is 'When it was made.';
comment on column public.api_tokens.expires_at is 'When it ends by itself, a year after it was made at the latest.';
comment on column public.api_tokens.last_used_at is 'When it was last exchanged, to the minute; null if never.';
comment on column public.api_tokens.revoked_at is 'When its owner ended it. Access tokens made from it before end five minutes later at the latest.';
comment on function public.create_api_token(text, public.token_scope, integer) is
  'Makes a personal API token of scope read or write that lives expires_in_days (1 to 365), and shows it (token) this once.';
comment on function public.revoke_api_token(uuid) is 'Ends a personal API token for good.';
comment on function public.redeem_api_token(text) is
  'Tells whose a valid personal API token is, and its scope: what the Edge Function api calls to exchange one.';

-- ---------------------------------------------------------------- what scope `read` means

create function private.is_read_only() returns boolean
language sql stable set search_path = '' as $$
  select coalesce((select auth.jwt()) ->> 'zoned_scope' = 'read', false)
$$;

-- On statements, not rows, and by trigger, not policy: it also holds where a function writes with its owner's rights,
-- and it answers with the reason where a policy would find no rows.
create function private.refuse_read_only() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if private.is_read_only() then
    raise exception using errcode = '42501', message = 'This API token may only read.', hint = 'Use a token of scope write.';
  end if;
  return null;
end $$;

create function private.guard_read_only(guarded regclass) returns void
language plpgsql set search_path = '' as $$
begin
  execute format(
    'create trigger read_only_guard before insert or update or delete on %s for each statement execute function private.refuse_read_only()',
    guarded);
end $$;

-- Every table that users see, but for the tokens: exchanging one notes its use.
select private.guard_read_only(oid::regclass) from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and oid <> 'public.api_tokens'::regclass;

-- Storage writes with its users' rights, so policies are enough there.
create policy zoned_read_only_insert on storage.objects as restrictive for insert to authenticated
  with check (not (select private.is_read_only()));
create policy zoned_read_only_update on storage.objects as restrictive for update to authenticated
  using (not (select private.is_read_only())) with check (not (select private.is_read_only()));
create policy zoned_read_only_delete on storage.objects as restrictive for delete to authenticated
  using (not (select private.is_read_only()));

revoke execute on function private.require_session(), private.is_read_only(), private.refuse_read_only(),
  private.guard_read_only(regclass), public.create_api_token(text, public.token_scope, integer), public.revoke_api_token(uuid),
  public.redeem_api_token(text) from public, anon, authenticated;
grant execute on function private.is_read_only() to authenticated;
grant execute on function public.create_api_token(text, public.token_scope, integer), public.revoke_api_token(uuid) to authenticated;
grant execute on function public.redeem_api_token(text) to anon, authenticated;
