-- What a job's state means for its document or export, what queues a job, and what users may do to one.

-- ---------------------------------------------------------------- a document and an export follow their job

create function private.follow_job() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  failure jsonb := case when new.state in ('dead', 'canceled')
    then coalesce(new.error, '{"code": "canceled", "message": "The work was canceled."}') end;
begin
  if new.kind = 'process_document' then
    update public.documents set
      error = failure,
      status = (case new.state
        when 'queued' then 'queued' when 'running' then 'processing' when 'succeeded' then 'ready' else 'failed'
      end)::public.document_status
    where id = new.document_id;
  elsif new.kind = 'export' then
    update public.exports set
      error = failure,
      status = (case new.state
        when 'queued' then 'queued' when 'running' then 'running' when 'succeeded' then 'ready' else 'failed'
      end)::public.export_status
    where id = new.export_id;
  end if;
  return null;
end $$;

create trigger jobs_followed_on_insert after insert on public.jobs
  for each row execute function private.follow_job();
create trigger jobs_followed_on_update after update on public.jobs
  for each row when (old.state is distinct from new.state) execute function private.follow_job();

-- ---------------------------------------------------------------- an upload queues its document

-- Runs for whoever finished the upload, by whichever protocol. Storage writes the row when the bytes are complete.
create function private.queue_upload() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  document public.documents;
begin
  update public.documents set byte_size = (new.metadata ->> 'size')::bigint
  where object_path = new.name and status = 'awaiting_upload'
  returning * into document;
  if found then
    insert into public.jobs (kind, document_id, owner) values ('process_document', document.id, document.owner);
  end if;
  return null;
end $$;

create trigger zoned_queue_upload after insert or update of metadata on storage.objects
  for each row when (new.bucket_id = 'documents' and new.metadata is not null)
  execute function private.queue_upload();

-- ---------------------------------------------------------------- a requested export queues its job

create function private.queue_export() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from public.documents where id = new.document_id and status = 'ready') then
    raise exception using errcode = 'PT409', message = 'The document is not ready to be exported.',
      detail = 'Only a document with status ready has all its zones.', hint = 'Wait until its status is ready, then ask again.';
  end if;
  insert into public.jobs (kind, document_id, owner, export_id, priority)
  values ('export', new.document_id, new.owner, new.id, 10);
  return null;
end $$;

create trigger exports_queue after insert on public.exports
  for each row execute function private.queue_export();

-- ---------------------------------------------------------------- what users call

create function public.create_document(
  name text, byte_size bigint default null, sha256 text default null, metadata jsonb default '{}',
  upload_seconds integer default 86400
) returns public.documents
language sql set search_path = '' as $$
  insert into public.documents (name, byte_size, sha256, metadata, upload_expires_at)
  values (
    create_document.name, create_document.byte_size, create_document.sha256, create_document.metadata,
    now() + make_interval(secs => least(greatest(create_document.upload_seconds, 1), 86400))
  )
  returning *
$$;

create function public.request_export(document_id uuid, format public.export_format, options jsonb default '{}')
returns public.exports
language sql set search_path = '' as $$
  insert into public.exports (document_id, format, options)
  values (request_export.document_id, request_export.format, request_export.options)
  returning *
$$;

-- A job the caller may steer: its own, or any for the secret key. Locked until the caller's transaction ends.
create function private.job_to_steer(job_id uuid) returns public.jobs
language plpgsql security definer set search_path = '' as $$
declare
  job public.jobs;
begin
  select * into job from public.jobs
  where id = job_to_steer.job_id and (owner = (select auth.uid()) or (select auth.role()) = 'service_role')
  for update;
  if not found then
    raise exception using errcode = 'PT404', message = 'There is no such job.', hint = 'List your jobs to find its id.';
  end if;
  return job;
end $$;

create function public.retry_job(job_id uuid) returns public.jobs
language plpgsql security definer set search_path = '' as $$
declare
  job public.jobs := private.job_to_steer(job_id);
begin
  if job.state not in ('dead', 'canceled') then
    raise exception using errcode = 'PT409', message = 'Only a dead or canceled job can be tried again.',
      detail = 'Its state is ' || job.state || '.', hint = 'Wait for it to end, or cancel it first.';
  end if;
  update public.jobs set state = 'queued', attempts = 0, run_after = now(), error = null, finished_at = null
  where id = job.id returning * into job;
  return job;
end $$;

create function public.cancel_job(job_id uuid) returns public.jobs
language plpgsql security definer set search_path = '' as $$
declare
  job public.jobs := private.job_to_steer(job_id);
begin
  if job.state not in ('queued', 'running') then
    raise exception using errcode = 'PT409', message = 'The job is over already.', detail = 'Its state is ' || job.state || '.';
  end if;
  update public.jobs set
    state = 'canceled', finished_at = now(), lease_token = null, lease_expires_at = null,
    error = '{"code": "canceled", "message": "Canceled on request."}'
  where id = job.id returning * into job;
  return job;
end $$;

comment on function public.create_document(text, bigint, text, jsonb, integer) is
  'Makes a document and tells where its file belongs (object_path in bucket documents). The upload must be complete within upload_seconds (1 to 86400).';
comment on function public.request_export(uuid, public.export_format, jsonb) is
  'Asks for an export of a ready document; its row says when the file is there, and where.';
comment on function public.retry_job(uuid) is 'Queues a dead or canceled job again; it continues where it stopped.';
comment on function public.cancel_job(uuid) is 'Ends a queued or running job. The daemon that holds it drops it.';

revoke all on function public.create_document(text, bigint, text, jsonb, integer),
  public.request_export(uuid, public.export_format, jsonb), public.retry_job(uuid), public.cancel_job(uuid) from public, anon;
grant execute on function public.create_document(text, bigint, text, jsonb, integer),
  public.request_export(uuid, public.export_format, jsonb) to authenticated;
grant execute on function public.retry_job(uuid), public.cancel_job(uuid) to authenticated, service_role;
