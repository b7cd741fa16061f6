-- What clients need to keep up with everything of theirs: edits of zones and deletions of documents are told too, and one
-- call gives all that happened since the last one.

-- ---------------------------------------------------------------- since when

-- Events of different documents commit in any order, so no time and no counter tells what a reader has seen already. The
-- writing transaction does: whatever a snapshot's xmin lies above is over and was visible to that snapshot.
alter table public.job_events add column written_in xid8 not null default pg_current_xact_id();
create index job_events_written_idx on public.job_events (owner, written_in);
comment on column public.job_events.written_in is 'The transaction that wrote it: what user_events_since counts by.';

create function public.user_events_since(after_cursor text default null, max_events integer default 500) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  page_size constant integer := least(greatest(max_events, 1), 1000);
  now_cursor constant text := pg_snapshot_xmin(pg_current_snapshot())::text;
  -- Either where to begin, or that with the last event of the page before and the cursor that follows the last page.
  part text[] := string_to_array(after_cursor, '/');
  events jsonb;
  next_cursor text;
begin
  if after_cursor is null then
    return jsonb_build_object('cursor', now_cursor, 'more', false, 'events', '[]'::jsonb);
  elsif after_cursor !~ '^[0-9]{1,18}(/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/[0-9]{1,18}/[0-9]{1,18})?$' then
    raise exception using errcode = 'PT400', message = 'The cursor is not one that user_events_since gave.',
      hint = 'Begin without a cursor, then pass on the one of the last answer.';
  elsif part[1]::xid8 > now_cursor::xid8 then
    -- The database was restored and counts anew: give everything rather than nothing.
    part := array['0'];
  end if;
  next_cursor := coalesce(part[4], now_cursor);
  -- By document, each in its order: pages can be handed on as they come.
  select coalesce(jsonb_agg(to_jsonb(event) - 'written_in' order by event.document_id, event.seq), '[]') into events
  from (
    select * from public.job_events
    where owner = (select auth.uid()) and written_in >= part[1]::xid8
      and (part[2] is null or (document_id, seq) > (part[2]::uuid, part[3]::bigint))
    order by document_id, seq limit page_size
  ) as event;
  if jsonb_array_length(events) < page_size then
    return jsonb_build_object('cursor', next_cursor, 'more', false, 'events', events);
  end if;
  return jsonb_build_object(
    'cursor', concat_ws('/', part[1], events -> -1 ->> 'document_id', events -> -1 ->> 'seq', next_cursor),
    'more', true, 'events', events);
end $$;

comment on function public.user_events_since(text, integer) is
  'All events of the caller''s documents since an earlier call: {cursor, more, events}, document by document, each in order. Without a cursor: no events, and the cursor to begin with. Some events may come again; document_id and seq tell.';

revoke all on function public.user_events_since(text, integer) from public, anon;
grant execute on function public.user_events_since(text, integer) to authenticated;

-- ---------------------------------------------------------------- zones

alter table public.job_events drop constraint job_events_kind_known;
alter table public.job_events add constraint job_events_kind_known check (
  kind in ('document.created', 'document.status', 'pages.saved', 'progress', 'job.state', 'export.status', 'zones.changed')
);

-- One event for each page a statement touches. The zones themselves may be large: who needs them asks for them. Above 500
-- on a page they are not even listed; then the page is to be read again.
create function private.emit_zones_changed(document_id uuid, owner uuid, page_number integer, saved jsonb, deleted jsonb)
returns void
language sql security definer set search_path = '' as $$
  select private.emit_event(
    document_id, owner, null, 'zones.changed',
    jsonb_build_object(
      'page_number', page_number,
      'saved', case when jsonb_array_length(saved) <= 500 then saved end,
      'deleted', case when jsonb_array_length(deleted) <= 500 then deleted end))
$$;

-- Zones that come with their page are told of by pages.saved; every other one is told of here, also one of the engine's:
-- restored after a deletion, or read anew on a page that was there before.
create function private.zones_inserted_event() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.emit_zones_changed(document_id, owner, page_number, saved, '[]')
  from (
    select new_zones.document_id, new_zones.owner, new_zones.page_number,
      jsonb_agg(jsonb_build_object('id', new_zones.id, 'revision', new_zones.revision)) as saved
    from new_zones
    join public.pages on pages.document_id = new_zones.document_id and pages.page_number = new_zones.page_number
    -- Made before this transaction began.
    where pages.created_at <> now()
    group by new_zones.document_id, new_zones.owner, new_zones.page_number order by new_zones.document_id
  ) as page;
  return null;
end $$;

create function private.zones_updated_event() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.emit_zones_changed(document_id, owner, page_number, saved, '[]')
  from (
    select document_id, owner, page_number, jsonb_agg(jsonb_build_object('id', id, 'revision', revision)) as saved
    from new_zones group by document_id, owner, page_number order by document_id
  ) as page;
  return null;
end $$;

-- Zones that go with their page or document need no event: the page tells, or nobody is left to be told.
create function private.zones_deleted_event() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.emit_zones_changed(document_id, owner, page_number, '[]', deleted)
  from (
    select document_id, owner, page_number, jsonb_agg(id) as deleted
    from old_zones
    where exists (
      select from public.pages
      where pages.document_id = old_zones.document_id and pages.page_number = old_zones.page_number
    )
    group by document_id, owner, page_number order by document_id
  ) as page;
  return null;
end $$;

create trigger zones_inserted after insert on public.zones
  referencing new table as new_zones for each statement execute function private.zones_inserted_event();
create trigger zones_updated after update on public.zones
  referencing new table as new_zones for each statement execute function private.zones_updated_event();
create trigger zones_deleted after delete on public.zones
  referencing old table as old_zones for each statement execute function private.zones_deleted_event();

-- ---------------------------------------------------------------- documents that are no more

-- Its history is gone with it, so this is broadcast without a number: who misses it finds out by asking for the document.
create function private.document_deleted_event() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform realtime.send(jsonb_build_object('document_id', old.id), 'document.deleted', topic, true)
  from unnest(array['document:' || old.id::text, 'user:' || old.owner::text]) as topic;
  return null;
end $$;

create trigger documents_deleted after delete on public.documents
  for each row execute function private.document_deleted_event();

revoke execute on function private.emit_zones_changed(uuid, uuid, integer, jsonb, jsonb), private.zones_inserted_event(),
  private.zones_updated_event(), private.zones_deleted_event(), private.document_deleted_event()
  from public, anon, authenticated;
