-- Every error that users meet says what to do about it. Only the hint is new, so it is put into the functions as they are.

do $$
declare
  change record;
  definition text;
begin
  for change in select * from (values
    ('public.cancel_job(uuid)'::regprocedure, $old$'Its state is ' || job.state || '.'$old$,
      'The job is over already.', 'Ask for the work again, or retry_job.'),
    ('private.checked_box(jsonb, public.pages)', $old$detail = page.error ->> 'message'$old$,
      'The page could not be read', 'Upload the document again if the file is damaged; otherwise choose another page.'),
    ('public.cancel_document(uuid)', $old$'Its status is ' || document.status || '.'$old$,
      'Nothing is being done with this document.', 'There is nothing to cancel.'),
    ('public.retry_document(uuid)', $old$'Its status is ' || document.status || '.'$old$,
      'Only a document whose processing failed', 'Wait for it to end, or cancel it first.')
  ) as changes (changed, detail, message, hint)
  loop
    definition := pg_get_functiondef(change.changed);
    if position(change.message in definition) = 0 or position(change.detail in definition) = 0 then
      raise exception 'the error of % is not the one that lacked a hint', change.changed;
    end if;
    execute replace(definition, change.detail, format('%s, hint = %L', change.detail, change.hint));
  end loop;
end $$;
