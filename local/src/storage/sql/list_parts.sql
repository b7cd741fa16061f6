select part_number, size, etag, created_at
from storage.s3_multipart_uploads_parts
where upload_id = $1
order by part_number
