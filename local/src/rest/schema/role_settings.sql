-- Settings of the roles a request may become: `set role` does not apply them, so each transaction does.
select r.rolname::text as role,
       split_part(s.setting, '=', 1) as name,
       substr(s.setting, strpos(s.setting, '=') + 1) as value
  from pg_roles r, unnest(r.rolconfig) s(setting)
  join pg_settings k on k.name = split_part(s.setting, '=', 1) and k.context = 'user'
 where pg_has_role('authenticator', r.oid, 'member') and r.rolname <> 'authenticator'
   and split_part(s.setting, '=', 1) not in ('role', 'search_path', 'session_authorization')
