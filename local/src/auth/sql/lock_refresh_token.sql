-- The session's row is locked first, so that two refreshes of one session come one after the other.
with session as materialized (
  select id from auth.sessions
   where id = (select session_id from auth.refresh_tokens where token = $1)
     for update
)
select t.session_id, t.user_id::uuid as user_id
  from auth.refresh_tokens t join session s on s.id = t.session_id
 where t.token = $1
