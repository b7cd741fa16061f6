select pg_class.oid
from pg_publication_tables published
join pg_namespace on nspname = published.schemaname
join pg_class on relnamespace = pg_namespace.oid and relname = published.tablename
where pubname = 'supabase_realtime' and $1::text in ('*', schemaname) and $2::text in ('*', tablename)
