update storage.objects
set bucket_id = $2, name = $3, owner = $4, owner_id = $5
where id = $1
