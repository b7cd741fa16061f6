-- Documents, their pages, and the zones on them.

create type public.document_status as enum ('awaiting_upload', 'queued', 'processing', 'ready', 'failed');
create type public.text_source as enum ('native', 'ocr', 'none');
create type public.zone_origin as enum ('engine', 'user');
create type public.zone_kind as enum (
  'title', 'heading', 'paragraph', 'list', 'list_item', 'table', 'figure', 'caption', 'header', 'footer',
  'page_number', 'footnote', 'formula', 'code', 'form_field', 'toc', 'watermark'
);

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;

-- ---------------------------------------------------------------- documents

create table public.documents (
  id                uuid primary key default gen_random_uuid(),
  owner             uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name              text not null
    constraint documents_name_length check (char_length(name) between 1 and 255)
    constraint documents_name_printable check (name !~ '[[:cntrl:]]'),
  object_path       text not null generated always as (owner::text || '/' || id::text || '/source.pdf') stored,
  byte_size         bigint constraint documents_byte_size_limit check (byte_size between 0 and 5368709120),
  sha256            text constraint documents_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
  page_count        integer constraint documents_page_count_positive check (page_count > 0),
  metadata          jsonb not null default '{}'
    constraint documents_metadata_object check (jsonb_typeof(metadata) = 'object')
    constraint documents_metadata_size check (octet_length(metadata::text) <= 65536),
  status            public.document_status not null default 'awaiting_upload',
  error             jsonb constraint documents_error_shape check (error ? 'code' and error ? 'message'),
  upload_expires_at timestamptz not null default now() + interval '1 day',
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint documents_upload_window check (upload_expires_at <= created_at + interval '1 day'),
  constraint documents_id_owner_key unique (id, owner),
  constraint documents_error_when_failed check ((error is not null) = (status = 'failed')),
  constraint documents_pages_when_ready check (status <> 'ready' or page_count is not null)
);

create index documents_owner_idx on public.documents (owner, created_at desc);
create index documents_owner_sha256_idx on public.documents (owner, sha256) where sha256 is not null;
create index documents_awaiting_idx on public.documents (upload_expires_at) where status = 'awaiting_upload';
create unique index documents_object_path_key on public.documents (object_path);

create trigger documents_touch before update on public.documents
  for each row execute function private.touch_updated_at();

alter table public.documents enable row level security;
create policy documents_select on public.documents for select to authenticated using (owner = (select auth.uid()));
create policy documents_insert on public.documents for insert to authenticated with check (owner = (select auth.uid()));
create policy documents_update on public.documents for update to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
create policy documents_delete on public.documents for delete to authenticated using (owner = (select auth.uid()));

revoke all on public.documents from anon, authenticated, service_role;
grant select, delete on public.documents to authenticated;
grant insert (id, name, byte_size, sha256, metadata, upload_expires_at), update (name, metadata) on public.documents to authenticated;
grant select, insert, update, delete on public.documents to service_role;

comment on table public.documents is 'An uploaded PDF. Create one (create_document), upload the file to bucket documents at object_path, and it is processed.';
comment on column public.documents.name is 'What people call it; never part of a path.';
comment on column public.documents.object_path is 'Where the file belongs in bucket documents: {owner}/{id}/source.pdf.';
comment on column public.documents.byte_size is 'Size of the file in bytes: declared at first, then what arrived.';
comment on column public.documents.sha256 is 'SHA-256 of the file in hexadecimal: declared at first, then what arrived.';
comment on column public.documents.metadata is 'What the PDF says about itself (title, author, dates), and what the owner adds.';
comment on column public.documents.error is 'Why processing failed: {code, message}. Present exactly when status is failed.';
comment on column public.documents.upload_expires_at is 'A document whose file has not come by then fails with code upload_expired.';

-- ---------------------------------------------------------------- pages

create table public.pages (
  document_id uuid not null,
  page_number integer not null constraint pages_number_positive check (page_number > 0),
  owner       uuid not null,
  width       real not null constraint pages_width_positive check (width >= 0),
  height      real not null constraint pages_height_positive check (height >= 0),
  rotation    smallint not null default 0 constraint pages_rotation_quarter check (rotation in (0, 90, 180, 270)),
  text_source public.text_source not null,
  image_path  text,
  error       jsonb constraint pages_error_shape check (error ? 'code' and error ? 'message'),
  created_at  timestamptz not null default now(),
  primary key (document_id, page_number),
  foreign key (document_id, owner) references public.documents (id, owner) on delete cascade
);

create index pages_document_owner_idx on public.pages (document_id, owner);
create index pages_owner_idx on public.pages (owner);

alter table public.pages enable row level security;
create policy pages_select on public.pages for select to authenticated using (owner = (select auth.uid()));

revoke all on public.pages from anon, authenticated, service_role;
grant select on public.pages to authenticated;
grant select, insert, update, delete on public.pages to service_role;

comment on table public.pages is 'A page of a document, written by a daemon.';
comment on column public.pages.width is 'Width in points as displayed, rotation applied.';
comment on column public.pages.height is 'Height in points as displayed, rotation applied.';
comment on column public.pages.rotation is 'The clockwise rotation, in degrees, that the PDF asks for and width, height and boxes already include.';
comment on column public.pages.text_source is 'Where the text came from: the PDF itself, recognition, or nowhere (a scan without recognition).';
comment on column public.pages.error is 'Why this page could not be read: {code, message}. The rest of the document is whole.';

-- ---------------------------------------------------------------- zones

create table public.zones (
  id             uuid primary key default gen_random_uuid(),
  document_id    uuid not null,
  page_number    integer not null,
  owner          uuid not null default auth.uid(),
  kind           public.zone_kind not null,
  level          smallint constraint zones_level_range check (level between 1 and 6),
  bbox_x         real not null,
  bbox_y         real not null,
  bbox_width     real not null constraint zones_bbox_width_positive check (bbox_width >= 0),
  bbox_height    real not null constraint zones_bbox_height_positive check (bbox_height >= 0),
  reading_order  integer not null constraint zones_reading_order_positive check (reading_order >= 0),
  content        text not null default '' constraint zones_content_size check (octet_length(content) <= 4194304),
  "table"        jsonb constraint zones_table_shape check (jsonb_typeof("table" -> 'cells') = 'array'),
  confidence     real not null default 1 constraint zones_confidence_range check (confidence between 0 and 1),
  origin         public.zone_origin not null default 'user',
  engine_version text,
  revision       integer not null default 1,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  foreign key (document_id, page_number) references public.pages (document_id, page_number) on delete cascade,
  constraint zones_table_only_in_tables check ("table" is null or kind = 'table'),
  constraint zones_engine_version_from_engine check (origin = 'user' or engine_version is not null)
);

create index zones_page_idx on public.zones (document_id, page_number, reading_order);
create index zones_owner_idx on public.zones (owner);

create trigger zones_touch before update on public.zones
  for each row execute function private.touch_updated_at();

alter table public.zones enable row level security;
create policy zones_select on public.zones for select to authenticated using (owner = (select auth.uid()));
create policy zones_insert on public.zones for insert to authenticated with check (
  owner = (select auth.uid())
  and exists (
    select from public.pages
    where pages.document_id = zones.document_id and pages.page_number = zones.page_number and pages.owner = (select auth.uid())
  )
);
create policy zones_update on public.zones for update to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
create policy zones_delete on public.zones for delete to authenticated using (owner = (select auth.uid()));

revoke all on public.zones from anon, authenticated, service_role;
grant select, delete on public.zones to authenticated;
grant insert (id, document_id, page_number, kind, level, bbox_x, bbox_y, bbox_width, bbox_height, reading_order, content, "table") on public.zones to authenticated;
grant update (kind, level, bbox_x, bbox_y, bbox_width, bbox_height, reading_order, content, "table") on public.zones to authenticated;
grant select, insert, update, delete on public.zones to service_role;

comment on table public.zones is 'A region of a page: its kind, box, place in the reading order, text, and how sure the engine is. Users may edit, add and delete zones; to edit without overwriting another edit, filter the update by revision.';
comment on column public.zones.level is 'Of headings: 1 (highest) to 6. Of list items: the depth.';
comment on column public.zones.bbox_x is 'Left edge in points from the left of the page as displayed.';
comment on column public.zones.bbox_y is 'Top edge in points from the top of the page as displayed.';
comment on column public.zones.bbox_width is 'Width in points.';
comment on column public.zones.bbox_height is 'Height in points.';
comment on column public.zones.reading_order is 'Place on its page, from 0.';
comment on column public.zones."table" is 'Of tables: {rows, columns, cells: [{row, column, row_span, column_span, header, content, bbox}]}.';
comment on column public.zones.confidence is 'How sure the engine is of kind and box, 0 to 1. A user''s own zone is 1.';
comment on column public.zones.revision is 'Counts edits, from 1.';

-- ---------------------------------------------------------------- what a zone was before each edit

create table public.zone_revisions (
  zone_id        uuid not null,
  revision       integer not null,
  document_id    uuid not null,
  page_number    integer not null,
  owner          uuid not null,
  kind           public.zone_kind not null,
  level          smallint,
  bbox_x         real not null,
  bbox_y         real not null,
  bbox_width     real not null,
  bbox_height    real not null,
  reading_order  integer not null,
  content        text not null,
  "table"        jsonb,
  confidence     real not null,
  origin         public.zone_origin not null,
  engine_version text,
  operation      text not null constraint zone_revisions_operation_known check (operation in ('update', 'delete')),
  changed_by     uuid,
  changed_at     timestamptz not null default now(),
  primary key (zone_id, revision),
  foreign key (document_id, owner) references public.documents (id, owner) on delete cascade
);

create index zone_revisions_document_idx on public.zone_revisions (document_id, owner);
create index zone_revisions_owner_idx on public.zone_revisions (owner);

create function private.keep_zone_revision() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- A zone that goes with its page or document leaves no history: there is nothing left to restore it to.
  if tg_op = 'DELETE' and not exists (
    select from public.pages where document_id = old.document_id and page_number = old.page_number
  ) then
    return old;
  end if;
  insert into public.zone_revisions (
    zone_id, revision, document_id, page_number, owner, kind, level, bbox_x, bbox_y, bbox_width, bbox_height,
    reading_order, content, "table", confidence, origin, engine_version, operation, changed_by
  ) values (
    old.id, old.revision, old.document_id, old.page_number, old.owner, old.kind, old.level, old.bbox_x, old.bbox_y,
    old.bbox_width, old.bbox_height, old.reading_order, old.content, old."table", old.confidence, old.origin,
    old.engine_version, lower(tg_op), auth.uid()
  );
  if tg_op = 'DELETE' then
    return old;
  end if;
  new.revision := old.revision + 1;
  return new;
end $$;

create trigger zones_keep_revision before update or delete on public.zones
  for each row execute function private.keep_zone_revision();

alter table public.zone_revisions enable row level security;
create policy zone_revisions_select on public.zone_revisions for select to authenticated using (owner = (select auth.uid()));

revoke all on public.zone_revisions from anon, authenticated, service_role;
grant select on public.zone_revisions to authenticated;
grant select, insert, update, delete on public.zone_revisions to service_role;

comment on table public.zone_revisions is 'What a zone was before each edit and before its deletion: who changed it, when, and the whole old zone.';
