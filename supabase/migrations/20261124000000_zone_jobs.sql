-- One zone read anew, or for the first time: a box, a kind if the owner knows it, and a job that fills the zone with what
-- is written under the box. The job remembers which revision of the zone was asked for: an edit made in between wins.

-- ---------------------------------------------------------------- what such a job is about

alter table public.jobs drop constraint jobs_params_by_kind;
alter table public.jobs add constraint jobs_params_by_kind check (
  jsonb_typeof(params) = 'object' and coalesce(case kind
    when 'process_document' then export_id is null and params - 'languages' = '{}'
    when 'process_zone' then export_id is null
      and params - array['zone_id', 'revision', 'page_number', 'box', 'kind'] = '{}'
      and jsonb_typeof(params -> 'zone_id') = 'string'
      and jsonb_typeof(params -> 'revision') = 'number'
      and jsonb_typeof(params -> 'page_number') = 'number'
      and (params -> 'box') - array['x', 'y', 'width', 'height'] = '{}'
      and jsonb_typeof(params #> '{box,x}') = 'number' and jsonb_typeof(params #> '{box,y}') = 'number'
      and jsonb_typeof(params #> '{box,width}') = 'number' and jsonb_typeof(params #> '{box,height}') = 'number'
      and coalesce(jsonb_typeof(params -> 'kind'), 'null') in ('null', 'string')
    when 'export' then export_id is not null and params = '{}'
  end, false)
);

create unique index jobs_one_active_per_zone on public.jobs ((params ->> 'zone_id'))
  where kind = 'process_zone' and state in ('queued', 'running');

comment on column public.jobs.params is 'Of process_document: languages. Of process_zone: zone_id, revision (of the zone when it was asked for), page_number, box {x, y, width, height}, kind (null: the engine''s guess).';

-- ---------------------------------------------------------------- what users call

-- A box is four numbers, in points, and at least touches its page: anything else is told before a daemon is troubled.
create function private.checked_box(box jsonb, page public.pages) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  side text;
  x double precision;
  y double precision;
  width double precision;
  height double precision;
begin
  foreach side in array array['x', 'y', 'width', 'height'] loop
    if jsonb_typeof(box -> side) is distinct from 'number' then
      raise exception using errcode = 'PT400', message = format('The box has no number %s.', side),
        hint = 'A box is {x, y, width, height} in points, from the top left of the page as displayed.';
    end if;
  end loop;
  x := box -> 'x'; y := box -> 'y'; width := box -> 'width'; height := box -> 'height';
  if width <= 0 or height <= 0 then
    raise exception using errcode = 'PT400', message = 'The box has no area.', hint = 'Give it a width and a height above 0.';
  end if;
  if page.error is not null then
    raise exception using errcode = 'PT409', message = 'The page could not be read, so nothing is under the box.',
      detail = page.error ->> 'message';
  end if;
  if x >= page.width or y >= page.height or x + width <= 0 or y + height <= 0 then
    raise exception using errcode = 'PT400', message = 'The box lies beside the page.',
      detail = format('The page measures %s by %s points.', page.width, page.height),
      hint = 'Draw the box on the page.';
  end if;
  return jsonb_build_object('x', x, 'y', y, 'width', width, 'height', height);
end $$;

create function private.queue_zone(zone public.zones, box jsonb, kind public.zone_kind) returns public.jobs
language plpgsql security definer set search_path = '' as $$
declare
  job public.jobs;
begin
  insert into public.jobs (kind, document_id, owner, priority, params)
  values ('process_zone', zone.document_id, zone.owner, 20, jsonb_build_object(
    'zone_id', zone.id, 'revision', zone.revision, 'page_number', zone.page_number, 'box', queue_zone.box,
    'kind', queue_zone.kind))
  returning * into job;
  return job;
exception when unique_violation then
  raise exception using errcode = 'PT409', message = 'The zone is being read already.',
    hint = 'Wait until its job is over, or cancel it.';
end $$;

create function public.reprocess_zone(
  zone_id uuid, box jsonb default null, kind public.zone_kind default null, revision integer default null
) returns public.jobs
language plpgsql security definer set search_path = '' as $$
declare
  zone public.zones;
  page public.pages;
begin
  select * into zone from public.zones
  where id = reprocess_zone.zone_id and owner = (select auth.uid()) for share;
  if not found then
    raise exception using errcode = 'PT404', message = 'There is no such zone.', hint = 'List the zones of your document to find its id.';
  end if;
  if zone.revision <> reprocess_zone.revision then
    raise exception using errcode = 'PT409', message = 'The zone has been changed in the meantime.',
      detail = format('It is at revision %s.', zone.revision), hint = 'Look at it as it is now, then ask again.';
  end if;
  select * into page from public.pages
  where document_id = zone.document_id and page_number = zone.page_number;
  return private.queue_zone(zone, private.checked_box(coalesce(reprocess_zone.box, jsonb_build_object(
    'x', zone.bbox_x, 'y', zone.bbox_y, 'width', zone.bbox_width, 'height', zone.bbox_height)), page), reprocess_zone.kind);
end $$;

-- The new zone is read right after the last one that begins above it in its own column.
create function public.draw_zone(
  document_id uuid, page_number integer, box jsonb, kind public.zone_kind default null
) returns public.jobs
language plpgsql security definer set search_path = '' as $$
declare
  zone public.zones;
  page public.pages;
  checked jsonb;
  x real;
  y real;
  width real;
begin
  select * into page from public.pages
  where pages.document_id = draw_zone.document_id and pages.page_number = draw_zone.page_number
    and pages.owner = (select auth.uid());
  if not found then
    raise exception using errcode = 'PT404', message = 'There is no such page.',
      hint = 'Draw on a page of your own document that has been read.';
  end if;
  checked := private.checked_box(draw_zone.box, page);
  x := checked -> 'x'; y := checked -> 'y'; width := checked -> 'width';
  insert into public.zones (
    document_id, page_number, owner, kind, bbox_x, bbox_y, bbox_width, bbox_height, reading_order, origin
  ) values (
    page.document_id, page.page_number, page.owner, coalesce(draw_zone.kind, 'paragraph'), x, y, width,
    (checked -> 'height')::real, coalesce((
      select above.reading_order from public.zones as above
      where above.document_id = page.document_id and above.page_number = page.page_number
        and above.bbox_y < y and above.bbox_x < x + width and above.bbox_x + above.bbox_width > x
      order by above.bbox_y desc, above.reading_order desc limit 1
    ), 0), 'user'
  ) returning * into zone;
  return private.queue_zone(zone, checked, draw_zone.kind);
end $$;

comment on function public.reprocess_zone(uuid, jsonb, public.zone_kind, integer) is
  'Reads one zone of the caller''s anew: with another box {x, y, width, height} or its own, as the given kind or as what the engine takes it for. Gives the job; with revision, only if the zone is still at that one. An edit made before the job is done wins, and the job ends with code zone_changed.';
comment on function public.draw_zone(uuid, integer, jsonb, public.zone_kind) is
  'Makes a zone of the box {x, y, width, height} on a page of the caller''s and has it filled with the text under the box. Gives the job; params.zone_id is the new zone.';

-- ---------------------------------------------------------------- what a daemon calls

create type worker.zone_outcome as enum ('ok', 'lease_lost', 'canceled', 'zone_changed', 'zone_gone');

create function worker.save_zone(job_id uuid, lease_token uuid, zone jsonb, engine_version text) returns worker.zone_outcome
language plpgsql security definer set search_path = '' as $$
declare
  held worker.outcome := private.hold(job_id, lease_token);
  job public.jobs;
  present integer;
begin
  if held <> 'ok' then
    return held::text::worker.zone_outcome;
  end if;
  select * into job from public.jobs where id = save_zone.job_id and kind = 'process_zone';
  if not found then
    raise exception using errcode = 'PT409', message = 'The job is not about a zone.', hint = 'Save its pages or its file.';
  end if;
  select revision into present from public.zones
  where id = (job.params ->> 'zone_id')::uuid and document_id = job.document_id for update;
  if not found then
    return 'zone_gone';
  elsif present <> (job.params ->> 'revision')::integer then
    return 'zone_changed';
  end if;
  update public.zones set
    kind = (zone ->> 'kind')::public.zone_kind, level = (zone ->> 'level')::smallint,
    bbox_x = (zone #>> '{bbox,x}')::real, bbox_y = (zone #>> '{bbox,y}')::real,
    bbox_width = (zone #>> '{bbox,width}')::real, bbox_height = (zone #>> '{bbox,height}')::real,
    content = zone ->> 'content', "table" = nullif(zone -> 'table', 'null'),
    confidence = (zone ->> 'confidence')::real, engine_version = save_zone.engine_version
  where id = (job.params ->> 'zone_id')::uuid;
  return worker.finish(job.id, save_zone.lease_token)::text::worker.zone_outcome;
end $$;

comment on function worker.save_zone(uuid, uuid, jsonb, text) is
  'Writes what was read for the zone of a process_zone job and ends the job; zone_changed or zone_gone, and nothing done, when the zone is not as it was when asked for.';

revoke execute on function private.checked_box(jsonb, public.pages), private.queue_zone(public.zones, jsonb, public.zone_kind),
  public.reprocess_zone(uuid, jsonb, public.zone_kind, integer),
  public.draw_zone(uuid, integer, jsonb, public.zone_kind),
  worker.save_zone(uuid, uuid, jsonb, text) from public, anon, authenticated;
grant execute on function public.reprocess_zone(uuid, jsonb, public.zone_kind, integer),
  public.draw_zone(uuid, integer, jsonb, public.zone_kind), worker.save_zone(uuid, uuid, jsonb, text) to authenticated;
