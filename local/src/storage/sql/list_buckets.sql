select id, name, owner_id, public, file_size_limit, allowed_mime_types, created_at, updated_at
from storage.buckets
where $1 = '' or strpos(lower(name), lower($1)) > 0
order by
  case when not $3 then case $2 when 'id' then id when 'name' then name end end,
  case when $3 then case $2 when 'id' then id when 'name' then name end end desc,
  case when not $3 then case $2 when 'created_at' then created_at when 'updated_at' then updated_at end end,
  case when $3 then case $2 when 'created_at' then created_at when 'updated_at' then updated_at end end desc,
  id
limit $4 offset $5
