-- Two uploads to one name end one after the other, so the bytes of the one that is replaced are known.
select pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0))
