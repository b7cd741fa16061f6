-- What clients do with zones beyond editing a row: bring back what one was, order those of a page, find text.

-- The revision is counted on, never back: restoring is an edit like others, and can be undone like others. The text follows
-- from cells or items where there are any: an engine's own text may differ from it in white space.
create function public.restore_zone(zone_id uuid, revision integer, expected_revision integer default null)
returns public.zones
language plpgsql security definer set search_path = '' as $$
declare
  former public.zone_revisions;
  zone public.zones;
  follows boolean;
begin
  select * into former from public.zone_revisions
  where zone_revisions.zone_id = restore_zone.zone_id and zone_revisions.revision = restore_zone.revision
    and owner = (select auth.uid());
  if not found then
    raise exception using errcode = 'PT404', message = 'There is no such revision of this zone.',
      hint = 'List the zone''s revisions to find one.';
  end if;
  follows := former."table" is not null or former.items is not null;
  select * into zone from public.zones where id = former.zone_id for update;
  if found then
    if zone.revision <> restore_zone.expected_revision then
      raise exception using errcode = 'PT409', message = 'The zone has been changed in the meantime.',
        detail = format('It is at revision %s.', zone.revision), hint = 'Look at it as it is now, then ask again.';
    end if;
    update public.zones set
      kind = former.kind, level = former.level, bbox_x = former.bbox_x, bbox_y = former.bbox_y,
      bbox_width = former.bbox_width, bbox_height = former.bbox_height, reading_order = former.reading_order,
      content = case when follows then zones.content else former.content end, "table" = former."table",
      items = former.items, confidence = former.confidence, origin = former.origin, engine_version = former.engine_version
    where id = former.zone_id returning * into zone;
  else
    insert into public.zones (
      id, document_id, page_number, owner, kind, level, bbox_x, bbox_y, bbox_width, bbox_height, reading_order, content,
      "table", items, confidence, origin, engine_version, revision
    )
    select former.zone_id, former.document_id, former.page_number, former.owner, former.kind, former.level, former.bbox_x,
      former.bbox_y, former.bbox_width, former.bbox_height, former.reading_order,
      case when follows then '' else former.content end, former."table", former.items, former.confidence, former.origin,
      former.engine_version, max(zone_revisions.revision) + 1
    from public.zone_revisions where zone_revisions.zone_id = former.zone_id
    returning * into zone;
  end if;
  return zone;
end $$;

comment on function public.restore_zone(uuid, integer, integer) is
  'Makes a zone of the caller''s what it was at a revision, or brings it back if it was deleted. With expected_revision, only if the zone is still at that one.';

-- Zones of a page are ordered together: half an order is none.
create function public.order_zones(document_id uuid, page_number integer, zone_ids uuid[]) returns setof public.zones
language plpgsql security definer set search_path = '' as $$
declare
  present uuid[];
begin
  present := array(
    select id from public.zones
    where zones.document_id = order_zones.document_id and zones.page_number = order_zones.page_number
      and owner = (select auth.uid())
    order by id for update
  );
  if present = '{}' then
    raise exception using errcode = 'PT404', message = 'There are no zones on such a page.',
      hint = 'Order the zones of a page of your own document.';
  elsif present <> array(select id from unnest(zone_ids) as id order by id) then
    raise exception using errcode = 'PT409', message = 'The zones named are not those on the page.',
      detail = 'Zones were added or deleted in the meantime.', hint = 'Look at the page as it is now, then order all its zones.';
  end if;
  return query
    with placed as (select id, (place - 1)::integer as place from unnest(zone_ids) with ordinality as named (id, place)),
    moved as (
      update public.zones set reading_order = placed.place from placed
      where zones.id = placed.id and zones.reading_order <> placed.place
      returning zones.*
    )
    select * from moved order by reading_order;
end $$;

comment on function public.order_zones(uuid, integer, uuid[]) is
  'Orders the zones of a page as listed (all of them) and gives those whose place has changed.';

-- Within one document: its zones are read through the page index, the words are looked for as they stand.
create function public.search_zones(document_id uuid, query text) returns setof public.zones
language sql stable set search_path = '' as $$
  select * from public.zones
  where zones.document_id = search_zones.document_id
    and strpos(lower(content), lower(left(search_zones.query, 200))) > 0
  order by page_number, reading_order
$$;

comment on function public.search_zones(uuid, text) is 'Zones of a document in whose text the query occurs, in order.';

-- Settings are merged key by key: two windows that change different ones do not undo each other.
create function public.merge_settings(patch jsonb) returns public.user_settings
language sql set search_path = '' as $$
  insert into public.user_settings as mine (settings) values (jsonb_strip_nulls(merge_settings.patch))
  on conflict (owner) do update set settings = jsonb_strip_nulls(mine.settings || merge_settings.patch)
  returning *
$$;

comment on function public.merge_settings(jsonb) is
  'Sets the given keys of the caller''s settings and leaves the others; null removes a key.';

revoke execute on function public.restore_zone(uuid, integer, integer), public.order_zones(uuid, integer, uuid[]),
  public.search_zones(uuid, text), public.merge_settings(jsonb) from public, anon, authenticated;
grant execute on function public.restore_zone(uuid, integer, integer), public.order_zones(uuid, integer, uuid[]),
  public.search_zones(uuid, text), public.merge_settings(jsonb) to authenticated;
