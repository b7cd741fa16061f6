-- Functions of the exposed schemas ($1) that a request may call.
select n.nspname::text as schema,
       p.proname::text as name,
       obj_description(p.oid, 'pg_proc') as description,
       p.provolatile::text as volatility,
       p.proretset as returns_set,
       p.prorettype = 'void'::regtype as returns_void,
       p.provariadic <> 0 as is_variadic,
       t.typtype = 'c' or coalesce(bt.typtype = 'c', false) or p.prorettype = 'record'::regtype as returns_composite,
       rn.nspname::text as table_schema,
       r.relname::text as table_name,
       coalesce(arguments.names, '{}') as argument_names,
       coalesce(arguments.types, '{}') as argument_types,
       coalesce(arguments.required, '{}') as argument_required
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  join pg_type t on t.oid = p.prorettype
  left join pg_type bt on bt.oid = t.typbasetype
  left join pg_class r on r.oid = coalesce(nullif(t.typrelid, 0), bt.typrelid) and r.relkind in ('r', 'p', 'v', 'm', 'f')
  left join pg_namespace rn on rn.oid = r.relnamespace
  left join lateral (
       select array_agg(coalesce(p.proargnames[x.position], '') order by x.position) as names,
              array_agg(format_type(x.type, null) order by x.position) as types,
              array_agg(x.rank <= p.pronargs - p.pronargdefaults and not (p.provariadic <> 0 and x.rank = p.pronargs)
                        order by x.position) as required
         from (select a.type, a.position, row_number() over (order by a.position) as rank
                 from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality a(type, position)
                where p.proargmodes is null or p.proargmodes[a.position] in ('i', 'b', 'v')) x) arguments on true
 where n.nspname = any ($1) and p.prokind = 'f'
   and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
 order by 1, 2
