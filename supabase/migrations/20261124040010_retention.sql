-- What is deleted or expires goes with its objects. Rows go at once; objects can only be deleted through Storage, so their
-- names are kept here until a daemon has done so, and until the database sees that they are gone.

create table private.object_deletions (
  id            bigint generated always as identity primary key,
  bucket_id     text not null,
  name          text not null,
  queued_at     timestamptz not null default now(),
  attempts      smallint not null default 0,
  claimed_by    uuid,
  claimed_until timestamptz not null default '-infinity',
  constraint object_deletions_object_key unique (bucket_id, name)
);

create index object_deletions_due_idx on private.object_deletions (claimed_until, id);

alter table private.object_deletions enable row level security;

create function private.delete_object(bucket_id text, name text) returns void
language sql security definer set search_path = '' as $$
  insert into private.object_deletions (bucket_id, name)
  select objects.bucket_id, objects.name from storage.objects
  where objects.bucket_id = delete_object.bucket_id and objects.name = delete_object.name
  on conflict on constraint object_deletions_object_key do nothing
$$;

-- All below a folder. Collation "C" makes it a range of the index that Storage keeps for its listings: 0 follows /.
create function private.delete_objects_of(owner uuid, document_id uuid) returns void
language sql security definer set search_path = '' as $$
  insert into private.object_deletions (bucket_id, name)
  select objects.bucket_id, objects.name
  from unnest(array['documents', 'pages', 'exports']) as bucket (id)
  join storage.objects on objects.bucket_id = bucket.id
    and objects.name collate "C" >= owner::text || '/' || document_id::text || '/'
    and objects.name collate "C" < owner::text || '/' || document_id::text || '0'
  on conflict on constraint object_deletions_object_key do nothing
$$;

create function private.document_leaves_objects() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.delete_objects_of(old.owner, old.id);
  return null;
end $$;

create trigger documents_leave_objects after delete on public.documents
  for each row execute function private.document_leaves_objects();

create function private.export_leaves_object() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.delete_object('exports', old.object_path);
  return null;
end $$;

create trigger exports_leave_objects after delete on public.exports
  for each row execute function private.export_leaves_object();
create trigger exports_expire_with_object after update of status on public.exports
  for each row when (new.status = 'expired' and old.status <> 'expired') execute function private.export_leaves_object();

-- An upload that was under way when its document was deleted.
create function private.object_without_document() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (
    select from public.documents
    where id = private.uuid_or_null(split_part(new.name, '/', 2)) and owner = private.uuid_or_null(split_part(new.name, '/', 1))
  ) then
    perform private.delete_object(new.bucket_id, new.name);
  end if;
  return null;
end $$;

create trigger zoned_orphans after insert on storage.objects
  for each row when (new.bucket_id in ('documents', 'pages', 'exports'))
  execute function private.object_without_document();

-- How much a file really has shows when it is there. One that is too much fails its document and is deleted.
create or replace function private.queue_upload() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  document public.documents;
  usage public.quota_usage;
begin
  update public.documents set byte_size = (new.metadata ->> 'size')::bigint
  where object_path = new.name and status = 'awaiting_upload'
  returning * into document;
  if not found then
    return null;
  end if;
  perform private.take_turn_on_quota(document.owner);
  usage := private.usage_of(document.owner);
  if usage.bytes > usage.max_bytes then
    update public.documents set byte_size = null, status = 'failed', error = jsonb_build_object(
      'code', 'quota_exceeded', 'message', format(
        'The file has %s bytes, more than the storage quota has left. Delete documents or exports and upload it again, or ask the operator for more.',
        document.byte_size))
    where id = document.id;
    perform private.delete_object(new.bucket_id, new.name);
    return null;
  end if;
  insert into public.jobs (kind, document_id, owner) values ('process_document', document.id, document.owner);
  return null;
end $$;

-- ---------------------------------------------------------------- daemons delete objects

create type worker.object_name as (bucket_id text, name text);

-- For so many seconds the caller may delete these; after each attempt that left an object there, twice as long passes.
-- Their ids are collected first: the planner cannot see how few are asked for, and would read the whole list to update them.
create function worker.claim_deletions(max_objects integer, seconds integer) returns setof worker.object_name
language plpgsql security definer set search_path = '' as $$
declare
  due bigint[];
begin
  perform private.require_worker();
  due := array(
    select id from private.object_deletions where claimed_until < now()
    order by claimed_until, id limit least(greatest(max_objects, 1), 1000)
    for update skip locked
  );
  return query
    update private.object_deletions as deletion set
      claimed_by = (select auth.uid()), attempts = least(deletion.attempts + 1, 1000),
      claimed_until = now() + make_interval(secs => least(greatest(seconds, 1), 3600) * power(2, least(deletion.attempts, 6)))
    where deletion.id = any (due)
    returning deletion.bucket_id, deletion.name;
end $$;

-- What is no longer there is done with; what is, stays. Answers how many are done with.
create function worker.confirm_deletions(bucket_id text, names text[]) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  gone integer;
begin
  perform private.require_worker();
  delete from private.object_deletions as deletion
  where deletion.bucket_id = confirm_deletions.bucket_id and deletion.name = any (confirm_deletions.names)
    and not exists (
      select from storage.objects
      where objects.bucket_id = deletion.bucket_id and objects.name = deletion.name
    );
  get diagnostics gone = row_count;
  return gone;
end $$;

create function private.may_delete(bucket_id text, name text) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from private.object_deletions as deletion
    where deletion.bucket_id = may_delete.bucket_id and deletion.name = may_delete.name
      and deletion.claimed_by = (select auth.uid()) and deletion.claimed_until > now()
  )
$$;

-- Storage deletes only what the caller also sees.
create policy zoned_select_deletions on storage.objects for select to authenticated using (
  (select private.is_worker()) and bucket_id in ('documents', 'pages', 'exports') and private.may_delete(bucket_id, name)
);
create policy zoned_delete_deletions on storage.objects for delete to authenticated using (
  (select private.is_worker()) and bucket_id in ('documents', 'pages', 'exports') and private.may_delete(bucket_id, name)
);

-- ---------------------------------------------------------------- accounts

create table private.account_deletions (
  owner    uuid primary key references auth.users (id) on delete cascade,
  asked_at timestamptz not null default now()
);

alter table private.account_deletions enable row level security;

-- Deletes up to max_documents of an account's documents and, once there are none, the account. Answers whether it is gone.
-- A large account takes several calls: each is short enough for any statement timeout.
create function private.remove_account(owner uuid, max_documents integer) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.documents where id in (
    select id from public.documents where documents.owner = remove_account.owner
    order by created_at limit max_documents for update skip locked
  );
  if exists (select from public.documents where documents.owner = remove_account.owner) then
    return false;
  end if;
  delete from auth.users where id = remove_account.owner;
  return true;
exception when insufficient_privilege then
  -- Where the database does not let its owner delete accounts, an operator does it through Auth.
  raise warning 'the account % has nothing left, but it has to be deleted through Auth', remove_account.owner;
  return false;
end $$;

create function public.delete_account() returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  caller constant uuid := (select auth.uid());
begin
  perform private.require_session();
  if private.is_worker() then
    raise exception using errcode = 'PT403', message = 'An account of daemons is not deleted this way.',
      hint = 'Operators delete it in the project''s Auth settings.';
  end if;
  insert into private.account_deletions (owner) values (caller) on conflict do nothing;
  return jsonb_build_object('deleted', private.remove_account(caller, 20));
end $$;

comment on function public.delete_account() is
  'Deletes the caller''s account with all that is the caller''s: documents, files, settings. Answers {deleted}: true when it is gone, false when the rest is deleted in the background, within minutes. There is no way back.';

create function private.refuse_deleted_accounts() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from private.account_deletions where account_deletions.owner = new.owner) then
    raise exception using errcode = 'PT403', message = 'The account is being deleted.', hint = 'Nothing can be added to it any more.';
  end if;
  return new;
end $$;

create trigger documents_of_living_accounts before insert on public.documents
  for each row execute function private.refuse_deleted_accounts();

-- ---------------------------------------------------------------- what is done from time to time

create function private.expire() returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  uploads integer;
  exports integer;
  buried integer := 0;
  accounts integer := 0;
  next uuid;
begin
  -- One at a time: others have nothing to add.
  if not pg_try_advisory_xact_lock(hashtext('zoned.housekeep')) then
    return '{"busy": true}';
  end if;
  with expired as (
    select id from public.documents where status = 'awaiting_upload' and upload_expires_at < now()
    order by upload_expires_at limit 500 for update skip locked
  )
  update public.documents set status = 'failed', byte_size = null, error = jsonb_build_object(
    'code', 'upload_expired', 'message', 'The file never arrived. Upload it again.')
  from expired where documents.id = expired.id;
  get diagnostics uploads = row_count;

  update public.exports set status = 'expired' where id in (
    select id from public.exports where status = 'ready' and expires_at < now() order by expires_at limit 500 for update skip locked
  );
  get diagnostics exports = row_count;

  for next in
    select id from public.jobs where state = 'running' and lease_expires_at < now() and attempts >= max_attempts
    order by lease_expires_at limit 500 for update skip locked
  loop
    perform private.end_attempt(next, jsonb_build_object(
      'code', 'worker_lost', 'message', 'Processing stopped again and again without getting further. The file may be too heavy; try it once more or split it.'
    ), false);
    buried := buried + 1;
  end loop;

  for next in select owner from private.account_deletions order by asked_at limit 5 loop
    accounts := accounts + private.remove_account(next, 100)::integer;
  end loop;

  delete from public.workers where last_seen < now() - interval '7 days'
    and not exists (select from public.jobs where jobs.lease_owner = workers.id and jobs.state = 'running');
  return jsonb_build_object(
    'uploads_expired', uploads, 'exports_expired', exports, 'jobs_buried', buried, 'accounts_deleted', accounts
  );
end $$;

create or replace function worker.housekeep() returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  perform private.require_worker();
  return private.expire();
end $$;

-- Daemons call it each minute; where pg_cron is, it runs without them, too.
do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_cron') then
    create extension if not exists pg_cron;
    perform cron.schedule('zoned-expire', '* * * * *', 'select private.expire()');
  end if;
exception when others then
  raise notice 'pg_cron is not used (%): daemons do all there is to do', sqlerrm;
end $$;

comment on function worker.claim_deletions(integer, integer) is 'Names objects of deleted and expired rows; for so many seconds the caller may delete them.';
comment on function worker.confirm_deletions(text, text[]) is 'Strikes out objects that are gone; answers how many.';
comment on function worker.housekeep() is 'Expires uploads that never came and old exports, buries jobs out of attempts, goes on deleting accounts. Cheap to call often.';

revoke execute on function private.delete_object(text, text), private.delete_objects_of(uuid, uuid), private.document_leaves_objects(),
  private.export_leaves_object(), private.object_without_document(), private.may_delete(text, text),
  private.remove_account(uuid, integer), private.refuse_deleted_accounts(), private.expire(), public.delete_account(),
  worker.claim_deletions(integer, integer), worker.confirm_deletions(text, text[]) from public, anon, authenticated;
grant execute on function private.may_delete(text, text), public.delete_account(),
  worker.claim_deletions(integer, integer), worker.confirm_deletions(text, text[]) to authenticated;
