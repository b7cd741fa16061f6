//! Signed download addresses: whoever has one may fetch the object until it expires.

use std::fmt;
use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::encode_path;
use crate::supabase::error::{Service, SupabaseError};
use crate::supabase::http::Http;
use crate::supabase::project::Project;
use crate::supabase::session::Session;

/// A signed address. It is a credential: its `Debug` form does not show it.
#[derive(Clone)]
pub struct SignedUrl(String);

impl SignedUrl {
    /// The address, to be handed to its user.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedUrl(…)")
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "signedURL")]
    signed_url: String,
}

/// Makes a signed address of an object the session's account may read, good for `life`.
pub async fn sign(
    project: &Project,
    session: &Session,
    bucket: &str,
    key: &str,
    life: Duration,
) -> Result<SignedUrl, SupabaseError> {
    let http = Http::new(project, Service::Storage)?;
    let path = format!("/storage/v1/object/sign/{bucket}/{}", encode_path(key));
    let token = session.token().await?;
    let request = http.request(Method::POST, &path, Some(token.expose()));
    let answer: Answer =
        http.json("sign", request.json(&json!({ "expiresIn": life.as_secs().max(1) }))).await?;
    if !answer.signed_url.starts_with('/') {
        return Err(SupabaseError::malformed(Service::Storage, "a signed address that is not relative"));
    }
    Ok(SignedUrl(project.endpoint(&format!("/storage/v1{}", answer.signed_url))))
}
