-- What the Edge Function `api` asks before each request, as the caller: may this user ask yet again, and was this very
-- request answered already?

-- ---------------------------------------------------------------- how often

-- Buckets that refill: `capacity` requests at once, then `per_second`. An operator changes the rows; they count from
-- the next request.
create table private.request_limits (
  name       text primary key,
  capacity   integer not null constraint request_limits_capacity_positive check (capacity > 0),
  per_second real not null constraint request_limits_refill_positive check (per_second > 0)
);
insert into private.request_limits (name, capacity, per_second) values ('requests', 120, 2), ('imports', 20, 0.1);

create table private.request_budgets (
  owner     uuid not null references auth.users (id) on delete cascade,
  name      text not null references private.request_limits (name) on update cascade on delete cascade,
  remaining real not null,
  at        timestamptz not null default clock_timestamp(),
  primary key (owner, name)
);
create index request_budgets_name_idx on private.request_budgets (name);

-- Takes one from the bucket if there is one. Locks the row, so that requests at the same moment count one by one.
create function private.spend(owner uuid, name text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  limits private.request_limits;
  budget private.request_budgets;
  filled real;
begin
  select * into limits from private.request_limits where request_limits.name = spend.name;
  insert into private.request_budgets (owner, name, remaining) values (spend.owner, spend.name, limits.capacity)
  on conflict do nothing;
  select * into budget from private.request_budgets
  where request_budgets.owner = spend.owner and request_budgets.name = spend.name for update;
  filled := least(limits.capacity, budget.remaining + limits.per_second * extract(epoch from clock_timestamp() - budget.at));
  update private.request_budgets set remaining = case when filled >= 1 then filled - 1 else filled end, at = clock_timestamp()
  where request_budgets.owner = spend.owner and request_budgets.name = spend.name
  returning * into budget;
  return jsonb_build_object(
    'allowed', filled >= 1,
    'retry_after_seconds', greatest(ceil((1 - filled) / limits.per_second), 1)::integer,
    'budget', jsonb_build_object(
      'name', limits.name, 'capacity', limits.capacity, 'window_seconds', ceil(limits.capacity / limits.per_second)::integer,
      'remaining', floor(budget.remaining)::integer,
      'reset_seconds', ceil((limits.capacity - budget.remaining) / limits.per_second)::integer)
  );
end $$;

-- ---------------------------------------------------------------- asked already

create table private.idempotency_keys (
  owner        uuid not null references auth.users (id) on delete cascade,
  key          text not null constraint idempotency_keys_key_length check (char_length(key) between 1 and 255),
  request_hash text not null constraint idempotency_keys_hash_form check (request_hash ~ '^[0-9a-f]{64}$'),
  response     jsonb constraint idempotency_keys_response_size check (octet_length(response::text) <= 262144),
  -- Until then the first request is taken to be at work; the platform ends one after 150 seconds.
  locked_until timestamptz not null default now() + interval '160 seconds',
  expires_at   timestamptz not null default now() + interval '24 hours',
  primary key (owner, key)
);
create index idempotency_keys_expiry_idx on private.idempotency_keys (owner, expires_at);

create function private.take_key(owner uuid, key text, request_hash text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  known private.idempotency_keys;
begin
  delete from private.idempotency_keys where (idempotency_keys.owner, idempotency_keys.key) in (
    select old.owner, old.key from private.idempotency_keys as old
    where old.owner = take_key.owner and old.expires_at < now() order by old.expires_at limit 50
  );
  insert into private.idempotency_keys (owner, key, request_hash) values (take_key.owner, take_key.key, take_key.request_hash)
  on conflict do nothing;
  if found then
    return '{"idempotency": "fresh"}';
  end if;
  select * into known from private.idempotency_keys
  where idempotency_keys.owner = take_key.owner and idempotency_keys.key = take_key.key for update;
  if known.request_hash <> take_key.request_hash then
    return '{"idempotency": "mismatch"}';
  elsif known.response is not null then
    return jsonb_build_object('idempotency', 'replay', 'response', known.response);
  elsif known.locked_until > now() then
    return '{"idempotency": "in_progress"}';
  end if;
  update private.idempotency_keys set locked_until = default
  where idempotency_keys.owner = take_key.owner and idempotency_keys.key = take_key.key;
  return '{"idempotency": "fresh"}';
end $$;

-- ---------------------------------------------------------------- what the function calls

create function public.begin_request(
  operation text default 'requests', idempotency_key text default null, request_hash text default null
) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := (select auth.uid());
  answer jsonb;
begin
  if caller is null then
    raise exception using errcode = 'PT401', message = 'Nobody is signed in.', hint = 'Sign in, and send the access token.';
  end if;
  if not exists (select from private.request_limits where name = begin_request.operation) then
    raise exception using errcode = 'PT400', message = 'There is no such operation.', hint = 'The operations are requests and imports.';
  end if;
  answer := jsonb_build_object('user_id', caller, 'idempotency', 'none', 'response', null)
    || private.spend(caller, begin_request.operation);
  if (answer ->> 'allowed')::boolean and begin_request.idempotency_key is not null then
    answer := answer || private.take_key(caller, begin_request.idempotency_key, begin_request.request_hash);
  end if;
  return answer;
end $$;

create function public.end_request(idempotency_key text, response jsonb default null) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if response is null or response = 'null' then
    delete from private.idempotency_keys
    where owner = (select auth.uid()) and key = end_request.idempotency_key and idempotency_keys.response is null;
  else
    update private.idempotency_keys set response = end_request.response
    where owner = (select auth.uid()) and key = end_request.idempotency_key and idempotency_keys.response is null;
  end if;
end $$;

comment on function public.begin_request(text, text, text) is
  'What the Edge Function api asks first, as the caller: takes a request from the caller''s budget for operation (requests, imports), and tells of an Idempotency-Key whether it is fresh, in_progress, came with another request (mismatch) or was answered (replay, with the answer).';
comment on function public.end_request(text, jsonb) is
  'Keeps the answer to a request under its Idempotency-Key for a day; without an answer, frees the key.';

revoke execute on function private.spend(uuid, text), private.take_key(uuid, text, text),
  public.begin_request(text, text, text), public.end_request(text, jsonb) from public, anon, authenticated;
grant execute on function public.begin_request(text, text, text), public.end_request(text, jsonb) to authenticated;

-- ---------------------------------------------------------------- for whoever watches

create function public.service_health() returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('database_time', now())
$$;
comment on function public.service_health() is 'Answers if the database does. For everyone.';
revoke execute on function public.service_health() from public;
grant execute on function public.service_health() to anon, authenticated, service_role;
