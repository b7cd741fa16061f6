select id, name, owner_id, public, file_size_limit, allowed_mime_types, created_at, updated_at
from storage.buckets
where id = $1
