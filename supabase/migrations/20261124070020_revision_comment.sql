-- A daemon is an account like others: what it changes bears its id, so that no null tells an engine's change from a user's.
comment on column public.zone_revisions.changed_by is
  'The account that changed it: its owner''s for an edit, a daemon''s for a zone read anew; null for a change made with the secret key.';
