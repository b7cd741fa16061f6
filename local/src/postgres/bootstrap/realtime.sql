-- Schema realtime, and the publications.

create schema realtime authorization supabase_admin;
create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
