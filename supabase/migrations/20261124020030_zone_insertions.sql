-- Zones that come with their page are told of by pages.saved; every other one by zones.changed, also one of the engine's:
-- restored after a deletion, or read anew on a page that was there before.

create or replace function private.zones_inserted_event() returns trigger
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
