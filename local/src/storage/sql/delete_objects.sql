delete from storage.objects
where bucket_id = $1 and name = any($2)
returning id, name, bucket_id, owner, owner_id, version, updated_at, created_at, last_accessed_at, metadata, user_metadata
