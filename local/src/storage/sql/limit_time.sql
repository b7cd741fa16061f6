-- SET ROLE does not bring a role's settings with it.
select set_config('statement_timeout', coalesce((
  select split_part(setting, '=', 2)
  from pg_roles, unnest(rolconfig) as setting
  where rolname = $1 and setting like 'statement_timeout=%'
), '30s'), true)
