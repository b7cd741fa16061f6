-- What clients do with whole documents: find them, stop and resume their work, and learn which objects go with them.

-- ---------------------------------------------------------------- search

-- Every word of the query must occur in the name or in what the PDF says about itself. An owner's documents are few enough
-- to look at each; ordering, filters and limits are the caller's.
create function public.search_documents(query text) returns setof public.documents
language sql stable set search_path = '' as $$
  select * from public.documents
  where owner = (select auth.uid()) and not exists (
    select from regexp_split_to_table(lower(left(search_documents.query, 200)), '\s+') as word
    where strpos(
      lower(concat_ws(' ', name, metadata ->> 'title', metadata ->> 'author', metadata ->> 'subject', metadata ->> 'keywords')),
      word
    ) = 0
  )
$$;

comment on function public.search_documents(text) is
  'The caller''s documents in whose name, title, author, subject or keywords every word of the query occurs.';

-- ---------------------------------------------------------------- cancel and retry

create function private.own_document(document_id uuid) returns public.documents
language plpgsql stable security definer set search_path = '' as $$
declare
  document public.documents;
begin
  select * into document from public.documents
  where id = own_document.document_id and owner = (select auth.uid());
  if not found then
    raise exception using errcode = 'PT404', message = 'There is no such document.', hint = 'List your documents to find its id.';
  end if;
  return document;
end $$;

create function public.cancel_document(document_id uuid) returns public.documents
language plpgsql security definer set search_path = '' as $$
declare
  document public.documents := private.own_document(document_id);
  active uuid;
  canceled integer := 0;
begin
  for active in
    select id from public.jobs
    where jobs.document_id = document.id and state in ('queued', 'running') order by id for update
  loop
    perform public.cancel_job(active);
    canceled := canceled + 1;
  end loop;
  if canceled = 0 then
    raise exception using errcode = 'PT409', message = 'Nothing is being done with this document.',
      detail = 'Its status is ' || document.status || '.', hint = 'There is nothing to cancel.';
  end if;
  return private.own_document(document.id);
end $$;

create function public.retry_document(document_id uuid) returns public.documents
language plpgsql security definer set search_path = '' as $$
declare
  document public.documents := private.own_document(document_id);
  last_job public.jobs;
begin
  if document.status <> 'failed' then
    raise exception using errcode = 'PT409', message = 'Only a document whose processing failed can be tried again.',
      detail = 'Its status is ' || document.status || '.', hint = 'Wait for it to end, or cancel it first.';
  end if;
  select * into last_job from public.jobs
  where jobs.document_id = document.id and kind = 'process_document' order by created_at desc, id limit 1;
  if not found then
    raise exception using errcode = 'PT409', message = 'The file of this document never arrived.',
      hint = 'Upload the file again, as a new document.';
  end if;
  perform public.retry_job(last_job.id);
  return private.own_document(document.id);
end $$;

comment on function public.cancel_document(uuid) is 'Cancels every queued or running job of a document of the caller''s.';
comment on function public.retry_document(uuid) is
  'Queues the processing of a failed document again; it continues where it stopped.';

-- ---------------------------------------------------------------- what to remove

-- By path alone, so that it answers for a document that is deleted already: objects written late are found too. Found
-- through the index that Storage keeps for its listings (collation "C", where 0 follows /): policies on objects, which would
-- be asked for each object of each user, are not needed where the folder is the caller's own.
create function public.document_objects(document_ids uuid[]) returns table (bucket_id text, name text)
language sql stable security definer set search_path = '' as $$
  select objects.bucket_id, objects.name
  from unnest(document_objects.document_ids) as document (id)
  cross join unnest(array['documents', 'pages', 'exports']) as bucket (id)
  join storage.objects on objects.bucket_id = bucket.id
    and objects.name collate "C" >= (select auth.uid())::text || '/' || document.id::text || '/'
    and objects.name collate "C" < (select auth.uid())::text || '/' || document.id::text || '0'
  order by objects.bucket_id, objects.name limit 1000
$$;

comment on function public.document_objects(uuid[]) is
  'Up to 1000 objects in Storage that belong to documents of the caller''s: what to remove with them. Ask again until none is left.';

revoke execute on function private.own_document(uuid), public.search_documents(text), public.cancel_document(uuid),
  public.retry_document(uuid), public.document_objects(uuid[]) from public, anon, authenticated;
grant execute on function public.search_documents(text), public.cancel_document(uuid), public.retry_document(uuid),
  public.document_objects(uuid[]) to authenticated;
