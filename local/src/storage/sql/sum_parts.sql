update storage.s3_multipart_uploads
set in_progress_size =
  (select coalesce(sum(size), 0)::bigint from storage.s3_multipart_uploads_parts where upload_id = $1)
where id = $1
returning in_progress_size
