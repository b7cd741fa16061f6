insert into storage.s3_multipart_uploads_parts
  (upload_id, size, part_number, bucket_id, key, etag, owner_id, version)
select $1, $2, $3, $4, $5, $6, $7, version
from storage.s3_multipart_uploads
where id = $1
