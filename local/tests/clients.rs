//! The clients a web page uses, on one project: supabase-js's storage and channels, tus-js-client.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may end")]

mod node;

use local_supabase::{LocalSupabase, Options};
use tokio_postgres::NoTls;

const MIGRATION: &str = "
insert into storage.buckets (id, name) values ('files', 'files');
create policy own_folder on storage.objects for all to authenticated
  using ((storage.foldername(name))[1] = (select auth.uid())::text)
  with check ((storage.foldername(name))[1] = (select auth.uid())::text);
create policy listen on realtime.messages for select to authenticated
  using (realtime.topic() = 'user:' || (select auth.uid()));
create table public.notes (id bigint generated always as identity primary key, owner uuid not null, body text);
alter table public.notes enable row level security;
grant select on public.notes to authenticated;
grant select, insert on public.notes to service_role;
create policy own on public.notes for select to authenticated using (owner = (select auth.uid()));
alter publication supabase_realtime add table public.notes;
create function public.say(topic text, word text) returns void language sql set search_path = ''
  as $$ select realtime.send(jsonb_build_object('word', word), 'note', topic, true) $$;
grant execute on function public.say to service_role;
";

#[tokio::test(flavor = "multi_thread")]
async fn supabase_js_stores_listens_and_meets_and_tus_js_client_resumes() {
    let stand_in = LocalSupabase::start(Options::default()).await.unwrap();
    let (database, connection) = tokio_postgres::connect(&stand_in.database_url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    database.batch_execute(MIGRATION).await.unwrap();
    node::run_client(&stand_in, "project.mjs").await;
}
