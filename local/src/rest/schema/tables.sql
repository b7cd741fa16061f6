-- Tables and views with their columns, in the exposed schemas ($1).
select n.nspname::text as schema,
       c.relname::text as name,
       c.relkind in ('v', 'm') as is_view,
       obj_description(c.oid, 'pg_class') as description,
       c.relkind in ('r', 'p') or (pg_relation_is_updatable(c.oid, true) & 8) = 8 as insertable,
       c.relkind in ('r', 'p') or (pg_relation_is_updatable(c.oid, true) & 4) = 4 as updatable,
       c.relkind in ('r', 'p') or (pg_relation_is_updatable(c.oid, true) & 16) = 16 as deletable,
       coalesce((select array_agg(a.attname::text order by k.position)
                   from pg_index i, unnest(i.indkey::int2[]) with ordinality k(attnum, position), pg_attribute a
                  where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.attnum), '{}') as primary_key,
       coalesce(columns.names, '{}') as column_names,
       coalesce(columns.types, '{}') as column_types,
       coalesce(columns.base_types, '{}') as column_base_types,
       coalesce(columns.defaults, '{}') as column_defaults,
       coalesce(columns.required, '{}') as column_required
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join lateral (
       select array_agg(a.attname::text order by a.attnum) as names,
              array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum) as types,
              array_agg(format_type(coalesce(nullif(t.typbasetype, 0), t.oid), null) order by a.attnum) as base_types,
              array_agg(case when a.attidentity <> ''
                             then format('nextval(%L)', pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname))
                             when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid)
                             end order by a.attnum) as defaults,
              array_agg(a.attnotnull and d.oid is null and a.attidentity = '' order by a.attnum) as required
         from pg_attribute a
         join pg_type t on t.oid = a.atttypid
         left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) columns on true
 where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')
 order by 1, 2
