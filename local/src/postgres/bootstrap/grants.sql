-- Schema public as a new project has it: usable by the API roles, with nothing granted on what is made in it.

grant usage on schema public to anon, authenticated, service_role, postgres;

-- Schemas of services belong to the superuser: the CLI's reset drops every schema that belongs to another role.
alter schema storage owner to supabase_admin;
grant all on schema storage to supabase_storage_admin;

-- A hosted project lets postgres, who owns no table of a service, put policies on such tables and drop its triggers
-- there, and nothing else. Only an owner may by PostgreSQL's own rules, so for the length of such a command postgres
-- inherits the owners' rights. Within the transaction: nobody else ever sees it.
create schema _local authorization supabase_admin;

create function _local.lend_ownership() returns event_trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if session_user = 'postgres' then
    grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin to postgres with inherit true, set false;
  end if;
end $$;

create function _local.take_ownership_back() returns event_trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if session_user = 'postgres' then
    revoke supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin from postgres;
  end if;
end $$;

create event trigger local_lend_ownership on ddl_command_start
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER')
  execute function _local.lend_ownership();
create event trigger local_take_ownership_back on ddl_command_end
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER')
  execute function _local.take_ownership_back();

-- Settings a hosted project lets postgres make, though PostgreSQL keeps them for superusers.
grant set on parameter session_replication_role, log_min_messages, log_min_duration_statement, log_statement to postgres;
grant set on parameter pgrst.db_schemas, pgrst.db_max_rows, pgrst.db_extra_search_path, pgrst.db_pre_request,
  pgrst.db_aggregates_enabled, pgrst.db_plan_enabled to postgres;
