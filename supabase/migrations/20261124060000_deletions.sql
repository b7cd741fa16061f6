-- Documents that were deleted, for 30 days: a client that was away learns of them when it asks what has happened. The events of a
-- document go with it, so that none of them can tell.

create table private.document_deletions (
  document_id uuid primary key,
  owner       uuid not null references auth.users (id) on delete cascade,
  deleted_in  xid8 not null default pg_current_xact_id(),
  deleted_at  timestamptz not null default now()
);
create index document_deletions_owner_idx on private.document_deletions (owner, deleted_in);

alter table private.document_deletions enable row level security;

create function private.note_deletions() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- Of an account that is deleted itself nobody is left to ask.
  insert into private.document_deletions (document_id, owner)
  select gone.id, gone.owner from gone where exists (select from auth.users where users.id = gone.owner)
  on conflict on constraint document_deletions_pkey do update set deleted_in = pg_current_xact_id(), deleted_at = now();
  delete from private.document_deletions
  where owner in (select gone.owner from gone) and deleted_at < now() - interval '30 days';
  return null;
end $$;

create trigger documents_note_deletions after delete on public.documents
  referencing old table as gone for each statement execute function private.note_deletions();

-- As before, and with deletions: each has its place where the events of its document would be. It runs with its owner's
-- rights, which the notes of deletions need, and asks for the caller's own.
create or replace function public.user_events_since(after_cursor text default null, max_events integer default 500) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  page_size constant integer := least(greatest(max_events, 1), 1000);
  now_cursor constant text := pg_snapshot_xmin(pg_current_snapshot())::text;
  -- Either where to begin, or that with the last event of the page before and the cursor that follows the last page.
  part text[] := string_to_array(after_cursor, '/');
  page jsonb;
  next_cursor text;
begin
  if after_cursor is null then
    return jsonb_build_object('cursor', now_cursor, 'more', false, 'events', '[]'::jsonb, 'deleted', '[]'::jsonb);
  elsif after_cursor !~ '^[0-9]{1,18}(/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/[0-9]{1,18}/[0-9]{1,18})?$' then
    raise exception using errcode = 'PT400', message = 'The cursor is not one that user_events_since gave.',
      hint = 'Begin without a cursor, then pass on the one of the last answer.';
  elsif part[1]::xid8 > now_cursor::xid8 then
    -- The database was restored and counts anew: give everything rather than nothing.
    part := array['0'];
  end if;
  next_cursor := coalesce(part[4], now_cursor);
  -- By document, each in its order: pages can be handed on as they come.
  select jsonb_build_object(
    'events', coalesce(jsonb_agg(event order by document_id, seq) filter (where event is not null), '[]'),
    'deleted', coalesce(jsonb_agg(document_id order by document_id) filter (where event is null), '[]'),
    'size', count(*), 'last', (array_agg(concat_ws('/', document_id, seq) order by document_id desc, seq desc))[1]
  ) into page
  from (
    (
      select document_id, seq, to_jsonb(job_event) - 'written_in' as event
      from public.job_events as job_event
      where owner = (select auth.uid()) and written_in >= part[1]::xid8
        and (part[2] is null or (document_id, seq) > (part[2]::uuid, part[3]::bigint))
      order by document_id, seq limit page_size
    )
    union all
    (
      select document_id, 0, null from private.document_deletions
      where owner = (select auth.uid()) and deleted_in >= part[1]::xid8 and (part[2] is null or document_id > part[2]::uuid)
        -- One that is there again was restored. Looked up one by one: as a join it may read all documents of everybody.
        and (select documents.id from public.documents where documents.id = document_deletions.document_id) is null
      order by document_id limit page_size
    )
    order by document_id, seq limit page_size
  ) as happened;
  return jsonb_build_object(
    'cursor', case when (page ->> 'size')::integer < page_size then next_cursor
      else concat_ws('/', part[1], page ->> 'last', next_cursor) end,
    'more', (page ->> 'size')::integer >= page_size, 'events', page -> 'events', 'deleted', page -> 'deleted');
end $$;

comment on function public.user_events_since(text, integer) is
  'All events of the caller''s documents since an earlier call, and the ids of those that were deleted: {cursor, more, events, deleted}, document by document, each in order. Without a cursor: none, and the cursor to begin with. Some may come again; document_id and seq tell. Deletions are told of for 30 days.';

revoke execute on function private.note_deletions() from public, anon, authenticated;
