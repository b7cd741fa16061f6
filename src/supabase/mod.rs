//! The Supabase service clients.
