-- What an owner may use: bytes, pages, jobs in flight; and how long exports are kept. Enforced where rows are made, so that
-- nothing gets around it.

create table private.quota_defaults (
  singleton       boolean primary key default true constraint quota_defaults_one_row check (singleton),
  max_bytes       bigint constraint quota_defaults_bytes_positive check (max_bytes >= 0),
  max_pages       bigint constraint quota_defaults_pages_positive check (max_pages >= 0),
  max_active_jobs integer constraint quota_defaults_jobs_positive check (max_active_jobs >= 0),
  export_days     integer not null constraint quota_defaults_export_days_range check (export_days between 1 and 3650)
);
insert into private.quota_defaults (max_bytes, max_pages, max_active_jobs, export_days)
values (107374182400, 1000000, 2000, 7);

create table public.quotas (
  owner           uuid primary key references auth.users (id) on delete cascade,
  max_bytes       bigint constraint quotas_bytes_positive check (max_bytes >= 0),
  max_pages       bigint constraint quotas_pages_positive check (max_pages >= 0),
  max_active_jobs integer constraint quotas_jobs_positive check (max_active_jobs >= 0),
  export_days     integer constraint quotas_export_days_range check (export_days between 1 and 3650),
  updated_at      timestamptz not null default now()
);

create trigger quotas_touch before update on public.quotas
  for each row execute function private.touch_updated_at();

alter table private.quota_defaults enable row level security;
alter table public.quotas enable row level security;
create policy quotas_select on public.quotas for select to authenticated using (owner = (select auth.uid()));

revoke all on public.quotas from anon, authenticated, service_role;
grant select on public.quotas to authenticated;
grant select, insert, update, delete on public.quotas to service_role;
select private.guard_read_only('public.quotas');

comment on table public.quotas is 'What single owners may use, where it differs from the default. Written by operators; a null is the default.';
comment on column public.quotas.owner is 'Whose quota it is.';
comment on column public.quotas.max_bytes is 'Bytes of sources and exports together.';
comment on column public.quotas.max_pages is 'Pages of all documents together.';
comment on column public.quotas.max_active_jobs is 'Jobs that wait or run, and documents that await their file, together.';
comment on column public.quotas.export_days is 'Days until an export expires and its file is deleted.';
comment on column public.quotas.updated_at is 'When it was last set.';

-- What each check sums up comes from an index alone, however many documents there are.
create index documents_usage_idx on public.documents (owner) include (byte_size, page_count);
create index documents_awaiting_owner_idx on public.documents (owner) where status = 'awaiting_upload';
create index exports_usage_idx on public.exports (owner) include (byte_size) where status = 'ready';
create index jobs_active_owner_idx on public.jobs (owner) where state in ('queued', 'running');

-- ---------------------------------------------------------------- what there is, and what is used of it

create type public.quota_usage as (
  bytes           bigint,
  max_bytes       bigint,
  pages           bigint,
  max_pages       bigint,
  active_jobs     integer,
  max_active_jobs integer,
  export_days     integer
);

comment on type public.quota_usage is 'What an owner uses and may use. A maximum of null is no limit.';

-- Volatile, so that rows made earlier by the same command count.
create function private.usage_of(owner uuid) returns public.quota_usage
language sql volatile security definer set search_path = '' as $$
  select
    coalesce((select sum(byte_size) from public.documents where documents.owner = usage_of.owner), 0)::bigint
      + coalesce((select sum(byte_size) from public.exports where exports.owner = usage_of.owner and status = 'ready'), 0)::bigint,
    coalesce(quotas.max_bytes, defaults.max_bytes),
    coalesce((select sum(page_count) from public.documents where documents.owner = usage_of.owner), 0)::bigint,
    coalesce(quotas.max_pages, defaults.max_pages),
    (select count(*) from public.jobs where jobs.owner = usage_of.owner and state in ('queued', 'running'))::integer
      + (select count(*) from public.documents where documents.owner = usage_of.owner and status = 'awaiting_upload')::integer,
    coalesce(quotas.max_active_jobs, defaults.max_active_jobs),
    coalesce(quotas.export_days, defaults.export_days)
  from private.quota_defaults as defaults
  left join public.quotas on quotas.owner = usage_of.owner
$$;

create function public.quota_usage() returns public.quota_usage
language sql stable security definer set search_path = '' as $$
  select * from private.usage_of((select auth.uid()))
$$;

comment on function public.quota_usage() is 'What the caller uses and may use: bytes, pages, jobs in flight, days exports are kept.';

-- Two requests at once must not both take the last of it: who asks for more of an owner's quota takes turns.
create function private.take_turn_on_quota(owner uuid) returns void
language sql volatile set search_path = '' as $$
  select pg_advisory_xact_lock(hashtextextended('zoned.quota.' || owner::text, 0))
$$;

create function private.refuse_bytes(usage public.quota_usage) returns void
language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'PT413', message = 'The storage quota is used up.',
    detail = format('%s of %s bytes are used.', usage.bytes, usage.max_bytes),
    hint = 'Delete documents or exports, or ask the operator for more.';
end $$;

create function private.refuse_jobs(usage public.quota_usage) returns void
language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'PT429', message = 'Too much is in progress already.',
    detail = format('%s of %s jobs wait or run, documents that await their file included.', usage.active_jobs, usage.max_active_jobs),
    hint = 'Wait until some are done, or cancel them.';
end $$;

-- ---------------------------------------------------------------- where it is enforced

create function private.check_new_document() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  usage public.quota_usage;
begin
  perform private.take_turn_on_quota(new.owner);
  usage := private.usage_of(new.owner);
  if usage.bytes + coalesce(new.byte_size, 1) > usage.max_bytes then
    perform private.refuse_bytes(usage);
  elsif usage.active_jobs >= usage.max_active_jobs then
    perform private.refuse_jobs(usage);
  end if;
  return new;
end $$;

create trigger documents_within_quota before insert on public.documents
  for each row execute function private.check_new_document();

-- How many pages a document has shows when a daemon opens it: its job then fails with this message.
create function private.check_pages() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  usage public.quota_usage;
  used bigint;
begin
  perform private.take_turn_on_quota(new.owner);
  usage := private.usage_of(new.owner);
  used := usage.pages - coalesce(old.page_count, 0);
  if used + new.page_count > usage.max_pages then
    raise exception using errcode = 'PT413', message = 'The document has more pages than the quota allows.',
      detail = format('It has %s pages; %s of %s are used.', new.page_count, used, usage.max_pages),
      hint = 'Delete documents, or ask the operator for more.';
  end if;
  return new;
end $$;

create trigger documents_pages_within_quota before update of page_count on public.documents
  for each row when (new.page_count is distinct from old.page_count and new.page_count is not null)
  execute function private.check_pages();

-- A document that awaits its file has been counted since it was made: its job is always let in.
create function private.check_new_job() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  usage public.quota_usage;
begin
  if new.kind = 'process_document' and exists (
    select from public.documents where id = new.document_id and status = 'awaiting_upload'
  ) then
    return new;
  end if;
  perform private.take_turn_on_quota(new.owner);
  usage := private.usage_of(new.owner);
  if usage.active_jobs >= usage.max_active_jobs then
    perform private.refuse_jobs(usage);
  end if;
  return new;
end $$;

create trigger jobs_within_quota before insert on public.jobs
  for each row when (new.state = 'queued') execute function private.check_new_job();
create trigger jobs_again_within_quota before update of state on public.jobs
  for each row when (new.state = 'queued' and old.state in ('dead', 'canceled')) execute function private.check_new_job();

create function private.set_export_expiry() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.expires_at := now() + make_interval(days => (private.usage_of(new.owner)).export_days);
  return new;
end $$;

create trigger exports_expiry before insert on public.exports
  for each row execute function private.set_export_expiry();

-- ---------------------------------------------------------------- what operators call

create function public.set_quota(
  owner uuid default null, max_bytes bigint default null, max_pages bigint default null,
  max_active_jobs integer default null, export_days integer default null
) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if owner is null then
    update private.quota_defaults set
      max_bytes = set_quota.max_bytes, max_pages = set_quota.max_pages, max_active_jobs = set_quota.max_active_jobs,
      export_days = coalesce(set_quota.export_days, quota_defaults.export_days);
    return;
  end if;
  insert into public.quotas (owner, max_bytes, max_pages, max_active_jobs, export_days)
  values (set_quota.owner, set_quota.max_bytes, set_quota.max_pages, set_quota.max_active_jobs, set_quota.export_days)
  on conflict on constraint quotas_pkey do update set
    max_bytes = excluded.max_bytes, max_pages = excluded.max_pages, max_active_jobs = excluded.max_active_jobs,
    export_days = excluded.export_days;
exception when foreign_key_violation then
  raise exception using errcode = 'PT404', message = 'There is no such account.', hint = 'Give the id of an account.';
end $$;

comment on function public.set_quota(uuid, bigint, bigint, integer, integer) is
  'For operators: sets what an owner may use, or, without one, what everybody may. Of an owner, a null is the default; of the default, no limit.';

revoke execute on function private.usage_of(uuid), private.take_turn_on_quota(uuid), private.refuse_bytes(public.quota_usage),
  private.refuse_jobs(public.quota_usage), private.check_new_document(), private.check_pages(), private.check_new_job(),
  private.set_export_expiry(), public.quota_usage(),
  public.set_quota(uuid, bigint, bigint, integer, integer) from public, anon, authenticated;
grant execute on function public.quota_usage() to authenticated;
grant execute on function public.set_quota(uuid, bigint, bigint, integer, integer) to service_role;
