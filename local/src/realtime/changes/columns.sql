-- The columns of a table in their order: those in the log, and the generated ones, which the log leaves out.
-- Where not every other column is published, what generated ones are made of may be missing: they are left out too.
with logged as (
  select name, type, position from unnest($2::text[], $3::oid[]) with ordinality as logged (name, type, position)
), existing as (
  select attname::text as name, atttypid as type, attnum as position, attgenerated = 's' as is_generated,
    pg_get_expr(adbin, adrelid) as expression
  from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where attrelid = $1 and attnum > 0 and not attisdropped
), wanted as (
  select logged.name, logged.type, coalesce(existing.position, logged.position) as position, null as expression
  from logged left join existing using (name)
  union all
  select name, type, position, expression from existing
  where is_generated and not exists (
    select from existing plain where not plain.is_generated and plain.name not in (select name from logged)
  ) and name not in (select name from logged)
)
select wanted.name, quote_ident(wanted.name), typname::text, format_type(wanted.type, -1), expression
from wanted join pg_type on pg_type.oid = wanted.type
order by position
