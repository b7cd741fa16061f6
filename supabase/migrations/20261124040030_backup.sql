-- What `zoned backup` reads and writes: every table of ours, found in the catalogue so that none is forgotten. With the secret
-- key only.

-- Tables in the order of their names: columns that can be written (not those with transaction numbers: they mean nothing in
-- another database, and get that database's own), the primary key, whether rows belong to documents, and
-- what they refer to. Objects waiting for deletion are no part of a backup: it has no such objects.
create function private.backed_up_tables() returns table (
  schema_name text, table_name text, columns text[], key text[], document_column text, refers_to text[]
)
language sql stable set search_path = '' as $$
  select namespaces.nspname, tables.relname,
    array(
      select attname::text from pg_catalog.pg_attribute
      where attrelid = tables.oid and attnum > 0 and not attisdropped and attgenerated = '' and atttypid <> 'xid8'::regtype
      order by attnum
    ),
    array(
      select attributes.attname::text
      from pg_catalog.pg_index as keys
      cross join lateral unnest(keys.indkey) with ordinality as place (number, position)
      join pg_catalog.pg_attribute as attributes on attributes.attrelid = tables.oid and attributes.attnum = place.number
      where keys.indrelid = tables.oid and keys.indisprimary order by place.position
    ),
    case
      when tables.oid = 'public.documents'::regclass then 'id'
      when exists (
        select from pg_catalog.pg_attribute
        where attrelid = tables.oid and attname = 'document_id' and not attisdropped
      ) then 'document_id'
    end,
    array(
      select distinct (targets_in.nspname || '.' || targets.relname)::text
      from pg_catalog.pg_constraint as constraints
      join pg_catalog.pg_class as targets on targets.oid = constraints.confrelid
      join pg_catalog.pg_namespace as targets_in on targets_in.oid = targets.relnamespace
      where constraints.conrelid = tables.oid and constraints.contype = 'f' and constraints.confrelid <> tables.oid
    )
  from pg_catalog.pg_class as tables
  join pg_catalog.pg_namespace as namespaces on namespaces.oid = tables.relnamespace
  where namespaces.nspname in ('public', 'private') and tables.relkind = 'r'
    and tables.oid <> 'private.object_deletions'::regclass
    and not exists (
      select from pg_catalog.pg_depend
      where classid = 'pg_catalog.pg_class'::regclass and objid = tables.oid and deptype = 'e'
    )
  order by 1, 2
$$;

create function public.backup_tables() returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_agg(jsonb_build_object(
    'schema', schema_name, 'table', table_name, 'key', key, 'per_document', document_column is not null, 'refers_to', refers_to
  )) from private.backed_up_tables()
$$;

-- Changes whenever a row or an object of the document does: of each table, how many rows and which transactions wrote them.
create function private.document_stamp(document_id uuid) returns text
language plpgsql stable set search_path = '' as $$
declare
  source record;
  counted text;
  stamp text := '';
begin
  for source in select * from private.backed_up_tables() where document_column is not null loop
    execute format('select count(*) || ''/'' || coalesce(sum(xmin::text::bigint), 0) from %I.%I where %I = $1',
      source.schema_name, source.table_name, source.document_column) into counted using document_stamp.document_id;
    stamp := stamp || counted || ' ';
  end loop;
  select stamp || coalesce(string_agg(objects.id::text || coalesce(objects.version, ''), ' ' order by objects.id), '') into stamp
  from private.objects_of(document_stamp.document_id) as objects;
  return md5(stamp);
end $$;

create function private.objects_of(document_id uuid) returns setof storage.objects
language sql stable set search_path = '' as $$
  select objects.*
  from public.documents
  cross join unnest(array['documents', 'pages', 'exports']) as bucket (id)
  join storage.objects on objects.bucket_id = bucket.id
    and objects.name collate "C" >= documents.owner::text || '/' || documents.id::text || '/'
    and objects.name collate "C" < documents.owner::text || '/' || documents.id::text || '0'
  where documents.id = objects_of.document_id
$$;

create function public.backup_documents(after_id uuid, max_documents integer) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', id, 'stamp', private.document_stamp(id)) order by id), '[]')
  from (
    select id from public.documents where backup_documents.after_id is null or id > backup_documents.after_id
    order by id limit least(greatest(max_documents, 1), 500)
  ) as slice
$$;

-- All rows of a document by table, in the order of their keys; null where they are more than one answer should hold.
create function private.document_rows(document_id uuid) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  most_rows constant integer := 5000;
  most_bytes constant integer := 4194304;
  source record;
  condition text;
  there integer;
  rows jsonb;
  counted integer := 0;
  bytes bigint := 0;
  all_rows jsonb := '{}';
begin
  for source in select * from private.backed_up_tables() where document_column is not null loop
    condition := format('%I = %L::uuid', source.document_column, document_rows.document_id);
    execute format('select count(*) from (select from %I.%I where %s limit %s) as counted',
      source.schema_name, source.table_name, condition, most_rows + 1) into there;
    counted := counted + there;
    if counted > most_rows then
      return null;
    end if;
    rows := private.rows_of(source.schema_name, source.table_name, source.key, condition, there);
    bytes := bytes + octet_length(rows::text);
    if bytes > most_bytes or jsonb_array_length(rows) < there then
      return null;
    elsif rows <> '[]' then
      all_rows := all_rows || jsonb_build_object(source.schema_name || '.' || source.table_name, rows);
    end if;
  end loop;
  return all_rows;
end $$;

create function public.backup_document(document_id uuid, with_rows boolean default false) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'stamp', private.document_stamp(documents.id),
    'objects', coalesce((
      select jsonb_agg(jsonb_build_object(
        'bucket', bucket_id, 'name', name, 'content_type', coalesce(metadata ->> 'mimetype', 'application/octet-stream')
      ) order by bucket_id, name)
      from private.objects_of(documents.id)
    ), '[]'),
    'rows', case when with_rows then private.document_rows(documents.id) end
  )
  from public.documents where id = backup_document.document_id
$$;

-- Up to so many rows that fulfil a condition, in the order of their key, without what is computed from other columns: as many
-- as fit in 4 MiB, but one at least.
create function private.rows_of(schema_name text, table_name text, key text[], condition text, max_rows integer) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  rows jsonb;
begin
  execute format($query$
    select coalesce(jsonb_agg(content order by place), '[]') from (
      select content, place, sum(octet_length(content::text)) over (order by place) as bytes from (
        select to_jsonb(whole) - array(
          select attname::text from pg_catalog.pg_attribute
          where attrelid = %1$L::regclass and attnum > 0 and attgenerated <> ''
        ) as content, row_number() over () as place
        from (select * from %2$I.%3$I where %4$s order by %5$s limit %6$s) as whole
      ) as numbered
    ) as measured where place = 1 or bytes <= 4194304
  $query$, format('%I.%I', schema_name, table_name), schema_name, table_name, condition,
    (select string_agg(quote_ident(name), ', ' order by position) from unnest(key) with ordinality as named (name, position)),
    max_rows) into rows;
  return rows;
end $$;

-- Rows after a key, in its order.
create function public.backup_rows(
  schema_name text, table_name text, document_id uuid, after_key jsonb, max_rows integer
) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  source record;
  condition text := 'true';
begin
  select * into source from private.backed_up_tables() as known
  where known.schema_name = backup_rows.schema_name and known.table_name = backup_rows.table_name;
  if not found or source.key = '{}' then
    raise exception using errcode = 'PT404', message = 'There is no such table with a primary key.',
      hint = 'backup_tables lists them.';
  end if;
  if backup_rows.document_id is not null then
    condition := format('%I = %L::uuid', source.document_column, backup_rows.document_id);
  end if;
  if after_key is not null then
    condition := condition || (
      select format(' and (%s) > (%s)', string_agg(quote_ident(name), ', ' order by position), string_agg(
        format('%L::%s', after_key ->> name, format_type(attributes.atttypid, attributes.atttypmod)), ', ' order by position))
      from unnest(source.key) with ordinality as key (name, position)
      join pg_catalog.pg_attribute as attributes
        on attributes.attrelid = format('%I.%I', source.schema_name, source.table_name)::regclass and attributes.attname = name
    );
  end if;
  return private.rows_of(source.schema_name, source.table_name, source.key, condition, least(greatest(max_rows, 1), 5000));
end $$;

-- Accounts with the hashes of their passwords, by which people sign in again as before.
create function public.backup_users(after_id uuid, max_users integer) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', id, 'email', email, 'password_hash', encrypted_password, 'confirmed', email_confirmed_at is not null,
    'app_metadata', coalesce(raw_app_meta_data, '{}'), 'user_metadata', coalesce(raw_user_meta_data, '{}')
  ) order by id), '[]')
  from (
    select * from auth.users where backup_users.after_id is null or id > backup_users.after_id
    order by id limit least(greatest(max_users, 1), 1000)
  ) as slice
$$;

-- Writes rows as they were: without the triggers that would make events and jobs of them, foreign keys checked. Rows that are
-- there already are overwritten, so that it can be repeated.
create function private.restore_rows(schema_name text, table_name text, rows jsonb) returns integer
language plpgsql set search_path = '' as $$
declare
  target record;
  written integer;
  columns text;
  changes text;
  sequence_column text;
  sequence_name text;
begin
  select * into target from private.backed_up_tables() as known
  where known.schema_name = restore_rows.schema_name and known.table_name = restore_rows.table_name;
  if not found or target.key = '{}' then
    raise exception using errcode = 'PT404', message = 'There is no such table with a primary key.',
      hint = 'Apply the migrations the backup was made with, or newer ones.';
  end if;
  select string_agg(quote_ident(name), ', '),
    string_agg(format('%1$I = excluded.%1$I', name), ', ') filter (where name <> all (target.key))
  into columns, changes from unnest(target.columns) as name;
  execute format('alter table %I.%I disable trigger user', target.schema_name, target.table_name);
  execute format(
    'insert into %1$I.%2$I (%3$s) overriding system value select %3$s from jsonb_populate_recordset(null::%1$I.%2$I, $1)
     on conflict (%4$s) do %5$s',
    target.schema_name, target.table_name, columns, (select string_agg(quote_ident(name), ', ') from unnest(target.key) as name),
    coalesce('update set ' || changes, 'nothing')
  ) using rows;
  get diagnostics written = row_count;
  execute format('alter table %I.%I enable trigger user', target.schema_name, target.table_name);
  foreach sequence_column in array target.columns loop
    sequence_name := pg_get_serial_sequence(format('%I.%I', target.schema_name, target.table_name), sequence_column);
    if sequence_name is not null then
      execute format('select setval(%L, greatest((select max(%I) from %I.%I), 1))',
        sequence_name, sequence_column, target.schema_name, target.table_name);
    end if;
  end loop;
  return written;
end $$;

-- Of several tables at once, in the order given: [{schema, table, rows}].
create function public.restore_tables(tables jsonb) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  part jsonb;
  written bigint := 0;
begin
  for part in select value from jsonb_array_elements(tables) loop
    written := written + private.restore_rows(part ->> 'schema', part ->> 'table', part -> 'rows');
  end loop;
  return written;
end $$;

comment on function public.backup_tables() is 'For operators (zoned backup): the tables of a backup.';
comment on function public.backup_documents(uuid, integer) is 'For operators (zoned backup): documents after an id, each with a stamp that changes whenever anything of it does.';
comment on function public.backup_document(uuid, boolean) is 'For operators (zoned backup): a document''s stamp, the names of its objects and, if asked for and not too many, its rows.';
comment on function public.backup_rows(text, text, uuid, jsonb, integer) is 'For operators (zoned backup): rows of a table, of one document or all, after a key.';
comment on function public.backup_users(uuid, integer) is 'For operators (zoned backup): accounts after an id, with the hashes of their passwords.';
comment on function public.restore_tables(jsonb) is 'For operators (zoned backup): writes rows of tables as they were, without the triggers that would act on them.';

revoke execute on function private.backed_up_tables(), private.document_stamp(uuid), private.objects_of(uuid),
  private.document_rows(uuid), private.rows_of(text, text, text[], text, integer), private.restore_rows(text, text, jsonb),
  public.backup_tables(), public.backup_documents(uuid, integer), public.backup_document(uuid, boolean),
  public.backup_rows(text, text, uuid, jsonb, integer), public.backup_users(uuid, integer),
  public.restore_tables(jsonb) from public, anon, authenticated;
grant execute on function public.backup_tables(), public.backup_documents(uuid, integer), public.backup_document(uuid, boolean),
  public.backup_rows(text, text, uuid, jsonb, integer), public.backup_users(uuid, integer),
  public.restore_tables(jsonb) to service_role;
