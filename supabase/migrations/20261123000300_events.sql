-- One path for everything that happens: a change becomes a job_event with the document's next number, and the event
-- is broadcast as it is written. Whoever sees a gap in the numbers asks events_since.

-- ---------------------------------------------------------------- numbering without gaps

-- The row lock that numbering takes is held until commit, so events of a document commit in the order of their numbers.
create table private.event_heads (
  document_id uuid primary key references public.documents (id) on delete cascade,
  last_seq    bigint not null
);

create function private.emit_event(document_id uuid, owner uuid, job_id uuid, kind text, payload jsonb) returns void
language plpgsql security definer set search_path = '' as $$
declare
  next_seq bigint;
begin
  insert into private.event_heads as head (document_id, last_seq) values (emit_event.document_id, 1)
  on conflict on constraint event_heads_pkey do update set last_seq = head.last_seq + 1
  returning last_seq into next_seq;
  insert into public.job_events (document_id, seq, owner, job_id, kind, payload)
  values (emit_event.document_id, next_seq, emit_event.owner, emit_event.job_id, emit_event.kind, emit_event.payload);
end $$;

-- ---------------------------------------------------------------- changes become events

create function private.document_event() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.emit_event(
    new.id, new.owner, null, case tg_op when 'INSERT' then 'document.created' else 'document.status' end,
    jsonb_build_object('status', new.status, 'name', new.name, 'page_count', new.page_count, 'error', new.error)
  );
  return null;
end $$;

create trigger documents_created after insert on public.documents
  for each row execute function private.document_event();
create trigger documents_changed after update on public.documents
  for each row when (
    (old.status, old.name, old.page_count, old.error) is distinct from (new.status, new.name, new.page_count, new.error)
  ) execute function private.document_event();

create function private.pages_event() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  saved record;
begin
  for saved in
    select document_id, owner, min(page_number) as first_page, max(page_number) as last_page, count(*) as pages
    from new_pages group by document_id, owner
  loop
    perform private.emit_event(
      saved.document_id, saved.owner, null, 'pages.saved',
      jsonb_build_object('first_page', saved.first_page, 'last_page', saved.last_page, 'pages', saved.pages)
    );
  end loop;
  return null;
end $$;

create trigger pages_saved after insert on public.pages
  referencing new table as new_pages for each statement execute function private.pages_event();

create function private.progress_event() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.emit_event(
    new.document_id, new.owner, new.job_id, 'progress',
    jsonb_build_object(
      'stage', new.stage, 'pages_done', new.pages_done, 'pages_total', new.pages_total, 'percent', new.percent,
      'eta_seconds', new.eta_seconds, 'message', new.message
    )
  );
  return null;
end $$;

create trigger job_progress_written after insert or update on public.job_progress
  for each row execute function private.progress_event();

create function private.job_event() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.emit_event(
    new.document_id, new.owner, new.id, 'job.state',
    jsonb_build_object(
      'kind', new.kind, 'state', new.state, 'attempts', new.attempts, 'run_after', new.run_after,
      'export_id', new.export_id, 'error', new.error
    )
  );
  return null;
end $$;

create trigger jobs_made after insert on public.jobs
  for each row execute function private.job_event();
create trigger jobs_moved after update on public.jobs
  for each row when ((old.state, old.lease_token) is distinct from (new.state, new.lease_token))
  execute function private.job_event();

create function private.export_event() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.emit_event(
    new.document_id, new.owner, null, 'export.status',
    jsonb_build_object(
      'export_id', new.id, 'format', new.format, 'status', new.status, 'object_path', new.object_path,
      'byte_size', new.byte_size, 'sha256', new.sha256, 'error', new.error
    )
  );
  return null;
end $$;

create trigger exports_made after insert on public.exports
  for each row execute function private.export_event();
create trigger exports_moved after update on public.exports
  for each row when (old.status is distinct from new.status) execute function private.export_event();

-- ---------------------------------------------------------------- events are broadcast

-- To whoever looks at the document, and to whoever looks at the library: both see every number.
create function private.broadcast_event() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  topic text;
begin
  foreach topic in array array['document:' || new.document_id::text, 'user:' || new.owner::text] loop
    perform realtime.broadcast_changes(topic, new.kind, tg_op, tg_table_name, tg_table_schema, new, null);
  end loop;
  return null;
end $$;

create trigger job_events_broadcast after insert on public.job_events
  for each row execute function private.broadcast_event();

-- Wakes the daemons: one message a statement, however many jobs it queued. The message holds nothing, claim tells.
create function private.wake_workers() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from new_jobs where state = 'queued' and run_after <= now()) then
    perform realtime.send('{}'::jsonb, 'job', 'worker:jobs', true);
  end if;
  return null;
end $$;

create trigger jobs_wake_on_insert after insert on public.jobs
  referencing new table as new_jobs for each statement execute function private.wake_workers();
create trigger jobs_wake_on_update after update on public.jobs
  referencing new table as new_jobs for each statement execute function private.wake_workers();

-- ---------------------------------------------------------------- who may listen

create function private.is_worker() returns boolean
language sql stable set search_path = '' as $$
  select coalesce((select auth.jwt()) -> 'app_metadata' ->> 'role' = 'worker', false)
$$;

-- A topic names its document or user in full; anything else is nobody's.
create function private.may_listen(topic text) returns boolean
language sql stable security definer set search_path = '' as $$
  select case
    when topic = 'user:' || (select auth.uid())::text then true
    when topic = 'worker:jobs' or topic = 'worker:' || (select auth.uid())::text then private.is_worker()
    when topic ~ '^document:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then exists (
      select from public.documents
      where documents.id = substring(topic from 10)::uuid and documents.owner = (select auth.uid())
    )
    else false
  end
$$;

create policy zoned_listen on realtime.messages for select to authenticated
  using (extension = 'broadcast' and (select private.may_listen((select realtime.topic()))));

-- ---------------------------------------------------------------- catching up

create function public.events_since(document_id uuid, after_seq bigint, max_events integer default 500)
returns setof public.job_events
language sql stable set search_path = '' as $$
  select * from public.job_events as event
  where event.document_id = events_since.document_id and event.seq > events_since.after_seq
  order by event.seq
  limit least(greatest(events_since.max_events, 1), 1000)
$$;

comment on function public.events_since(uuid, bigint, integer) is
  'Events of a document after a number, in order: what a client calls when it sees a gap in seq, or reconnects.';

revoke all on function public.events_since(uuid, bigint, integer) from public, anon;
grant execute on function public.events_since(uuid, bigint, integer) to authenticated, service_role;
grant execute on function private.may_listen(text), private.is_worker() to authenticated;
