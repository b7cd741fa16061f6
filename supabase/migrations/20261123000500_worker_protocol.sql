-- What a daemon calls. Each function is one transaction; those that change a job take the lease token of its claim and
-- change nothing when the token is not the current one.

create type worker.outcome as enum ('ok', 'lease_lost', 'canceled');

create type worker.claimed_job as (
  job_id            uuid,
  kind              public.job_kind,
  params            jsonb,
  document_id       uuid,
  export_id         uuid,
  owner             uuid,
  attempts          smallint,
  max_attempts      smallint,
  lease_token       uuid,
  lease_expires_at  timestamptz,
  checkpoint        jsonb,
  object_path       text,
  document_name     text,
  byte_size         bigint,
  page_count        integer,
  document_metadata jsonb,
  export_format     public.export_format,
  export_options    jsonb,
  export_path       text
);

create type worker.job_outcome as (job_id uuid, outcome worker.outcome);

-- ---------------------------------------------------------------- who calls

create function private.require_worker() returns void
language plpgsql stable set search_path = '' as $$
begin
  if not private.is_worker() then
    raise exception using errcode = '42501', message = 'Only a worker account may do this.',
      hint = 'Sign in with an account made by "zoned worker create".';
  end if;
end $$;

-- Locks the job for the caller's transaction and says whether the caller still holds it.
create function private.hold(job_id uuid, lease_token uuid) returns worker.outcome
language plpgsql security definer set search_path = '' as $$
declare
  job public.jobs;
begin
  perform private.require_worker();
  select * into job from public.jobs where id = hold.job_id for update;
  if not found then
    return 'lease_lost';
  elsif job.state = 'canceled' then
    return 'canceled';
  elsif job.lease_token is distinct from hold.lease_token or not exists (
    select from public.workers where id = job.lease_owner and account = (select auth.uid())
  ) then
    return 'lease_lost';
  end if;
  return 'ok';
end $$;

create function private.lease_end(lease_seconds integer) returns timestamptz
language sql stable set search_path = '' as $$
  select now() + make_interval(secs => least(greatest(lease_seconds, 1), 3600))
$$;

-- ---------------------------------------------------------------- hello

create function worker.hello(protocol_version integer, host text, version text, capacity integer) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  current_version constant integer := 1;
  minimum_version constant integer := 1;
  new_id uuid;
begin
  perform private.require_worker();
  if hello.protocol_version < minimum_version then
    raise exception using errcode = 'PT426', message = 'This daemon is too old for the database.',
      detail = format('It speaks protocol %s, the database needs %s or newer.', hello.protocol_version, minimum_version),
      hint = 'Install a newer zoned and start it again.';
  end if;
  insert into public.workers (account, host, version, protocol_version, capacity)
  values ((select auth.uid()), hello.host, hello.version, hello.protocol_version, hello.capacity)
  returning id into new_id;
  return jsonb_build_object(
    'worker_id', new_id, 'protocol_version', current_version, 'minimum_protocol_version', minimum_version,
    'database_time', now()
  );
end $$;

-- ---------------------------------------------------------------- claim

-- Owners with work waiting, found by skipping along the queue's index: one probe an owner, however long each queue.
-- Starting at a random owner keeps the limit from always cutting off the same ones.
create function private.waiting_owners(max_owners integer) returns setof uuid
language plpgsql volatile set search_path = '' as $$
declare
  start uuid := gen_random_uuid();
  previous uuid := start;
  waiting uuid;
  wrapped boolean := false;
begin
  for i in 1 .. max_owners loop
    select owner into waiting from public.jobs where state = 'queued' and owner > previous order by owner limit 1;
    if waiting is null and not wrapped then
      wrapped := true;
      select owner into waiting from public.jobs where state = 'queued' order by owner limit 1;
    end if;
    exit when waiting is null or (wrapped and waiting > start);
    return next waiting;
    previous := waiting;
  end loop;
end $$;

-- Jobs worth claiming, best first. Abandoned ones lead: their owners have waited longest. Then fairness: an owner's
-- n-th waiting job ranks as high as the number of jobs that owner would then have running, so a user with one document
-- does not wait for another's thousand.
create function private.claimable_jobs(kinds public.job_kind[], max_jobs integer) returns setof uuid
language sql volatile set search_path = '' as $$
  with abandoned as (
    select id, 0 as rank, lease_expires_at as waiting_since, priority from public.jobs
    where state = 'running' and lease_expires_at < now() and kind = any (kinds) and attempts < max_attempts
    order by lease_expires_at limit max_jobs
  ),
  running as (
    select owner, count(*) as jobs from public.jobs where state = 'running' and lease_expires_at >= now() group by owner
  ),
  waiting as (
    select candidate.id, coalesce(running.jobs, 0) + candidate.place as rank, candidate.run_after as waiting_since, candidate.priority
    from private.waiting_owners(200) as waiting_owner (owner)
    left join running on running.owner = waiting_owner.owner
    cross join lateral (
      select id, run_after, priority, row_number() over (order by priority desc, run_after, id) as place
      from (
        select id, run_after, priority from public.jobs
        where owner = waiting_owner.owner and state = 'queued' and run_after <= now() and kind = any (kinds)
        order by priority desc, run_after, id limit max_jobs
      ) as first_of_owner
    ) as candidate
  )
  select id from (select * from abandoned union all select * from waiting) as candidates
  order by rank, priority desc, waiting_since limit max_jobs
$$;

create function worker.claim(worker_id uuid, max_jobs integer, kinds public.job_kind[], lease_seconds integer)
returns setof worker.claimed_job
language plpgsql security definer set search_path = '' as $$
declare
  wanted constant integer := least(greatest(max_jobs, 1), 100);
  candidates uuid[];
begin
  perform private.require_worker();
  if not exists (select from public.workers where id = claim.worker_id and account = (select auth.uid())) then
    raise exception using errcode = 'PT404', message = 'The database does not know this worker.', hint = 'Call hello first.';
  end if;
  -- Once a few seconds is enough to tell who is alive.
  update public.workers set last_seen = now() where id = claim.worker_id and last_seen < now() - interval '10 seconds';

  -- Twice as many as wanted, since other daemons are choosing the same ones at the same moment.
  candidates := array(select private.claimable_jobs(claim.kinds, wanted * 2));
  return query
    with locked as (
      select id from public.jobs
      where id = any (candidates)
        and ((state = 'queued' and run_after <= now()) or (state = 'running' and lease_expires_at < now()))
      order by array_position(candidates, id) limit wanted
      for update skip locked
    ),
    claimed as (
      update public.jobs set
        state = 'running', attempts = attempts + 1, error = null, started_at = coalesce(started_at, now()),
        lease_owner = claim.worker_id, lease_token = gen_random_uuid(), lease_expires_at = private.lease_end(claim.lease_seconds)
      from locked where jobs.id = locked.id
      returning jobs.*
    )
    select claimed.id, claimed.kind, claimed.params, claimed.document_id, claimed.export_id, claimed.owner, claimed.attempts,
      claimed.max_attempts, claimed.lease_token, claimed.lease_expires_at, claimed.checkpoint, documents.object_path,
      documents.name, documents.byte_size, documents.page_count, documents.metadata, exports.format, exports.options, exports.object_path
    from claimed
    join public.documents on documents.id = claimed.document_id
    left join public.exports on exports.id = claimed.export_id;
end $$;

-- ---------------------------------------------------------------- keep and give back

-- Of each lease, whether the caller still holds it; those held stay locked for the caller's transaction. Always in the
-- order of ids, so that two calls can't wait for one another.
create function private.hold_all(job_ids uuid[], lease_tokens uuid[]) returns setof worker.job_outcome
language plpgsql security definer set search_path = '' as $$
declare
  lease record;
begin
  for lease in select * from unnest(job_ids, lease_tokens) as given (job_id, lease_token) order by job_id limit 1024 loop
    return next (lease.job_id, private.hold(lease.job_id, lease.lease_token))::worker.job_outcome;
  end loop;
end $$;

create function worker.renew(job_ids uuid[], lease_tokens uuid[], lease_seconds integer) returns setof worker.job_outcome
language plpgsql security definer set search_path = '' as $$
declare
  lease worker.job_outcome;
begin
  perform private.require_worker();
  for lease in select * from private.hold_all(job_ids, lease_tokens) loop
    if lease.outcome = 'ok' then
      update public.jobs set lease_expires_at = private.lease_end(renew.lease_seconds) where id = lease.job_id;
    end if;
    return next lease;
  end loop;
end $$;

create function worker.release(job_ids uuid[], lease_tokens uuid[]) returns setof worker.job_outcome
language plpgsql security definer set search_path = '' as $$
declare
  lease worker.job_outcome;
begin
  perform private.require_worker();
  for lease in select * from private.hold_all(job_ids, lease_tokens) loop
    if lease.outcome = 'ok' then
      update public.jobs set
        state = 'queued', attempts = greatest(attempts - 1, 0), run_after = now(),
        lease_owner = null, lease_token = null, lease_expires_at = null
      where id = lease.job_id;
    end if;
    return next lease;
  end loop;
end $$;

-- ---------------------------------------------------------------- progress

-- At most five writes a second a job: one that comes sooner is dropped, unless it starts a stage or is the last of one.
create function private.write_progress(job_id uuid, progress jsonb) returns void
language sql security definer set search_path = '' as $$
  insert into public.job_progress as live (job_id, document_id, owner, stage, pages_done, pages_total, eta_seconds, message)
  select jobs.id, jobs.document_id, jobs.owner, progress ->> 'stage', coalesce((progress ->> 'pages_done')::integer, 0),
    (progress ->> 'pages_total')::integer, (progress ->> 'eta_seconds')::real, left(progress ->> 'message', 500)
  from public.jobs where jobs.id = write_progress.job_id
  on conflict on constraint job_progress_pkey do update set
    stage = excluded.stage, pages_done = excluded.pages_done, pages_total = excluded.pages_total,
    eta_seconds = excluded.eta_seconds, message = excluded.message, updated_at = clock_timestamp()
  where live.updated_at <= clock_timestamp() - interval '200 milliseconds'
    or live.stage is distinct from excluded.stage
    or excluded.pages_done = excluded.pages_total
$$;

create function worker.report_progress(job_id uuid, lease_token uuid, progress jsonb) returns worker.outcome
language plpgsql security definer set search_path = '' as $$
declare
  result worker.outcome := private.hold(job_id, lease_token);
begin
  if result = 'ok' then
    perform private.write_progress(job_id, progress);
  end if;
  return result;
end $$;

-- ---------------------------------------------------------------- pages

-- Pages with their zones. One that is there already is left as it is: a batch sent twice changes nothing.
create function private.insert_pages(document_id uuid, owner uuid, pages jsonb) returns integer
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
      "table", confidence, origin, engine_version
    )
    select insert_pages.document_id, page_number, insert_pages.owner, (zone ->> 'kind')::public.zone_kind,
      (zone ->> 'level')::smallint, (zone #>> '{bbox,x}')::real, (zone #>> '{bbox,y}')::real,
      (zone #>> '{bbox,width}')::real, (zone #>> '{bbox,height}')::real, (zone ->> 'reading_order')::integer,
      zone ->> 'content', nullif(zone -> 'table', 'null'), (zone ->> 'confidence')::real, 'engine', page ->> 'engine_version'
    from inserted join incoming using (page_number), jsonb_array_elements(page -> 'zones') as zone
  )
  select count(*)::integer from inserted
$$;

create function worker.save_pages(
  job_id uuid, lease_token uuid, pages jsonb, document jsonb default null, progress jsonb default null,
  checkpoint jsonb default null
) returns worker.outcome
language plpgsql security definer set search_path = '' as $$
declare
  result worker.outcome := private.hold(job_id, lease_token);
  job public.jobs;
  saved integer;
begin
  if result <> 'ok' then
    return result;
  end if;
  select * into job from public.jobs where id = save_pages.job_id;
  if document is not null then
    update public.documents set
      page_count = coalesce((document ->> 'page_count')::integer, page_count),
      sha256 = coalesce(document ->> 'sha256', sha256),
      metadata = coalesce(document -> 'metadata', '{}') || metadata
    where id = job.document_id;
  end if;
  saved := private.insert_pages(job.document_id, job.owner, pages);
  if saved > 0 or checkpoint is not null then
    update public.jobs set
      attempts = case when saved > 0 then 1 else attempts end,
      checkpoint = coalesce(save_pages.checkpoint, jobs.checkpoint)
    where id = job.id;
  end if;
  if progress is not null then
    perform private.write_progress(job.id, progress);
  end if;
  return 'ok';
end $$;

create function worker.read_pages(job_id uuid, lease_token uuid, from_page integer, max_pages integer)
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
          'table', zones."table", 'confidence', zones.confidence, 'bbox', jsonb_build_object(
            'x', zones.bbox_x, 'y', zones.bbox_y, 'width', zones.bbox_width, 'height', zones.bbox_height)
        ) order by zones.reading_order, zones.created_at, zones.id)
        from public.zones where zones.document_id = pages.document_id and zones.page_number = pages.page_number
      ), '[]')
    )
    from public.pages
    where pages.document_id = held_document and pages.page_number >= from_page
    order by pages.page_number limit least(greatest(max_pages, 1), 500);
end $$;

-- ---------------------------------------------------------------- the end of a job

create function worker.finish(job_id uuid, lease_token uuid, result jsonb default '{}') returns worker.outcome
language plpgsql security definer set search_path = '' as $$
declare
  held worker.outcome := private.hold(job_id, lease_token);
  job public.jobs;
  missing integer;
begin
  if held <> 'ok' then
    return held;
  end if;
  select * into job from public.jobs where id = finish.job_id;
  if job.kind = 'process_document' then
    select documents.page_count - (select count(*) from public.pages where pages.document_id = documents.id) into missing
    from public.documents where id = job.document_id;
    if missing is distinct from 0 then
      raise exception using errcode = 'PT409', message = 'The document has pages that were not saved.',
        detail = format('%s pages are missing.', coalesce(missing::text, 'All')), hint = 'Save every page before finishing.';
    end if;
  end if;
  perform private.write_progress(job.id, jsonb_build_object(
    'stage', 'done', 'pages_done', coalesce(progress.pages_total, progress.pages_done), 'pages_total', progress.pages_total, 'eta_seconds', 0,
    'message', finish.result ->> 'message'))
  from public.job_progress as progress where progress.job_id = job.id;
  update public.jobs set
    state = 'succeeded', finished_at = now(), error = null, lease_token = null, lease_expires_at = null
  where id = job.id;
  return 'ok';
end $$;

create function worker.save_export(job_id uuid, lease_token uuid, byte_size bigint, sha256 text) returns worker.outcome
language plpgsql security definer set search_path = '' as $$
declare
  held worker.outcome := private.hold(job_id, lease_token);
begin
  if held <> 'ok' then
    return held;
  end if;
  update public.exports set byte_size = save_export.byte_size, sha256 = save_export.sha256
  where id = (select export_id from public.jobs where id = save_export.job_id);
  return worker.finish(job_id, lease_token);
end $$;

-- Seconds until the next try: 2, 4, 8 … up to 15 minutes, each times 0.5 to 1.5, so that jobs that failed together
-- do not come back together.
create function private.backoff(attempts integer) returns interval
language sql volatile set search_path = '' as $$
  select make_interval(secs => least(power(2, least(attempts, 16)), 900) * (0.5 + random()))
$$;

create function private.end_attempt(job_id uuid, error jsonb, retryable boolean) returns void
language plpgsql security definer set search_path = '' as $$
declare
  job public.jobs;
  again boolean;
begin
  select * into job from public.jobs where id = end_attempt.job_id;
  again := retryable and job.attempts < job.max_attempts;
  update public.jobs set
    state = case when again then 'queued' else 'dead' end::public.job_state,
    run_after = case when again then now() + private.backoff(job.attempts) else run_after end,
    finished_at = case when again then null else now() end,
    error = end_attempt.error, lease_owner = null, lease_token = null, lease_expires_at = null
  where id = job.id;
  perform private.write_progress(job.id, jsonb_build_object(
    'stage', case when again then 'queued' else 'failed' end, 'pages_done', progress.pages_done,
    'pages_total', progress.pages_total, 'message', end_attempt.error ->> 'message'))
  from public.job_progress as progress where progress.job_id = job.id;
end $$;

create function worker.fail(job_id uuid, lease_token uuid, error jsonb, retryable boolean) returns worker.outcome
language plpgsql security definer set search_path = '' as $$
declare
  held worker.outcome := private.hold(job_id, lease_token);
begin
  if held = 'ok' then
    perform private.end_attempt(job_id, jsonb_build_object(
      'code', left(coalesce(error ->> 'code', 'unknown'), 64), 'message', left(coalesce(error ->> 'message', 'It failed.'), 2000)
    ), retryable);
  end if;
  return held;
end $$;

-- ---------------------------------------------------------------- what nobody else does

create function worker.housekeep() returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  uploads integer;
  exports integer;
  buried integer := 0;
  lost uuid;
begin
  perform private.require_worker();
  -- One daemon at a time: the others have nothing to add.
  if not pg_try_advisory_xact_lock(hashtext('zoned.housekeep')) then
    return '{"busy": true}';
  end if;
  with expired as (
    select id from public.documents where status = 'awaiting_upload' and upload_expires_at < now()
    order by upload_expires_at limit 500 for update skip locked
  )
  update public.documents set status = 'failed', error = jsonb_build_object(
    'code', 'upload_expired', 'message', 'The file never arrived. Upload it again.')
  from expired where documents.id = expired.id;
  get diagnostics uploads = row_count;

  update public.exports set status = 'expired' where id in (
    select id from public.exports where status = 'ready' and expires_at < now() order by expires_at limit 500 for update skip locked
  );
  get diagnostics exports = row_count;

  for lost in
    select id from public.jobs where state = 'running' and lease_expires_at < now() and attempts >= max_attempts
    order by lease_expires_at limit 500 for update skip locked
  loop
    perform private.end_attempt(lost, jsonb_build_object(
      'code', 'worker_lost', 'message', 'Processing stopped again and again without getting further. The file may be too heavy; try it once more or split it.'
    ), false);
    buried := buried + 1;
  end loop;

  delete from public.workers where last_seen < now() - interval '7 days'
    and not exists (select from public.jobs where jobs.lease_owner = workers.id and jobs.state = 'running');
  return jsonb_build_object('uploads_expired', uploads, 'exports_expired', exports, 'jobs_buried', buried);
end $$;

-- A message to the caller's own topic, worker:{account}: tells whether broadcasts arrive, and how fast.
create function worker.ping(nonce uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform private.require_worker();
  perform realtime.send(jsonb_build_object('nonce', nonce), 'ping', 'worker:' || (select auth.uid())::text, true);
end $$;

-- ---------------------------------------------------------------- grants

comment on function worker.hello(integer, text, text, integer) is 'Registers a daemon; refuses one whose protocol is too old (426).';
comment on function worker.claim(uuid, integer, public.job_kind[], integer) is 'Leases up to max_jobs jobs, fairly between owners; those whose lease ran out come first.';
comment on function worker.renew(uuid[], uuid[], integer) is 'Extends leases; tells of each whether it is still held.';
comment on function worker.release(uuid[], uuid[]) is 'Gives jobs back to the queue at once; the attempt does not count.';
comment on function worker.report_progress(uuid, uuid, jsonb) is 'Writes {stage, pages_done, pages_total, eta_seconds, message}, at most five times a second.';
comment on function worker.save_pages(uuid, uuid, jsonb, jsonb, jsonb, jsonb) is 'Saves pages with their zones, the document''s facts, progress and checkpoint together. Idempotent.';
comment on function worker.read_pages(uuid, uuid, integer, integer) is 'Pages with their zones, edits included, in order, for an export.';
comment on function worker.finish(uuid, uuid, jsonb) is 'Ends a job well. A document must have all its pages.';
comment on function worker.save_export(uuid, uuid, bigint, text) is 'Records the file of an export and ends its job.';
comment on function worker.fail(uuid, uuid, jsonb, boolean) is 'Ends an attempt with {code, message}: tried again later when retryable and attempts are left, dead otherwise.';
comment on function worker.housekeep() is 'Expires uploads that never came and old exports, buries jobs out of attempts. Cheap to call often.';
comment on function worker.ping(uuid) is 'Broadcasts the nonce on worker:{account}.';

-- PostgreSQL lets everyone execute a new function: take that back from all so far, and grant by name.
revoke execute on all functions in schema worker, private from public, anon, authenticated;
grant execute on all functions in schema worker to authenticated;
grant execute on function private.may_listen(text), private.is_worker() to authenticated;
