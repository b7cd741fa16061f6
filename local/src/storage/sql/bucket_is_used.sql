select exists (select from storage.objects where bucket_id = $1)
