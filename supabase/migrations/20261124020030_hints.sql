-- Every error that users meet says what to do about it: of two functions, only the hint is new.

create or replace function public.cancel_job(job_id uuid) returns public.jobs
language plpgsql security definer set search_path = '' as $$
declare
  job public.jobs := private.job_to_steer(job_id);
begin
  if job.state not in ('queued', 'running') then
    raise exception using errcode = 'PT409', message = 'The job is over already.', detail = 'Its state is ' || job.state || '.', hint = 'Ask for the work again, or retry_job.';
  end if;
  update public.jobs set
    state = 'canceled', finished_at = now(), lease_token = null, lease_expires_at = null,
    error = '{"code": "canceled", "message": "Canceled on request."}'
  where id = job.id returning * into job;
  return job;
end $$;

create or replace function private.checked_box(box jsonb, page public.pages) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  side text;
  x double precision;
  y double precision;
  width double precision;
  height double precision;
begin
  foreach side in array array['x', 'y', 'width', 'height'] loop
    if jsonb_typeof(box -> side) is distinct from 'number' then
      raise exception using errcode = 'PT400', message = format('The box has no number %s.', side),
        hint = 'A box is {x, y, width, height} in points, from the top left of the page as displayed.';
    end if;
  end loop;
  x := box -> 'x'; y := box -> 'y'; width := box -> 'width'; height := box -> 'height';
  if width <= 0 or height <= 0 then
    raise exception using errcode = 'PT400', message = 'The box has no area.', hint = 'Give it a width and a height above 0.';
  end if;
  if page.error is not null then
    raise exception using errcode = 'PT409', message = 'The page could not be read, so nothing is under the box.',
      detail = page.error ->> 'message', hint = 'Upload the document again if the file is damaged; otherwise choose another page.';
  end if;
  if x >= page.width or y >= page.height or x + width <= 0 or y + height <= 0 then
    raise exception using errcode = 'PT400', message = 'The box lies beside the page.',
      detail = format('The page measures %s by %s points.', page.width, page.height),
      hint = 'Draw the box on the page.';
  end if;
  return jsonb_build_object('x', x, 'y', y, 'width', width, 'height', height);
end $$;
