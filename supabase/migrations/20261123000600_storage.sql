-- Buckets, and who may do what to the objects in them.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('documents', 'documents', false, 5368709120, '{application/pdf}'),
  ('pages', 'pages', false, 52428800, '{image/webp,image/png}'),
  ('exports', 'exports', false, 5368709120, '{text/markdown,application/json,application/x-ndjson,text/csv,application/zip,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/html,text/plain}')
on conflict (id) do update set
  public = excluded.public, file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types;

-- The file of a document that awaits it: each is uploaded once, where its row says.
create function private.may_upload(path text) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from public.documents
    where object_path = path and owner = (select auth.uid()) and status = 'awaiting_upload' and upload_expires_at > now()
  )
$$;

create function private.uuid_or_null(text) returns uuid
language sql immutable set search_path = '' as $$
  select case when $1 ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then $1::uuid end
$$;

-- A worker may touch what belongs to a document ({owner}/{document_id}/…) while it holds a live lease on one of its jobs.
create function private.holds_lease(path text) returns boolean
language sql stable security definer set search_path = '' as $$
  select private.is_worker() and exists (
    select from public.jobs join public.workers on workers.id = jobs.lease_owner
    where workers.account = (select auth.uid()) and jobs.state = 'running' and jobs.lease_expires_at > now()
      and jobs.document_id = private.uuid_or_null(split_part(path, '/', 2))
      and jobs.owner = private.uuid_or_null(split_part(path, '/', 1))
  )
$$;

create policy zoned_select on storage.objects for select to authenticated using (
  bucket_id in ('documents', 'pages', 'exports')
  and ((storage.foldername(name))[1] = (select auth.uid())::text or private.holds_lease(name))
);
create policy zoned_insert on storage.objects for insert to authenticated with check (
  case bucket_id
    when 'documents' then private.may_upload(name)
    when 'pages' then private.holds_lease(name)
    when 'exports' then private.holds_lease(name)
    else false
  end
);
create policy zoned_update on storage.objects for update to authenticated
  using (bucket_id in ('pages', 'exports') and private.holds_lease(name))
  with check (bucket_id in ('pages', 'exports') and private.holds_lease(name));
create policy zoned_delete on storage.objects for delete to authenticated using (
  bucket_id in ('documents', 'pages', 'exports')
  and ((storage.foldername(name))[1] = (select auth.uid())::text or (bucket_id <> 'documents' and private.holds_lease(name)))
);

revoke all on function private.may_upload(text), private.holds_lease(text), private.uuid_or_null(text) from public;
grant execute on function private.may_upload(text), private.holds_lease(text) to authenticated;
