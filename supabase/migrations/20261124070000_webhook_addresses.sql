-- Where webhooks may go is judged where their rows are written, so that nobody gets around it by writing a row without the Edge
-- Function. The database sees only how an address is written; what its name leads to is judged by the function, each time it sends.

-- Hosts (`host` or `host:port`) that webhooks may reach though they are not on the public internet, over plain HTTP too.
create table private.private_hosts (
  host text primary key constraint private_hosts_form check (host ~ '^[a-z0-9._:\[\]-]+$' and char_length(host) <= 260)
);

alter table private.private_hosts enable row level security;

-- https, a name with a top-level domain, no user, no port but 443. Addresses in numbers are refused altogether, in whichever way
-- they are written (WHATWG URL reads 2130706433 and 0x7f.1 as 127.0.0.1): certificates are for names. So are the names that mean
-- a machine's own network whatever a resolver says (RFC 6761, RFC 6762, RFC 8375).
create function private.is_webhook_address(url text) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from lower(substring(url from '^https?://([^/?#]+)')) as authority
    where exists (select from private.private_hosts where host in (authority, regexp_replace(authority, ':[0-9]+$', '')))
      or url ~* '^https://'
        and authority ~ '^([a-z0-9_-]{1,63}\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?(:443)?$'
        and authority !~ '(^|\.)(localhost|local|internal|home\.arpa|lan|intranet)\.?(:443)?$'
  )
$$;

create function private.check_webhook_address() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.url is not null and not private.is_webhook_address(new.url) then
    raise exception using errcode = 'PT400', message = 'The address is not an https address on the public internet.',
      hint = 'Give https:// and a name that everybody can resolve, without user, password or port.';
  end if;
  return new;
end $$;

create trigger webhooks_public_address before insert or update of url on public.webhooks
  for each row execute function private.check_webhook_address();

create function public.set_private_hosts(hosts text[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
  -- A condition that is always true: some projects refuse a DELETE without any.
  delete from private.private_hosts where host is not null;
  insert into private.private_hosts (host) select distinct lower(host) from unnest(set_private_hosts.hosts) as host;
end $$;

comment on function public.set_private_hosts(text[]) is
  'For operators: names all hosts (host or host:port) that webhooks may reach though they are not on the public internet, over plain HTTP too. The Edge Function needs them in ZONED_PRIVATE_HOSTS as well.';

revoke execute on function private.is_webhook_address(text), private.check_webhook_address(),
  public.set_private_hosts(text[]) from public, anon, authenticated;
grant execute on function public.set_private_hosts(text[]) to service_role;
