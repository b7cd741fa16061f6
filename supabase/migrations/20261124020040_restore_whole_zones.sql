-- A zone that is restored comes back whole, with its items. Its text follows from cells or items where it has any: an
-- engine's own text may differ from it in white space.

create or replace function public.restore_zone(zone_id uuid, revision integer, expected_revision integer default null)
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
