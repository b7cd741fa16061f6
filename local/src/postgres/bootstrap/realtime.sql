-- Schema realtime, and the publications. postgres may put policies on realtime.messages (as a member of its
-- owner; hosted projects allow it by an extension).

create schema realtime authorization supabase_admin;
grant usage on schema realtime to postgres, anon, authenticated, service_role;
grant all on schema realtime to supabase_realtime_admin;

create table realtime.messages (
  topic       text not null,
  extension   text not null,
  payload     jsonb,
  event       text,
  private     boolean default false,
  updated_at  timestamp not null default now(),
  inserted_at timestamp not null default now(),
  id          uuid not null default gen_random_uuid(),
  primary key (id, inserted_at)
) partition by range (inserted_at);
alter table realtime.messages owner to supabase_realtime_admin;
alter table realtime.messages enable row level security;
grant select, insert, update on realtime.messages to postgres, anon, authenticated, service_role;

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
create publication supabase_realtime_messages_publication for table realtime.messages with (publish = 'insert');

-- The topic a policy on realtime.messages is asked about.
create function realtime.topic() returns text language sql stable as
$$ select nullif(current_setting('realtime.topic', true), '') $$;

-- Broadcasts from the database. Never fails the caller's transaction: what goes wrong is a warning.
create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql as $$
declare
  message_id uuid := gen_random_uuid();
  with_id jsonb := payload;
begin
  if not coalesce(payload ? 'id', false) then
    with_id := jsonb_set(payload, '{id}', to_jsonb(message_id));
  end if;
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (id, payload, event, topic, private, extension)
  values (message_id, with_id, event, topic, private, 'broadcast');
exception when others then
  raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
end $$;

-- What a row trigger calls to broadcast its change.
create function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text,
  new record, old record, level text default 'ROW'
) returns void language plpgsql as $$
begin
  if level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;
  perform realtime.send(
    jsonb_build_object('record', new, 'old_record', old, 'operation', operation, 'table', table_name, 'schema', table_schema),
    event_name, topic_name);
exception when others then
  raise exception 'Failed to process the row: %', sqlerrm;
end $$;
grant execute on all functions in schema realtime to postgres, anon, authenticated, service_role;

-- The service's own, out of reach of the API roles.
create schema _realtime authorization supabase_admin;

-- A partition of realtime.messages for each day from yesterday to three days ahead; older ones go after three days.
create function _realtime.maintain_partitions() returns void language plpgsql set search_path = realtime, public, extensions as $$
declare
  today date := (now() at time zone 'utc')::date;
  day date;
  expired regclass;
begin
  for expired in
    select inhrelid::regclass from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'realtime.messages'::regclass
      and relname < 'messages_' || to_char(today - 3, 'YYYY_MM_DD')
  loop
    execute format('drop table %s', expired);
  end loop;
  for day in select generate_series(today - 1, today + 3, interval '1 day')::date loop
    if to_regclass(format('realtime.%I', 'messages_' || to_char(day, 'YYYY_MM_DD'))) is null then
      execute format('create table realtime.%I partition of realtime.messages for values from (%L) to (%L)',
        'messages_' || to_char(day, 'YYYY_MM_DD'), day, day + 1);
      execute format('alter table realtime.%I owner to supabase_realtime_admin',
        'messages_' || to_char(day, 'YYYY_MM_DD'));
    end if;
  end loop;
end $$;
select _realtime.maintain_partitions();

-- Returns once everybody sees what a transaction did. A commit is in the log a moment before it is visible, and what
-- a client hears of it must not come earlier. The log tells the lower half of the transaction's id.
create function _realtime.await_commit(short_id bigint) returns void language plpgsql set search_path = realtime, public, extensions as $$
declare
  next_id bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
  full_id bigint := next_id - (next_id & 4294967295) + short_id;
begin
  if full_id > next_id + 2147483647 then
    full_id := full_id - 4294967296;
  end if;
  for attempt in 1 .. 2000 loop
    exit when pg_xact_status(full_id::text::xid8) is distinct from 'in progress';
    perform pg_sleep(0.0005);
  end loop;
end $$;

-- The caller, for the rest of the (sub)transaction.
create function _realtime.become(caller_role text, claims text, channel_topic text) returns void language sql set search_path = realtime, public, extensions as $$
  select set_config('realtime.topic', coalesce(channel_topic, ''), true),
    set_config('request.jwt.claims', claims, true),
    set_config('request.jwt.claim.sub', coalesce(claims::jsonb ->> 'sub', ''), true),
    set_config('request.jwt.claim.role', caller_role, true),
    set_config('role', caller_role, true)
$$;

-- What the policies on realtime.messages let the caller do with a topic, found by trying it on messages that are
-- taken back.
create function _realtime.authorize(channel_topic text, caller_role text, claims text)
returns table (read_broadcast boolean, read_presence boolean, write_broadcast boolean, write_presence boolean)
language plpgsql set search_path = realtime, public, extensions as $$
declare
  broadcast_probe uuid := gen_random_uuid();
  presence_probe uuid := gen_random_uuid();
begin
  read_broadcast := false; read_presence := false; write_broadcast := false; write_presence := false;
  begin
    insert into realtime.messages (id, topic, extension, private)
    values (broadcast_probe, channel_topic, 'broadcast', true), (presence_probe, channel_topic, 'presence', true);
    perform _realtime.become(caller_role, claims, channel_topic);
    begin
      select coalesce(bool_or(id = broadcast_probe), false), coalesce(bool_or(id = presence_probe), false)
      into read_broadcast, read_presence
      from realtime.messages where id in (broadcast_probe, presence_probe);
    exception when others then
      raise warning 'policies for reading realtime.messages failed: %', sqlerrm;
    end;
    begin
      insert into realtime.messages (topic, extension, private) values (channel_topic, 'broadcast', true);
      write_broadcast := true;
    exception when others then null;
    end;
    begin
      insert into realtime.messages (topic, extension, private) values (channel_topic, 'presence', true);
      write_presence := true;
    exception when others then null;
    end;
    raise exception using errcode = 'ZR000';
  exception
    when sqlstate 'ZR000' then null;
    when others then raise warning 'the caller cannot be impersonated: %', sqlerrm;
  end;
  return next;
end $$;

-- Who of the callers may see a change of a row: visible, hidden, unauthorized (the key is not granted) or
-- no_primary_key; with the columns granted to them. Deletes cannot be checked and are visible to everyone.
create function _realtime.audience(
  entity oid, action text, column_names text[], column_types text[], column_values text[], roles text[], claims text[]
) returns table (caller int, outcome text, readable text[], is_secured boolean, primary_key text[])
language plpgsql set search_path = realtime, public, extensions as $$
declare
  is_visible boolean;
  row_check text;
begin
  select relrowsecurity into is_secured from pg_class where oid = entity;
  select coalesce(array_agg(attname::text), '{}') into primary_key
  from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
  where indrelid = entity and indisprimary;
  select format('select exists (select from %s where %s)', entity::regclass,
      string_agg(format('%I = %L::%s', name, value, type), ' and '))
  into row_check
  from unnest(column_names, column_types, column_values) as c (name, type, value) where name = any (primary_key);

  for caller in 1 .. cardinality(roles) loop
    outcome := 'hidden';
    readable := '{}';
    if exists (select from pg_roles where rolname = roles[caller]) then
      select coalesce(array_agg(name), '{}') into readable from unnest(column_names) name
      where has_column_privilege(roles[caller], entity, name, 'select');
      if action = 'DELETE' then
        outcome := 'visible';
      elsif cardinality(primary_key) = 0 then
        outcome := 'no_primary_key';
      elsif not readable @> primary_key then
        outcome := 'unauthorized';
      elsif not is_secured then
        outcome := 'visible';
      else
        begin
          perform _realtime.become(roles[caller], claims[caller], null);
          execute row_check into is_visible;
          if is_visible then
            outcome := 'visible';
          end if;
          perform set_config('role', 'none', true);
        exception when others then
          outcome := 'hidden';
        end;
      end if;
    end if;
    return next;
  end loop;
end $$;

-- Whether a value passes a filter of a subscription. `operator` is one the service knows.
create function _realtime.matches(type text, operator text, value text, operand text) returns boolean
language plpgsql set search_path = realtime, public, extensions as $$
declare
  result boolean;
begin
  if operator = 'in' then
    execute format('select %L::%s = any (%L::%s[])', value, type, operand, type) into result;
  elsif operator in ('like', 'ilike') then
    execute format('select %L %s %L', value, operator, operand) into result;
  else
    execute format('select %L::%s %s %L::%s', value, type,
      case operator when 'eq' then '=' when 'neq' then '<>' when 'lt' then '<' when 'lte' then '<='
                    when 'gt' then '>' when 'gte' then '>=' end,
      operand, type) into result;
  end if;
  return result;
end $$;

-- Fails as the hosted check of a new subscription does when a filter cannot work on a table.
create function _realtime.check_filter(entity oid, caller_role text, column_name text, operator text, operand text) returns void
language plpgsql set search_path = realtime, public, extensions as $$
declare
  type text;
begin
  select format_type(atttypid, -1) into type from pg_attribute
  where attrelid = entity and attname = column_name and attnum > 0 and not attisdropped
    and has_column_privilege(caller_role, entity, attname, 'select');
  if type is null then
    raise exception 'invalid column for filter %', column_name;
  end if;
  if exists (select from pg_attribute where attrelid = entity and attname = column_name and attgenerated <> '') then
    raise exception 'local-supabase does not filter by generated columns: %', column_name;
  end if;
  if operator = 'in' then
    execute format('select %L::%s[]', operand, type);
  elsif operand is not null and operator not in ('like', 'ilike') then
    execute format('select %L::%s', operand, type);
  end if;
end $$;

revoke execute on all functions in schema _realtime from public;
