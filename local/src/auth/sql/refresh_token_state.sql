select t.revoked,
       t.updated_at > now() - make_interval(secs => $2) as within_interval,
       active.token as active,
       active.parent = t.token as is_parent_of_active
  from auth.refresh_tokens t
  left join lateral (
    select a.token, a.parent
      from auth.refresh_tokens a
     where a.session_id = t.session_id and not a.revoked
     order by a.id desc
     limit 1
  ) active on true
 where t.token = $1
