-- What daemons tell their operators of the queue: they have no access to tables, so one function counts for them.

create index jobs_dead_idx on public.jobs (kind) where state = 'dead';

-- Counts end at 100,000 a state: beyond, the exact number is no longer of interest and the cost would be. Deletions are
-- counted along their key, for the planner cannot see that they end there too.
create function worker.queue_figures() returns jsonb
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

comment on function worker.queue_figures() is
  'Jobs that wait, run or are dead, by kind and state (due, delayed, running, abandoned, dead), with the age of the oldest; how many daemons were seen within a minute; how many objects are to be deleted. For metrics.';

revoke execute on function worker.queue_figures() from public, anon, authenticated;
grant execute on function worker.queue_figures() to authenticated;
