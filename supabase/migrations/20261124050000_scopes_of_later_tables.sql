-- Tables that came after the guard against tokens of scope read are guarded too, and no API token, whatever its scope,
-- deletes its owner's account.

comment on column public.quotas.owner is 'Whose quota it is.';
comment on column public.quotas.updated_at is 'When it was last set.';

select private.guard_read_only('public.quotas');

create function private.refuse_api_tokens() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if coalesce((select auth.jwt()) ? 'zoned_token', false) then
    raise exception using errcode = '42501', message = 'Only a signed-in person may do this.',
      hint = 'Sign in with your password; an API token is not enough.';
  end if;
  return null;
end $$;

create trigger account_deletions_by_people before insert on private.account_deletions
  for each statement execute function private.refuse_api_tokens();

revoke execute on function private.refuse_api_tokens() from public, anon, authenticated;
