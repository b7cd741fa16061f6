-- The planner cannot see how few objects are asked for, and read the whole list to update them: the ids are collected first.
create or replace function worker.claim_deletions(max_objects integer, seconds integer) returns setof worker.object_name
language plpgsql security definer set search_path = '' as $$
declare
  due bigint[];
begin
  perform private.require_worker();
  due := array(
    select id from private.object_deletions where claimed_until < now()
    order by claimed_until, id limit least(greatest(max_objects, 1), 1000)
    for update skip locked
  );
  return query
    update private.object_deletions as deletion set
      claimed_by = (select auth.uid()), attempts = least(deletion.attempts + 1, 1000),
      claimed_until = now() + make_interval(secs => least(greatest(seconds, 1), 3600) * power(2, least(deletion.attempts, 6)))
    where deletion.id = any (due)
    returning deletion.bucket_id, deletion.name;
end $$;

-- The list is counted along its key, for the same reason, and no further than it matters.
create or replace function worker.queue_figures() returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  most constant integer := 100000;
  figures jsonb;
begin
  perform private.require_worker();
  with active as (
    (select kind, case when run_after <= now() then 'due' else 'delayed' end as state, run_after as since
      from public.jobs where state = 'queued' limit most)
    union all
    (select kind, case when lease_expires_at >= now() then 'running' else 'abandoned' end, started_at
      from public.jobs where state = 'running' limit most)
    union all
    (select kind, 'dead', finished_at from public.jobs where state = 'dead' limit most)
  ),
  counted as (
    select kind, state, count(*) as jobs, greatest(extract(epoch from now() - min(since)), 0) as oldest_seconds
    from active group by kind, state
  )
  select jsonb_build_object(
    'jobs', coalesce((select jsonb_agg(to_jsonb(counted)) from counted), '[]'),
    'workers', (select count(*) from public.workers where last_seen > now() - interval '1 minute'),
    'deletions', (select count(*) from (select from private.object_deletions order by id limit most) as waiting)
  ) into figures;
  return figures;
end $$;
