select owner_id, user_metadata, metadata
from storage.s3_multipart_uploads
where id = $1 and bucket_id = $2 and key = $3
