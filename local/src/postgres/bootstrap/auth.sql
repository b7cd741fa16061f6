-- Schema auth: owned by supabase_auth_admin, readable for postgres.

create schema auth authorization supabase_auth_admin;
