-- What `alter role authenticator set pgrst.…` says, and which schemas exist.
select (select array_agg(n.nspname::text) from pg_namespace n) as schemas,
       (select array_agg(s.setting)
          from pg_db_role_setting r, unnest(r.setconfig) s(setting)
         where r.setrole = 'authenticator'::regrole
           and r.setdatabase in (0, (select oid from pg_database where datname = current_database()))
           and s.setting like 'pgrst.%') as configured
