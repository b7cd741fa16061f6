//! The variables that every function of a hosted project finds in its environment.

use serde_json::json;

use crate::project::Project;

/// Names and values.
pub(super) fn of(project: &Project, database_url: &str) -> Vec<(&'static str, String)> {
    let keys = &project.keys;
    vec![
        ("SUPABASE_URL", project.url.clone()),
        ("SUPABASE_DB_URL", database_url.to_owned()),
        ("SUPABASE_ANON_KEY", keys.anon_key.clone()),
        ("SUPABASE_SERVICE_ROLE_KEY", keys.service_role_key.clone()),
        ("SUPABASE_PUBLISHABLE_KEYS", json!({"default": keys.publishable_key}).to_string()),
        ("SUPABASE_SECRET_KEYS", json!({"default": keys.secret_key}).to_string()),
        ("SUPABASE_JWKS", json!({"keys": keys.public_jwks()}).to_string()),
    ]
}
