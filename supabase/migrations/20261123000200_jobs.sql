-- Jobs, their live progress and history, exports, and the daemons that work.

create type public.job_kind as enum ('process_document', 'process_zone', 'export');
create type public.job_state as enum ('queued', 'running', 'succeeded', 'dead', 'canceled');
create type public.export_format as enum ('markdown', 'json', 'jsonl', 'chunks', 'csv', 'xlsx', 'html', 'text');
create type public.export_status as enum ('queued', 'running', 'ready', 'failed', 'expired');

-- ---------------------------------------------------------------- workers

create table public.workers (
  id               uuid primary key default gen_random_uuid(),
  account          uuid not null references auth.users (id) on delete cascade,
  host             text not null constraint workers_host_length check (char_length(host) between 1 and 255),
  version          text not null constraint workers_version_length check (char_length(version) between 1 and 64),
  protocol_version integer not null,
  capacity         integer not null constraint workers_capacity_range check (capacity between 1 and 1024),
  started_at       timestamptz not null default now(),
  last_seen        timestamptz not null default now()
);

create index workers_account_idx on public.workers (account);
create index workers_last_seen_idx on public.workers (last_seen);

alter table public.workers enable row level security;
create policy workers_select on public.workers for select to authenticated using (account = (select auth.uid()));

revoke all on public.workers from anon, authenticated, service_role;
grant select on public.workers to authenticated;
grant select, insert, update, delete on public.workers to service_role;

comment on table public.workers is 'A running (or once running) daemon: one row each time one says hello.';

-- ---------------------------------------------------------------- exports

create table public.exports (
  id          uuid primary key default gen_random_uuid(),
  document_id uuid not null,
  owner       uuid not null default auth.uid(),
  format      public.export_format not null,
  options     jsonb not null default '{}'
    constraint exports_options_object check (jsonb_typeof(options) = 'object')
    constraint exports_options_size check (octet_length(options::text) <= 8192),
  status      public.export_status not null default 'queued',
  object_path text not null generated always as (
    owner::text || '/' || document_id::text || '/' || id::text || case format
      when 'markdown' then '.md' when 'json' then '.json' when 'jsonl' then '.jsonl' when 'chunks' then '.chunks.jsonl'
      when 'csv' then '.csv.zip' when 'xlsx' then '.xlsx' when 'html' then '.html' else '.txt' end
  ) stored,
  byte_size   bigint constraint exports_byte_size_positive check (byte_size >= 0),
  sha256      text constraint exports_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
  error       jsonb constraint exports_error_shape check (error ? 'code' and error ? 'message'),
  expires_at  timestamptz not null default now() + interval '7 days',
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  foreign key (document_id, owner) references public.documents (id, owner) on delete cascade,
  constraint exports_error_when_failed check ((error is not null) = (status = 'failed')),
  constraint exports_file_when_ready check (status <> 'ready' or (byte_size is not null and sha256 is not null))
);

create index exports_document_idx on public.exports (document_id, owner);
create index exports_owner_idx on public.exports (owner, created_at desc);
create index exports_expiry_idx on public.exports (expires_at) where status = 'ready';
create unique index exports_object_path_key on public.exports (object_path);

create trigger exports_touch before update on public.exports
  for each row execute function private.touch_updated_at();

alter table public.exports enable row level security;
create policy exports_select on public.exports for select to authenticated using (owner = (select auth.uid()));
create policy exports_insert on public.exports for insert to authenticated with check (owner = (select auth.uid()));
create policy exports_delete on public.exports for delete to authenticated using (owner = (select auth.uid()));

revoke all on public.exports from anon, authenticated, service_role;
grant select, delete on public.exports to authenticated;
grant insert (id, document_id, format, options) on public.exports to authenticated;
grant select, insert, update, delete on public.exports to service_role;

comment on table public.exports is 'A requested export. Insert a row (or call request_export); when status is ready, the file is in bucket exports at object_path.';
comment on column public.exports.options is 'headers_footers (boolean), kinds (zone kinds to keep), minimum_confidence (0 to 1), first_page, last_page.';

-- ---------------------------------------------------------------- jobs

create table public.jobs (
  id               uuid primary key default gen_random_uuid(),
  kind             public.job_kind not null,
  document_id      uuid not null,
  owner            uuid not null,
  export_id        uuid references public.exports (id) on delete cascade,
  params           jsonb not null default '{}',
  state            public.job_state not null default 'queued',
  priority         smallint not null default 0 constraint jobs_priority_range check (priority between -100 and 100),
  attempts         smallint not null default 0 constraint jobs_attempts_positive check (attempts >= 0),
  max_attempts     smallint not null default 5 constraint jobs_max_attempts_range check (max_attempts between 1 and 100),
  run_after        timestamptz not null default now(),
  lease_owner      uuid references public.workers (id) on delete set null,
  lease_token      uuid,
  lease_expires_at timestamptz,
  checkpoint       jsonb not null default '{}' constraint jobs_checkpoint_object check (jsonb_typeof(checkpoint) = 'object'),
  error            jsonb constraint jobs_error_shape check (error ? 'code' and error ? 'message'),
  created_at       timestamptz not null default now(),
  started_at       timestamptz,
  finished_at      timestamptz,
  foreign key (document_id, owner) references public.documents (id, owner) on delete cascade,
  constraint jobs_lease_when_running check (
    (state = 'running') = (lease_token is not null) and (state = 'running') = (lease_expires_at is not null)
  ),
  constraint jobs_finished_when_over check ((finished_at is not null) = (state in ('succeeded', 'dead', 'canceled'))),
  constraint jobs_params_by_kind check (
    jsonb_typeof(params) = 'object' and case kind
      when 'process_document' then export_id is null and params - 'languages' = '{}'
      when 'process_zone' then export_id is null and jsonb_typeof(params -> 'zone_id') = 'string'
      when 'export' then export_id is not null and params = '{}'
    end
  )
);

create unique index jobs_one_active_per_document on public.jobs (document_id)
  where kind = 'process_document' and state in ('queued', 'running');
create unique index jobs_one_active_per_export on public.jobs (export_id) where state in ('queued', 'running');
create index jobs_queue_idx on public.jobs (owner, priority desc, run_after, id) where state = 'queued';
create index jobs_running_idx on public.jobs (lease_expires_at, owner) where state = 'running';
create index jobs_document_idx on public.jobs (document_id, owner);
create index jobs_export_idx on public.jobs (export_id);
create index jobs_lease_owner_idx on public.jobs (lease_owner);
create index jobs_owner_idx on public.jobs (owner, created_at desc);

alter table public.jobs enable row level security;
create policy jobs_select on public.jobs for select to authenticated using (owner = (select auth.uid()));

revoke all on public.jobs from anon, authenticated, service_role;
grant select on public.jobs to authenticated;
grant select, insert, update, delete on public.jobs to service_role;

comment on table public.jobs is 'A unit of work. Uploads and export requests make them; daemons claim them under a lease.';
comment on column public.jobs.attempts is 'Claims since the last saved page: progress starts the count anew.';
comment on column public.jobs.run_after is 'Not claimed before this time: the future after a failure.';
comment on column public.jobs.lease_token is 'Fencing token: every claim has a new one, and a write with an old one changes nothing. Of no use to anyone but the worker account that holds the lease.';
comment on column public.jobs.checkpoint is 'Where the next claim continues: {next_page}.';

-- ---------------------------------------------------------------- live progress

create table public.job_progress (
  job_id      uuid primary key references public.jobs (id) on delete cascade,
  document_id uuid not null,
  owner       uuid not null,
  stage       text not null constraint job_progress_stage_known check (stage in ('queued', 'download', 'pages', 'export', 'done', 'failed')),
  pages_done  integer not null default 0 constraint job_progress_pages_done_positive check (pages_done >= 0),
  pages_total integer constraint job_progress_pages_total_positive check (pages_total >= 0),
  percent     real generated always as (
    case when stage = 'done' then 100 when pages_total > 0 then round((100.0 * least(pages_done, pages_total) / pages_total), 1) else 0 end
  ) stored,
  eta_seconds real constraint job_progress_eta_positive check (eta_seconds >= 0),
  message     text constraint job_progress_message_length check (char_length(message) <= 500),
  updated_at  timestamptz not null default now(),
  foreign key (document_id, owner) references public.documents (id, owner) on delete cascade
);

create index job_progress_document_idx on public.job_progress (document_id, owner);
create index job_progress_owner_idx on public.job_progress (owner);

alter table public.job_progress enable row level security;
create policy job_progress_select on public.job_progress for select to authenticated using (owner = (select auth.uid()));

revoke all on public.job_progress from anon, authenticated, service_role;
grant select on public.job_progress to authenticated;
grant select, insert, update, delete on public.job_progress to service_role;

alter publication supabase_realtime add table public.job_progress;

comment on table public.job_progress is 'The live row of a job, at most five writes a second. In publication supabase_realtime, so postgres_changes works on it.';

-- ---------------------------------------------------------------- history

create table public.job_events (
  document_id uuid not null,
  seq         bigint not null,
  owner       uuid not null,
  job_id      uuid,
  kind        text not null constraint job_events_kind_known check (
    kind in ('document.created', 'document.status', 'pages.saved', 'progress', 'job.state', 'export.status')
  ),
  payload     jsonb not null default '{}',
  at          timestamptz not null default now(),
  primary key (document_id, seq),
  foreign key (document_id, owner) references public.documents (id, owner) on delete cascade
);

create index job_events_document_idx on public.job_events (document_id, owner);
create index job_events_owner_idx on public.job_events (owner);

alter table public.job_events enable row level security;
create policy job_events_select on public.job_events for select to authenticated using (owner = (select auth.uid()));

revoke all on public.job_events from anon, authenticated, service_role;
grant select on public.job_events to authenticated;
grant select on public.job_events to service_role;

comment on table public.job_events is 'All that happened to a document, append only, numbered without gaps from 1. Each is broadcast as it is written.';

-- ---------------------------------------------------------------- what a user keeps between visits

create table public.export_presets (
  id         uuid primary key default gen_random_uuid(),
  owner      uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name       text not null constraint export_presets_name_length check (char_length(name) between 1 and 100),
  format     public.export_format not null,
  options    jsonb not null default '{}'
    constraint export_presets_options_object check (jsonb_typeof(options) = 'object')
    constraint export_presets_options_size check (octet_length(options::text) <= 8192),
  created_at timestamptz not null default now(),
  constraint export_presets_name_key unique (owner, name)
);

create table public.user_settings (
  owner      uuid primary key default auth.uid() references auth.users (id) on delete cascade,
  settings   jsonb not null default '{}'
    constraint user_settings_object check (jsonb_typeof(settings) = 'object')
    constraint user_settings_size check (octet_length(settings::text) <= 65536),
  updated_at timestamptz not null default now()
);

create table public.view_states (
  owner       uuid not null default auth.uid(),
  document_id uuid not null,
  state       jsonb not null default '{}'
    constraint view_states_object check (jsonb_typeof(state) = 'object')
    constraint view_states_size check (octet_length(state::text) <= 65536),
  updated_at  timestamptz not null default now(),
  primary key (owner, document_id),
  foreign key (document_id, owner) references public.documents (id, owner) on delete cascade
);

create index view_states_document_idx on public.view_states (document_id, owner);

create trigger user_settings_touch before update on public.user_settings
  for each row execute function private.touch_updated_at();
create trigger view_states_touch before update on public.view_states
  for each row execute function private.touch_updated_at();

alter table public.export_presets enable row level security;
alter table public.user_settings enable row level security;
alter table public.view_states enable row level security;
create policy export_presets_own on public.export_presets for all to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
create policy user_settings_own on public.user_settings for all to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
create policy view_states_own on public.view_states for all to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));

revoke all on public.export_presets, public.user_settings, public.view_states from anon, authenticated, service_role;
grant select, delete on public.export_presets, public.user_settings, public.view_states to authenticated;
grant insert (id, name, format, options), update (name, format, options) on public.export_presets to authenticated;
grant insert (owner, settings), update (owner, settings) on public.user_settings to authenticated;
grant insert (owner, document_id, state), update (owner, document_id, state) on public.view_states to authenticated;
grant select, insert, update, delete on public.export_presets, public.user_settings, public.view_states to service_role;

comment on table public.export_presets is 'A named choice of export format and options.';
comment on table public.user_settings is 'A user''s settings, one row each.';
comment on table public.view_states is 'Where a user left off in a document: page, zoom, panes.';
