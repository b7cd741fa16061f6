-- Found through the index that Storage keeps for its listings (collation "C", where 0 follows /): policies on objects, which
-- would be asked for each object of each user, are not needed where the folder is the caller's own.

create or replace function public.document_objects(document_ids uuid[]) returns table (bucket_id text, name text)
language sql stable security definer set search_path = '' as $$
  select objects.bucket_id, objects.name
  from unnest(document_objects.document_ids) as document (id)
  cross join unnest(array['documents', 'pages', 'exports']) as bucket (id)
  join storage.objects on objects.bucket_id = bucket.id
    and objects.name collate "C" >= (select auth.uid())::text || '/' || document.id::text || '/'
    and objects.name collate "C" < (select auth.uid())::text || '/' || document.id::text || '0'
  order by objects.bucket_id, objects.name limit 1000
$$;
