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
