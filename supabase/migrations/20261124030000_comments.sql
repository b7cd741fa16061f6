-- What the OpenAPI description of the REST API says of every table, column and type that users see.

comment on column public.documents.id is 'The document''s id.';
comment on column public.documents.owner is 'Who uploaded it; the caller, always.';
comment on column public.documents.page_count is 'Pages in the file; null until it has been opened.';
comment on column public.documents.status is 'awaiting_upload, queued, processing, ready (all zones are there) or failed (error says why).';
comment on column public.documents.created_at is 'When it was made.';
comment on column public.documents.updated_at is 'When its row last changed.';

comment on column public.pages.document_id is 'Its document.';
comment on column public.pages.page_number is 'Its place in the document, from 1.';
comment on column public.pages.owner is 'The document''s owner.';
comment on column public.pages.image_path is 'Where its picture is in bucket pages; null where none was made.';
comment on column public.pages.created_at is 'When it was saved.';

comment on column public.zones.id is 'The zone''s id.';
comment on column public.zones.document_id is 'Its document.';
comment on column public.zones.page_number is 'Its page, from 1.';
comment on column public.zones.owner is 'The document''s owner.';
comment on column public.zones.kind is 'What it is: title, heading, paragraph, list_item, table, figure and so on.';
comment on column public.zones.content is 'Its text; of tables, the text of the cells.';
comment on column public.zones.origin is 'Who made it: the engine, or a user.';
comment on column public.zones.engine_version is 'Version of the engine that read it; null where none did.';
comment on column public.zones.created_at is 'When it was made.';
comment on column public.zones.updated_at is 'When it last changed.';

comment on column public.zone_revisions.zone_id is 'The zone; it may be gone.';
comment on column public.zone_revisions.revision is 'The revision that this row keeps: what the zone was until changed_at.';
comment on column public.zone_revisions.document_id is 'The zone''s document.';
comment on column public.zone_revisions.page_number is 'The zone''s page, from 1.';
comment on column public.zone_revisions.owner is 'The document''s owner.';
comment on column public.zone_revisions.kind is 'What it was.';
comment on column public.zone_revisions.level is 'Its level, of headings and list items.';
comment on column public.zone_revisions.bbox_x is 'Its left edge in points from the left of the page as displayed.';
comment on column public.zone_revisions.bbox_y is 'Its top edge in points from the top of the page as displayed.';
comment on column public.zone_revisions.bbox_width is 'Its width in points.';
comment on column public.zone_revisions.bbox_height is 'Its height in points.';
comment on column public.zone_revisions.reading_order is 'Its place on its page, from 0.';
comment on column public.zone_revisions.content is 'Its text.';
comment on column public.zone_revisions."table" is 'Its cells, of a table.';
comment on column public.zone_revisions.items is 'Its items, of a list.';
comment on column public.zone_revisions.edited is 'Whether a user had changed it by then.';
comment on column public.zone_revisions.confidence is 'How sure the engine was, 0 to 1.';
comment on column public.zone_revisions.origin is 'Who had made it.';
comment on column public.zone_revisions.engine_version is 'Version of the engine that had read it.';
comment on column public.zone_revisions.operation is 'What ended this revision: update or delete.';
comment on column public.zone_revisions.changed_by is 'Who changed it; null for the engine.';
comment on column public.zone_revisions.changed_at is 'When.';

comment on column public.workers.id is 'The daemon''s id, new at each start.';
comment on column public.workers.account is 'The worker account it signed in with.';
comment on column public.workers.host is 'Name of its machine.';
comment on column public.workers.version is 'Version of zoned.';
comment on column public.workers.protocol_version is 'Version of the worker protocol it speaks.';
comment on column public.workers.capacity is 'How many jobs it takes at a time.';
comment on column public.workers.started_at is 'When it said hello.';
comment on column public.workers.last_seen is 'When it last asked for work, to ten seconds.';

comment on column public.exports.id is 'The export''s id.';
comment on column public.exports.document_id is 'The document it is made from.';
comment on column public.exports.owner is 'The document''s owner.';
comment on column public.exports.format is 'markdown, json, jsonl, chunks, csv, xlsx, html or text.';
comment on column public.exports.status is 'queued, running, ready (the file is there), failed (error says why) or expired.';
comment on column public.exports.object_path is 'Where its file is in bucket exports.';
comment on column public.exports.byte_size is 'Size of the file in bytes, when ready.';
comment on column public.exports.sha256 is 'SHA-256 of the file in hexadecimal, when ready.';
comment on column public.exports.error is 'Why it failed: {code, message}. Present exactly when status is failed.';
comment on column public.exports.expires_at is 'When its file goes.';
comment on column public.exports.created_at is 'When it was asked for.';
comment on column public.exports.updated_at is 'When its row last changed.';

comment on column public.jobs.id is 'The job''s id.';
comment on column public.jobs.kind is 'process_document, process_zone or export.';
comment on column public.jobs.document_id is 'The document it is about.';
comment on column public.jobs.owner is 'The document''s owner.';
comment on column public.jobs.export_id is 'The export it makes, of kind export.';
comment on column public.jobs.state is 'queued, running, succeeded, dead (given up; error says why) or canceled.';
comment on column public.jobs.priority is 'Higher goes first among the jobs of one owner, -100 to 100.';
comment on column public.jobs.max_attempts is 'It is given up after so many attempts without progress.';
comment on column public.jobs.lease_owner is 'The daemon that works on it.';
comment on column public.jobs.lease_expires_at is 'Another daemon may take it after this time.';
comment on column public.jobs.error is 'Why the last attempt failed: {code, message}.';
comment on column public.jobs.created_at is 'When it was queued first.';
comment on column public.jobs.started_at is 'When it was claimed first.';
comment on column public.jobs.finished_at is 'When it ended; null before.';

comment on column public.job_progress.job_id is 'The job.';
comment on column public.job_progress.document_id is 'Its document.';
comment on column public.job_progress.owner is 'The document''s owner.';
comment on column public.job_progress.stage is 'queued, download, pages, export, done or failed.';
comment on column public.job_progress.pages_done is 'Pages finished.';
comment on column public.job_progress.pages_total is 'Pages in all; null until known.';
comment on column public.job_progress.percent is '0 to 100.';
comment on column public.job_progress.eta_seconds is 'Seconds it will still take, as estimated.';
comment on column public.job_progress.message is 'What to tell people.';
comment on column public.job_progress.updated_at is 'When this was written.';

comment on column public.job_events.document_id is 'The document.';
comment on column public.job_events.seq is 'Number within the document, from 1 and without gaps.';
comment on column public.job_events.owner is 'The document''s owner.';
comment on column public.job_events.job_id is 'The job it is about, where it is about one.';
comment on column public.job_events.kind is 'What happened: document.created, document.status, pages.saved, progress, job.state, export.status and so on.';
comment on column public.job_events.payload is 'More about it, by kind.';
comment on column public.job_events.at is 'When.';

comment on column public.export_presets.id is 'The preset''s id.';
comment on column public.export_presets.owner is 'Whose it is; the caller, always.';
comment on column public.export_presets.name is 'Its name, once an owner.';
comment on column public.export_presets.format is 'The format to export in.';
comment on column public.export_presets.options is 'The options, as those of exports.';
comment on column public.export_presets.created_at is 'When it was made.';

comment on column public.user_settings.owner is 'Whose they are; the caller, always.';
comment on column public.user_settings.settings is 'Whatever an app keeps for its user, up to 64 KiB.';
comment on column public.user_settings.updated_at is 'When they last changed.';

comment on column public.view_states.owner is 'Whose it is; the caller, always.';
comment on column public.view_states.document_id is 'The document that was looked at.';
comment on column public.view_states.state is 'Whatever an app keeps about that, up to 64 KiB.';
comment on column public.view_states.updated_at is 'When it last changed.';

comment on type public.document_status is 'Where a document is on its way from upload to zones.';
comment on type public.text_source is 'Where a page''s text came from.';
comment on type public.zone_origin is 'Who made a zone.';
comment on type public.zone_kind is 'What a zone is.';
comment on type public.job_kind is 'What a job does.';
comment on type public.job_state is 'Where a job is.';
comment on type public.export_format is 'Formats of exports.';
comment on type public.export_status is 'Where an export is.';
