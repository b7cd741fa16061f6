select id, key, created_at
from storage.s3_multipart_uploads
where bucket_id = $1 and starts_with(key, $2)
order by key, created_at
limit $3
