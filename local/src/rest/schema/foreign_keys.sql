-- Foreign keys between tables of the exposed schemas ($1).
select con.conname::text as name,
       sn.nspname::text as schema, s.relname::text as "table",
       tn.nspname::text as target_schema, t.relname::text as target_table,
       (select array_agg(a.attname::text order by k.position)
          from unnest(con.conkey) with ordinality k(attnum, position)
          join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.attnum) as columns,
       (select array_agg(a.attname::text order by k.position)
          from unnest(con.confkey) with ordinality k(attnum, position)
          join pg_attribute a on a.attrelid = con.confrelid and a.attnum = k.attnum) as target_columns,
       exists (select from pg_index i
                where i.indrelid = con.conrelid and i.indisunique and i.indpred is null
                  and i.indnkeyatts = cardinality(con.conkey)
                  and (i.indkey::int2[])[0:i.indnkeyatts - 1] <@ con.conkey) as is_unique
  from pg_constraint con
  join pg_class s on s.oid = con.conrelid
  join pg_namespace sn on sn.oid = s.relnamespace
  join pg_class t on t.oid = con.confrelid
  join pg_namespace tn on tn.oid = t.relnamespace
 where con.contype = 'f' and con.conparentid = 0 and sn.nspname = any ($1) and tn.nspname = any ($1)
 order by 2, 3, 1
