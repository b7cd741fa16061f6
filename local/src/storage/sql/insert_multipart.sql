insert into storage.s3_multipart_uploads
  (id, upload_signature, bucket_id, key, version, owner_id, user_metadata, metadata)
values ($1, '', $2, $3, $4, $5, $6, $7)
