-- Where the project has pg_cron, what expires does so without daemons, too. The extension may be switched on after the migrations,
-- so scheduling is a function of its own, which can be called again at any time.

-- Answers what it did, in words. Jobs are known by their name and the role that scheduled them: again, they are replaced.
create function private.schedule_expiry() returns text
language plpgsql set search_path = '' as $$
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    return 'pg_cron is not there: daemons do all there is to do';
  end if;
  perform cron.schedule('zoned-expire', '* * * * *', 'select private.expire()');
  -- pg_cron itself keeps a row of each run for ever.
  perform cron.schedule('zoned-expire-log', '13 3 * * *', $job$delete from cron.job_run_details where end_time < now() - interval '7 days'
    and jobid in (select jobid from cron.job where jobname in ('zoned-expire', 'zoned-expire-log'))$job$);
  return 'pg_cron expires each minute what has to';
end $$;

revoke execute on function private.schedule_expiry() from public, anon, authenticated;

do $$
begin
  raise notice '%', private.schedule_expiry();
exception when others then
  raise notice 'pg_cron is not used (%): daemons do all there is to do', sqlerrm;
end $$;
