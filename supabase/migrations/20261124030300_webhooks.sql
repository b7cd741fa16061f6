-- Webhooks: what happens to a user's documents is told to addresses of the user's choice. The database writes down what
-- is to be delivered, in the transaction in which it happened; a daemon has the Edge Function `api` deliver it.

create type public.delivery_state as enum ('pending', 'delivered', 'failed');

create table public.webhooks (
  id          uuid primary key default gen_random_uuid(),
  owner       uuid not null default auth.uid() references auth.users (id) on delete cascade,
  url         text not null
    constraint webhooks_url_length check (char_length(url) between 1 and 2048)
    constraint webhooks_url_form check (url ~ '^https?://[^[:space:][:cntrl:]]+$'),
  events      text[] not null
    constraint webhooks_events_some check (cardinality(events) between 1 and 16)
    constraint webhooks_events_known check (events <@ array['document.ready', 'document.failed', 'export.ready', 'export.failed']),
  description text not null default '' constraint webhooks_description_length check (char_length(description) <= 200),
  enabled     boolean not null default true,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  constraint webhooks_id_owner_key unique (id, owner)
);
create index webhooks_owner_idx on public.webhooks (owner, created_at desc);

create table public.webhook_deliveries (
  id              uuid primary key default gen_random_uuid(),
  webhook_id      uuid not null,
  owner           uuid not null,
  event           text not null,
  payload         jsonb not null,
  state           public.delivery_state not null default 'pending',
  attempts        smallint not null default 0 constraint webhook_deliveries_attempts_positive check (attempts >= 0),
  next_attempt_at timestamptz not null default now(),
  response_status integer,
  error           text constraint webhook_deliveries_error_length check (char_length(error) <= 500),
  created_at      timestamptz not null default now(),
  delivered_at    timestamptz,
  foreign key (webhook_id, owner) references public.webhooks (id, owner) on delete cascade,
  constraint webhook_deliveries_delivered check ((delivered_at is not null) = (state = 'delivered'))
);
create index webhook_deliveries_webhook_idx on public.webhook_deliveries (webhook_id, owner);
create index webhook_deliveries_owner_idx on public.webhook_deliveries (owner, created_at desc);
create index webhook_deliveries_due_idx on public.webhook_deliveries (next_attempt_at) where state = 'pending';
create index webhook_deliveries_old_idx on public.webhook_deliveries (created_at) where state <> 'pending';

-- Signing needs the secret itself, so it is kept as it is, where no API reaches it.
create table private.webhook_secrets (
  owner      uuid primary key references auth.users (id) on delete cascade,
  secret     text not null,
  created_at timestamptz not null default now()
);

create trigger webhooks_touch before update on public.webhooks
  for each row execute function private.touch_updated_at();

create function private.limit_webhooks() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('zoned.webhooks.' || new.owner::text, 0));
  if (select count(*) from public.webhooks where owner = new.owner) >= 20 then
    raise exception using errcode = 'PT409', message = 'You have 20 webhooks already.', hint = 'Delete one that you no longer use.';
  end if;
  return new;
end $$;
create trigger webhooks_limit before insert on public.webhooks
  for each row execute function private.limit_webhooks();

alter table public.webhooks enable row level security;
alter table public.webhook_deliveries enable row level security;
create policy webhooks_own on public.webhooks for all to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
create policy webhook_deliveries_select on public.webhook_deliveries for select to authenticated using (owner = (select auth.uid()));

revoke all on public.webhooks, public.webhook_deliveries from anon, authenticated, service_role;
grant select, delete on public.webhooks to authenticated;
grant insert (id, url, events, description, enabled), update (url, events, description, enabled) on public.webhooks to authenticated;
grant select on public.webhook_deliveries to authenticated;
grant select, insert, update, delete on public.webhooks, public.webhook_deliveries to service_role;

select private.guard_read_only('public.webhooks'), private.guard_read_only('public.webhook_deliveries');

-- ---------------------------------------------------------------- what happens is written down

create function private.queue_deliveries(document_id uuid, owner uuid, event text, data jsonb) returns void
language sql security definer set search_path = '' as $$
  insert into public.webhook_deliveries (webhook_id, owner, event, payload)
  select webhooks.id, webhooks.owner, queue_deliveries.event, jsonb_build_object(
    'type', queue_deliveries.event, 'timestamp', now(), 'document_id', queue_deliveries.document_id, 'data', queue_deliveries.data)
  from public.webhooks
  where webhooks.owner = queue_deliveries.owner and webhooks.enabled and queue_deliveries.event = any (webhooks.events)
$$;

create function private.tell_of_document() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.queue_deliveries(new.id, new.owner, 'document.' || new.status::text, jsonb_build_object(
    'name', new.name, 'page_count', new.page_count, 'error', new.error));
  return null;
end $$;
create trigger documents_tell_webhooks after update of status on public.documents
  for each row when (old.status is distinct from new.status and new.status in ('ready', 'failed'))
  execute function private.tell_of_document();

create function private.tell_of_export() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.queue_deliveries(new.document_id, new.owner, 'export.' || new.status::text, jsonb_build_object(
    'export_id', new.id, 'format', new.format, 'byte_size', new.byte_size, 'sha256', new.sha256, 'error', new.error));
  return null;
end $$;
create trigger exports_tell_webhooks after update of status on public.exports
  for each row when (old.status is distinct from new.status and new.status in ('ready', 'failed'))
  execute function private.tell_of_export();

-- ---------------------------------------------------------------- the secret of an owner

-- In the form of https://www.standardwebhooks.com: whsec_ and 32 bytes in base64.
create function private.make_webhook_secret() returns text
language sql volatile set search_path = '' as $$
  select 'whsec_' || encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'base64')
$$;

create function private.webhook_secret_of(owner uuid) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  kept text;
begin
  select secret into kept from private.webhook_secrets where webhook_secrets.owner = webhook_secret_of.owner;
  if not found then
    insert into private.webhook_secrets (owner, secret) values (webhook_secret_of.owner, private.make_webhook_secret())
    on conflict on constraint webhook_secrets_pkey do update set secret = webhook_secrets.secret
    returning secret into kept;
  end if;
  return kept;
end $$;

create function public.webhook_secret() returns text
language plpgsql volatile security definer set search_path = '' as $$
begin
  if private.is_read_only() then
    raise exception using errcode = '42501', message = 'This API token may only read.', hint = 'Use a token of scope write.';
  end if;
  return private.webhook_secret_of((select auth.uid()));
end $$;

create function public.rotate_webhook_secret() returns text
language plpgsql security definer set search_path = '' as $$
begin
  perform private.require_session();
  delete from private.webhook_secrets where owner = (select auth.uid());
  return private.webhook_secret_of((select auth.uid()));
end $$;

-- ---------------------------------------------------------------- a try

create function public.test_webhook(webhook_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  hook public.webhooks;
  made public.webhook_deliveries;
begin
  select * into hook from public.webhooks where id = test_webhook.webhook_id and owner = (select auth.uid());
  if not found then
    raise exception using errcode = 'PT404', message = 'There is no such webhook.', hint = 'List your webhooks to find its id.';
  end if;
  -- Leased to the caller, who delivers it at once; tried this once only.
  insert into public.webhook_deliveries (webhook_id, owner, event, payload, attempts, next_attempt_at)
  values (hook.id, hook.owner, 'webhook.test', jsonb_build_object(
    'type', 'webhook.test', 'timestamp', now(), 'document_id', null, 'data', jsonb_build_object('webhook_id', hook.id)),
    1, now() + interval '1 minute')
  returning * into made;
  return jsonb_build_object('delivery_id', made.id, 'webhook_id', hook.id, 'url', hook.url, 'event', made.event,
    'payload', made.payload, 'attempt', 1, 'secret', private.webhook_secret_of(hook.owner));
end $$;

create function private.settle_delivery(delivery public.webhook_deliveries, status integer, error text, final boolean) returns void
language sql security definer set search_path = '' as $$
  update public.webhook_deliveries set
    state = (case when status between 200 and 299 then 'delivered' when final then 'failed' else 'pending' end)::public.delivery_state,
    delivered_at = case when status between 200 and 299 then now() end,
    response_status = settle_delivery.status,
    error = left(settle_delivery.error, 500),
    -- 10 s, 40 s, 3 min … up to 6 hours, each times 0.5 to 1.5, so that those that failed together don't come back together.
    next_attempt_at = now() + make_interval(secs => least(10 * power(4, delivery.attempts - 1), 21600) * (0.5 + random()))
  where id = delivery.id
$$;

create function public.settle_webhook_test(delivery_id uuid, status integer default null, error text default null)
returns public.webhook_deliveries
language plpgsql security definer set search_path = '' as $$
declare
  delivery public.webhook_deliveries;
begin
  select * into delivery from public.webhook_deliveries
  where id = settle_webhook_test.delivery_id and owner = (select auth.uid()) and event = 'webhook.test' and state = 'pending' for update;
  if not found then
    raise exception using errcode = 'PT404', message = 'There is no such test.', hint = 'Call test_webhook first.';
  end if;
  perform private.settle_delivery(delivery, settle_webhook_test.status, settle_webhook_test.error, true);
  select * into delivery from public.webhook_deliveries where id = delivery.id;
  return delivery;
end $$;

-- ---------------------------------------------------------------- what a daemon's call delivers

create function worker.webhook_deliveries_due() returns integer
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_worker();
  return (select count(*) from (
    select from public.webhook_deliveries where state = 'pending' and next_attempt_at <= now() limit 100
  ) as due)::integer;
end $$;

create function worker.claim_webhook_deliveries(max_deliveries integer)
returns table (delivery_id uuid, webhook_id uuid, url text, event text, payload jsonb, attempt smallint, secret text)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_worker();
  delete from public.webhook_deliveries where id in (
    select id from public.webhook_deliveries where state <> 'pending' and created_at < now() - interval '30 days'
    order by created_at limit 200 for update skip locked
  );
  return query
    with due as (
      select id from public.webhook_deliveries where state = 'pending' and next_attempt_at <= now()
      order by next_attempt_at limit least(greatest(max_deliveries, 1), 100) for update skip locked
    ),
    claimed as (
      -- Whoever claimed it and was never heard of again has lost it after two minutes.
      update public.webhook_deliveries set attempts = attempts + 1, next_attempt_at = now() + interval '2 minutes'
      from due where webhook_deliveries.id = due.id returning webhook_deliveries.*
    )
    select claimed.id, webhooks.id, webhooks.url, claimed.event, claimed.payload, claimed.attempts, private.webhook_secret_of(claimed.owner)
    from claimed join public.webhooks on webhooks.id = claimed.webhook_id;
end $$;

create function worker.settle_webhook_delivery(delivery_id uuid, attempt smallint, status integer default null, error text default null)
returns void
language plpgsql security definer set search_path = '' as $$
declare
  last_attempt constant integer := 8;
  delivery public.webhook_deliveries;
begin
  perform private.require_worker();
  select * into delivery from public.webhook_deliveries
  where id = settle_webhook_delivery.delivery_id and attempts = settle_webhook_delivery.attempt and state = 'pending' for update;
  if not found then
    return;
  end if;
  -- 410 means that nobody wants it any more.
  if settle_webhook_delivery.status = 410 then
    update public.webhooks set enabled = false where id = delivery.webhook_id;
  end if;
  perform private.settle_delivery(delivery, settle_webhook_delivery.status, settle_webhook_delivery.error,
    delivery.attempts >= last_attempt or coalesce(settle_webhook_delivery.status = 410, false));
end $$;

-- ---------------------------------------------------------------- comments and grants

comment on type public.delivery_state is 'Where a delivery is.';
comment on table public.webhooks is 'Addresses that are told what happens to the caller''s documents and exports, by signed POST requests.';
comment on column public.webhooks.id is 'The webhook''s id.';
comment on column public.webhooks.owner is 'Whose documents it tells of.';
comment on column public.webhooks.url is 'Where requests go: https, on the public internet.';
comment on column public.webhooks.events is 'What is told: document.ready, document.failed, export.ready, export.failed.';
comment on column public.webhooks.description is 'What its owner notes about it.';
comment on column public.webhooks.enabled is 'Whether anything is sent. An answer of 410 sets it to false.';
comment on column public.webhooks.created_at is 'When it was made.';
comment on column public.webhooks.updated_at is 'When it was last changed.';
comment on table public.webhook_deliveries is 'What was or is to be sent to webhooks, and with which outcome. Kept for 30 days.';
comment on column public.webhook_deliveries.id is 'The delivery''s id, header webhook-id: the same at each attempt.';
comment on column public.webhook_deliveries.webhook_id is 'Where it goes.';
comment on column public.webhook_deliveries.owner is 'Whose it is.';
comment on column public.webhook_deliveries.event is 'What happened; webhook.test for a try.';
comment on column public.webhook_deliveries.payload is 'The body: {type, timestamp, document_id, data}.';
comment on column public.webhook_deliveries.state is 'pending until an answer of 2xx (delivered) or the eighth attempt (failed).';
comment on column public.webhook_deliveries.attempts is 'Attempts so far.';
comment on column public.webhook_deliveries.next_attempt_at is 'Not tried before this time.';
comment on column public.webhook_deliveries.response_status is 'HTTP status of the last answer; null without one.';
comment on column public.webhook_deliveries.error is 'Why the last attempt came to nothing.';
comment on column public.webhook_deliveries.created_at is 'When it happened.';
comment on column public.webhook_deliveries.delivered_at is 'When it was delivered.';
comment on function public.webhook_secret() is 'The caller''s secret, whsec_ and base64, that signs requests to webhooks; made at the first call.';
comment on function public.rotate_webhook_secret() is 'A new secret; the old one signs nothing from now on.';
comment on function public.test_webhook(uuid) is 'Makes a test delivery for the Edge Function api to send at once.';
comment on function public.settle_webhook_test(uuid, integer, text) is 'Records the outcome of a test delivery of the caller''s.';
comment on function worker.webhook_deliveries_due() is 'How many deliveries wait to be sent now, up to 100.';
comment on function worker.claim_webhook_deliveries(integer) is 'Leases deliveries that are due for two minutes, with what is needed to send them.';
comment on function worker.settle_webhook_delivery(uuid, smallint, integer, text) is 'Records the outcome of an attempt: delivered, tried again later, or failed after the eighth.';

revoke execute on function private.limit_webhooks(), private.queue_deliveries(uuid, uuid, text, jsonb),
  private.tell_of_document(), private.tell_of_export(), private.make_webhook_secret(), private.webhook_secret_of(uuid),
  private.settle_delivery(public.webhook_deliveries, integer, text, boolean),
  public.webhook_secret(), public.rotate_webhook_secret(), public.test_webhook(uuid), public.settle_webhook_test(uuid, integer, text),
  worker.webhook_deliveries_due(), worker.claim_webhook_deliveries(integer),
  worker.settle_webhook_delivery(uuid, smallint, integer, text) from public, anon, authenticated;
grant execute on function public.webhook_secret(), public.rotate_webhook_secret(), public.test_webhook(uuid),
  public.settle_webhook_test(uuid, integer, text), worker.webhook_deliveries_due(), worker.claim_webhook_deliveries(integer),
  worker.settle_webhook_delivery(uuid, smallint, integer, text) to authenticated;
