//! The variables that every function of a hosted project finds in its environment.

use serde_json::{Value, json};

use crate::project::Project;
use crate::signing_key::SigningKey;

/// Names and values.
pub(super) fn of(project: &Project, database_url: &str) -> Vec<(&'static str, String)> {
    let keys = &project.keys;
    let public_keys: Vec<Value> = keys.signing_key.iter().map(SigningKey::public_jwk).collect();
    vec![
        ("SUPABASE_URL", project.url.clone()),
        ("SUPABASE_DB_URL", database_url.to_owned()),
        ("SUPABASE_ANON_KEY", keys.anon_key.clone()),
        ("SUPABASE_SERVICE_ROLE_KEY", keys.service_role_key.clone()),
        ("SUPABASE_PUBLISHABLE_KEYS", json!({"default": keys.publishable_key}).to_string()),
        ("SUPABASE_SECRET_KEYS", json!({"default": keys.secret_key}).to_string()),
        ("SUPABASE_JWKS", json!({"keys": public_keys}).to_string()),
    ]
}
