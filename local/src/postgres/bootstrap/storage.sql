-- Schema storage: owned by supabase_storage_admin; postgres may put policies and triggers on its tables.

create schema storage authorization supabase_storage_admin;
