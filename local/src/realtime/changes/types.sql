select typname::text, format_type(pg_type.oid, -1)
from unnest($1::oid[]) with ordinality as wanted (type, position)
join pg_type on pg_type.oid = wanted.type
order by position
