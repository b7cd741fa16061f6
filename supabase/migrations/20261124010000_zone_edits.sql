-- Edits win, and a zone stays of one piece: whoever writes, the text of a table and its cells, of a list and its items, say
-- the same, and what an owner has drawn or changed counts as certain in exports.

alter table public.zones
  add column items jsonb,
  add column edited boolean not null default false;
alter table public.zone_revisions
  add column items jsonb,
  add column edited boolean not null default false;

alter table public.zones disable trigger user;
update public.zones set edited = true where origin = 'user' or revision > 1;
alter table public.zones enable trigger user;

alter table public.zones add constraint zones_items_only_in_lists check (items is null or kind = 'list');
grant insert (items), update (items) on public.zones to authenticated;

comment on column public.zones.items is 'Of lists: [{level, marker, content, bbox}], level from 1 by nesting, marker null where there is none. Changing items changes content; changing content alone makes items null.';
comment on column public.zones.edited is 'Whether its owner has drawn it or changed its kind, level, box, text, cells or items since it was last read. Exports take an edited zone as certain, whatever its confidence.';
comment on column public.zones."table" is 'Of tables: {rows, columns, cells: [{row, column, row_span, column_span, header, content, bbox}]}; cells lie in the grid and do not overlap. Spans (1), header (false), content and bbox (the zone''s) may be left out when writing. Changing cells changes content, changing content (a line a row, tabs between cells) changes the cells.';
comment on column public.zones.confidence is 'How sure the engine was of kind and box, 0 to 1; 1 for a zone made by hand. See edited.';
comment on column public.exports.options is 'headers_footers (boolean), kinds (zone kinds to keep), min_confidence (0 to 1; edited zones count as 1), pages (such as "1-3,7,12-"), first_page, last_page; of chunks max_tokens, overlap and tokenizer (o200k_base, cl100k_base); of html images (inline, none) and language. Others are refused.';

-- ---------------------------------------------------------------- what a table and a list are

-- The number, if it is a whole one of the range.
create function private.whole_number(value jsonb, low integer, high integer) returns integer
language sql immutable set search_path = '' as $$
  select case when jsonb_typeof(value) = 'number' then
    case when value::numeric between low and high and value::numeric = trunc(value::numeric) then value::integer end
  end
$$;

create function private.is_box(value jsonb) returns boolean
language sql immutable set search_path = '' as $$
  select jsonb_typeof(value) = 'object' and value - array['x', 'y', 'width', 'height'] = '{}'
    and (select count(*) = 4 from jsonb_each(value) as side where jsonb_typeof(side.value) = 'number')
$$;

create function private.refuse_zone(message text, detail text, hint text) returns void
language plpgsql immutable set search_path = '' as $$
begin
  raise exception using errcode = 'PT400', message = refuse_zone.message, detail = refuse_zone.detail, hint = refuse_zone.hint;
end $$;

-- The cells with everything they may leave out, in order; none of them reaches out of the grid or over another.
create function private.checked_table(given jsonb, box jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  rows integer := private.whole_number(given -> 'rows', 1, 1000000);
  columns integer := private.whole_number(given -> 'columns', 1, 1000000);
  cells jsonb;
  fault text;
  hint constant text := 'A table is {rows, columns, cells: [{row, column, row_span, column_span, header, content, bbox}]}, rows and columns counted from 0.';
begin
  if jsonb_typeof(given) <> 'object' or given - array['rows', 'columns', 'cells'] <> '{}'
    or rows is null or columns is null or rows::bigint * columns > 1000000
    or jsonb_typeof(given -> 'cells') is distinct from 'array' then
    perform private.refuse_zone('The table has no grid.', 'It needs rows and columns, at most a million positions, and a list of cells.', hint);
  end if;
  select format('Cell %s %s.', place, faults.fault) into fault
  from (
    select place, case
      when jsonb_typeof(cell) <> 'object' then 'is no object'
      when cell - array['row', 'column', 'row_span', 'column_span', 'header', 'content', 'bbox'] <> '{}' then 'has a property that cells do not have'
      when private.whole_number(cell -> 'row', 0, rows - 1) is null then format('begins in no row from 0 to %s', rows - 1)
      when private.whole_number(cell -> 'column', 0, columns - 1) is null then format('begins in no column from 0 to %s', columns - 1)
      when private.whole_number(coalesce(cell -> 'row_span', '1'), 1, rows - (cell -> 'row')::integer) is null then 'reaches out of the rows'
      when private.whole_number(coalesce(cell -> 'column_span', '1'), 1, columns - (cell -> 'column')::integer) is null then 'reaches out of the columns'
      when jsonb_typeof(coalesce(cell -> 'header', 'false')) <> 'boolean' then 'has a header that is neither true nor false'
      when jsonb_typeof(coalesce(cell -> 'content', '""')) <> 'string' then 'has a content that is no text'
      when cell ? 'bbox' and not private.is_box(cell -> 'bbox') then 'has a bbox that is not {x, y, width, height}'
    end as fault
    from jsonb_array_elements(given -> 'cells') with ordinality as listed (cell, place)
  ) as faults where faults.fault is not null order by place limit 1;
  if fault is not null then
    perform private.refuse_zone('The table has a cell that does not fit.', fault, hint);
  end if;
  select coalesce(jsonb_agg(
    jsonb_build_object('row_span', 1, 'column_span', 1, 'header', false, 'content', '', 'bbox', box) || cell
    order by (cell -> 'row')::integer, (cell -> 'column')::integer
  ), '[]') into cells
  from jsonb_array_elements(given -> 'cells') as cell;
  -- The areas first: where they fit the grid, so do the positions looked at.
  if (select sum((cell -> 'row_span')::bigint * (cell -> 'column_span')::bigint) from jsonb_array_elements(cells) as cell) > rows::bigint * columns
    or exists (
      select from jsonb_array_elements(cells) as cell,
        generate_series((cell -> 'row')::integer, (cell -> 'row')::integer + (cell -> 'row_span')::integer - 1) as of_row,
        generate_series((cell -> 'column')::integer, (cell -> 'column')::integer + (cell -> 'column_span')::integer - 1) as of_column
      group by of_row, of_column having count(*) > 1
    ) then
    perform private.refuse_zone('The table has cells that overlap.', 'Two cells cover the same row and column.', hint);
  end if;
  return jsonb_build_object('rows', rows, 'columns', columns, 'cells', cells);
end $$;

-- A line a row, tabs between cells.
create function private.table_text(of_table jsonb) returns text
language sql immutable set search_path = '' as $$
  select coalesce(string_agg(line, e'\n' order by of_row), '') from (
    select (cell -> 'row')::integer as of_row,
      string_agg(regexp_replace(cell ->> 'content', '[\t\n\r]+', ' ', 'g'), e'\t' order by (cell -> 'column')::integer) as line
    from jsonb_array_elements(of_table -> 'cells') as cell group by of_row
  ) as lines
$$;

-- The table with the text in its cells; refused unless every row has a line and every cell a text.
create function private.table_with_text(of_table jsonb, content text) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  lines text[] := string_to_array(content, e'\n');
  row_count integer;
  fault text;
  cells jsonb;
begin
  select count(distinct cell -> 'row') into row_count from jsonb_array_elements(of_table -> 'cells') as cell;
  -- A line break at the end ends the last row.
  if cardinality(lines) = row_count + 1 and lines[row_count + 1] = '' then
    lines := lines[:row_count];
  end if;
  if cardinality(lines) <> row_count then
    fault := format('The table has %s rows of cells, the text %s lines.', row_count, cardinality(lines));
  else
    select format('Row %s has %s cells, the line for it %s.', of_row, cell_count, text_count) into fault from (
      select of_row, count(*) as cell_count, max(cardinality(string_to_array(lines[line], e'\t'))) as text_count
      from (
        select (cell -> 'row')::integer as of_row, dense_rank() over (order by (cell -> 'row')::integer) as line
        from jsonb_array_elements(of_table -> 'cells') as cell
      ) as placed group by of_row
    ) as counted
    -- An empty line is one empty text.
    where cell_count <> greatest(text_count, 1) order by of_row limit 1;
  end if;
  if fault is not null then
    perform private.refuse_zone('The text does not fit the cells of the table.', fault,
      'Keep a line for each row and a tab between cells; or change the cells in table, or set table to null as well to leave the grid to the text.');
  end if;
  select jsonb_agg(
    cell || jsonb_build_object('content', trim(coalesce((string_to_array(lines[line], e'\t'))[place], ''))) order by line, place
  ) into cells
  from (
    select cell, dense_rank() over (order by (cell -> 'row')::integer) as line,
      row_number() over (partition by cell -> 'row' order by (cell -> 'column')::integer) as place
    from jsonb_array_elements(of_table -> 'cells') as cell
  ) as placed;
  return of_table || jsonb_build_object('cells', coalesce(cells, '[]'));
end $$;

create function private.checked_items(given jsonb, box jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  fault text;
  items jsonb;
  hint constant text := 'Items are [{level, marker, content, bbox}], level from 1 to 7.';
begin
  if jsonb_typeof(given) <> 'array' then
    perform private.refuse_zone('The items are no list.', null, hint);
  end if;
  select format('Item %s %s.', place, faults.fault) into fault
  from (
    select place, case
      when jsonb_typeof(item) <> 'object' then 'is no object'
      when item - array['level', 'marker', 'content', 'bbox'] <> '{}' then 'has a property that items do not have'
      when private.whole_number(coalesce(item -> 'level', '1'), 1, 7) is null then 'has no level from 1 to 7'
      when jsonb_typeof(coalesce(item -> 'marker', 'null')) not in ('null', 'string') then 'has a marker that is no text'
      when jsonb_typeof(coalesce(item -> 'content', '""')) <> 'string' then 'has a content that is no text'
      when item ? 'bbox' and not private.is_box(item -> 'bbox') then 'has a bbox that is not {x, y, width, height}'
    end as fault
    from jsonb_array_elements(given) with ordinality as listed (item, place)
  ) as faults where faults.fault is not null order by place limit 1;
  if fault is not null then
    perform private.refuse_zone('The list has an item that is none.', fault, hint);
  end if;
  select coalesce(jsonb_agg(jsonb_build_object('level', 1, 'marker', null, 'content', '', 'bbox', box) || item order by place), '[]')
  into items from jsonb_array_elements(given) with ordinality as listed (item, place);
  return items;
end $$;

-- A line an item, two spaces for each level below the first.
create function private.items_text(items jsonb) returns text
language sql immutable set search_path = '' as $$
  select coalesce(string_agg(
    repeat('  ', (item -> 'level')::integer - 1) || coalesce(nullif(item ->> 'marker', '') || ' ', '')
      || regexp_replace(item ->> 'content', '[\t\n\r]+', ' ', 'g'), e'\n' order by place), '')
  from jsonb_array_elements(items) with ordinality as listed (item, place)
$$;

-- ---------------------------------------------------------------- what is true of every zone

create function private.settle_zone() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  is_new constant boolean := tg_op = 'INSERT';
  box constant jsonb := jsonb_build_object('x', new.bbox_x, 'y', new.bbox_y, 'width', new.bbox_width, 'height', new.bbox_height);
  new_content boolean := is_new and new.content <> '';
  new_table boolean := is_new;
  new_items boolean := is_new;
  derived text;
begin
  if not is_new then
    new_content := new.content is distinct from old.content;
    new_table := new."table" is distinct from old."table";
    new_items := new.items is distinct from old.items;
    -- A zone that becomes of another kind leaves behind what only the old one has.
    if new.kind <> old.kind then
      if new.kind <> 'table' and not new_table then new."table" := null; end if;
      if new.kind <> 'list' and not new_items then new.items := null; end if;
      if new.kind not in ('heading', 'list_item') and new.level is not distinct from old.level then new.level := null; end if;
    end if;
  end if;
  if new."table" is not null and new_table then
    new."table" := private.checked_table(new."table", box);
    derived := private.table_text(new."table");
  elsif new."table" is not null and new_content then
    new."table" := private.table_with_text(new."table", new.content);
    new_table := true;
    new_content := false;
    derived := private.table_text(new."table");
  elsif new.items is not null and new_items then
    new.items := private.checked_items(new.items, box);
    derived := private.items_text(new.items);
  elsif new_content then
    new.items := null;
  end if;
  if derived is not null then
    -- A daemon's text is the same but for the white space in it.
    if new_content and new.content <> derived and not private.is_worker() then
      perform private.refuse_zone('The text says something else than the cells or items.', null,
        'Change one of them; the other follows.');
    end if;
    new.content := derived;
  end if;
  if private.is_worker() then
    new.edited := new.origin = 'user';
  elsif is_new then
    new.edited := true;
  else
    new.edited := old.edited or new_content or new_table or new_items or new.kind <> old.kind
      or new.level is distinct from old.level
      or (new.bbox_x, new.bbox_y, new.bbox_width, new.bbox_height) <> (old.bbox_x, old.bbox_y, old.bbox_width, old.bbox_height);
  end if;
  return new;
end $$;

-- Named to come before the trigger that keeps the revision, which is to see the zone as it will be.
create trigger zones_first_settle before insert or update on public.zones
  for each row execute function private.settle_zone();

create or replace function private.keep_zone_revision() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- A zone that goes with its page or document leaves no history: there is nothing left to restore it to.
  if tg_op = 'DELETE' and not exists (
    select from public.pages where document_id = old.document_id and page_number = old.page_number
  ) then
    return old;
  end if;
  insert into public.zone_revisions (
    zone_id, revision, document_id, page_number, owner, kind, level, bbox_x, bbox_y, bbox_width, bbox_height,
    reading_order, content, "table", items, confidence, origin, edited, engine_version, operation, changed_by
  ) values (
    old.id, old.revision, old.document_id, old.page_number, old.owner, old.kind, old.level, old.bbox_x, old.bbox_y,
    old.bbox_width, old.bbox_height, old.reading_order, old.content, old."table", old.items, old.confidence, old.origin,
    old.edited, old.engine_version, lower(tg_op), auth.uid()
  );
  if tg_op = 'DELETE' then
    return old;
  end if;
  new.revision := old.revision + 1;
  return new;
end $$;

-- ---------------------------------------------------------------- what a daemon calls

create or replace function private.insert_pages(document_id uuid, owner uuid, pages jsonb) returns integer
language sql security definer set search_path = '' as $$
  with incoming as (
    select (page ->> 'page_number')::integer as page_number, page from jsonb_array_elements(pages) as page
  ),
  inserted as (
    insert into public.pages (document_id, page_number, owner, width, height, rotation, text_source, error)
    select insert_pages.document_id, page_number, insert_pages.owner, (page ->> 'width')::real, (page ->> 'height')::real,
      (page ->> 'rotation')::smallint, (page ->> 'text_source')::public.text_source, nullif(page -> 'error', 'null')
    from incoming
    on conflict on constraint pages_pkey do nothing
    returning pages.page_number
  ),
  inserted_zones as (
    insert into public.zones (
      document_id, page_number, owner, kind, level, bbox_x, bbox_y, bbox_width, bbox_height, reading_order, content,
      "table", items, confidence, origin, engine_version
    )
    select insert_pages.document_id, page_number, insert_pages.owner, (zone ->> 'kind')::public.zone_kind,
      (zone ->> 'level')::smallint, (zone #>> '{bbox,x}')::real, (zone #>> '{bbox,y}')::real,
      (zone #>> '{bbox,width}')::real, (zone #>> '{bbox,height}')::real, (zone ->> 'reading_order')::integer,
      zone ->> 'content', nullif(zone -> 'table', 'null'), nullif(zone -> 'items', 'null'),
      (zone ->> 'confidence')::real, 'engine', page ->> 'engine_version'
    from inserted join incoming using (page_number), jsonb_array_elements(page -> 'zones') as zone
  )
  select count(*)::integer from inserted
$$;

create or replace function worker.read_pages(job_id uuid, lease_token uuid, from_page integer, max_pages integer)
returns table (page_number integer, page jsonb)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  held_document uuid;
begin
  if private.hold(job_id, lease_token) <> 'ok' then
    return;
  end if;
  select document_id into held_document from public.jobs where id = read_pages.job_id;
  return query
    select pages.page_number, jsonb_build_object(
      'page_number', pages.page_number, 'width', pages.width, 'height', pages.height, 'rotation', pages.rotation,
      'text_source', pages.text_source, 'error', pages.error,
      'zones', coalesce((
        select jsonb_agg(jsonb_build_object(
          'kind', zones.kind, 'level', zones.level, 'reading_order', zones.reading_order, 'content', zones.content,
          'table', zones."table", 'items', zones.items,
          'confidence', case when zones.edited then 1 else zones.confidence end, 'bbox', jsonb_build_object(
            'x', zones.bbox_x, 'y', zones.bbox_y, 'width', zones.bbox_width, 'height', zones.bbox_height)
        ) order by zones.reading_order, zones.created_at, zones.id)
        from public.zones where zones.document_id = pages.document_id and zones.page_number = pages.page_number
      ), '[]')
    )
    from public.pages
    where pages.document_id = held_document and pages.page_number >= from_page
    order by pages.page_number limit least(greatest(max_pages, 1), 500);
end $$;

create or replace function worker.save_zone(job_id uuid, lease_token uuid, zone jsonb, engine_version text) returns worker.zone_outcome
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
    content = zone ->> 'content', "table" = nullif(zone -> 'table', 'null'), items = nullif(zone -> 'items', 'null'),
    confidence = (zone ->> 'confidence')::real, engine_version = save_zone.engine_version
  where id = (job.params ->> 'zone_id')::uuid;
  return worker.finish(job.id, save_zone.lease_token)::text::worker.zone_outcome;
end $$;

revoke execute on function private.whole_number(jsonb, integer, integer), private.is_box(jsonb),
  private.refuse_zone(text, text, text), private.checked_table(jsonb, jsonb), private.table_text(jsonb),
  private.table_with_text(jsonb, text), private.checked_items(jsonb, jsonb), private.items_text(jsonb),
  private.settle_zone() from public, anon, authenticated;
