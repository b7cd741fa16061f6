-- Names below a delimiter become one entry, the folder; the byte order of C.UTF-8 is that of S3.
with entries as (
  select
    case when $3 <> '' and strpos(substr(name, length($2) + 1), $3) > 0
      then $2 || split_part(substr(name, length($2) + 1), $3, 1) || $3
      else name
    end as entry,
    objects.*
  from storage.objects
  where bucket_id = $1 and starts_with(name, $2)
)
select distinct on (entry) entry, id, name, bucket_id, owner, owner_id, version, updated_at, created_at, last_accessed_at, metadata, user_metadata
from entries
where entry > $4
order by entry
limit $5
