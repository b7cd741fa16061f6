-- Three schemas: `public` is what users see, `worker` is what daemons call, `private` holds what neither may name.

create schema worker;
create schema private;

comment on schema worker is 'Functions for zoned daemons. Each checks that its caller''s app_metadata.role is "worker".';
comment on schema private is 'Helpers of policies, triggers and functions. Never exposed through the API.';

revoke all on schema worker, private from public;
grant usage on schema worker to authenticated;
