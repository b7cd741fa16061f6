-- Schema public as a new project has it: usable by the API roles, with nothing granted on what is made in it.

grant usage on schema public to anon, authenticated, service_role, postgres;
grant create on schema public to postgres;
