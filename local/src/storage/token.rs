//! Tokens of signed URLs.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};

use super::failure::{Failure, token_message};
use crate::claims::Claims;

/// How long a URL to upload through is good, in seconds.
const UPLOAD_LIFETIME: i64 = 2 * 60 * 60;

/// What a signed URL permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Download,
    Upload,
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Upload => "upload",
        }
    }
}

/// A token to download `path` (`bucket/name`) for `seconds`.
pub(crate) fn sign_download(path: &str, seconds: i64, secret: &str) -> Result<String, Failure> {
    sign(Scope::Download, path, seconds, Map::new(), secret)
}

/// A token to upload to `path` on behalf of `owner`.
pub(crate) fn sign_upload(
    path: &str,
    owner: Option<&str>,
    upsert: bool,
    secret: &str,
) -> Result<String, Failure> {
    let mut claims = Map::new();
    if let Some(owner) = owner {
        claims.insert("owner".into(), json!(owner));
    }
    claims.insert("upsert".into(), json!(upsert));
    sign(Scope::Upload, path, UPLOAD_LIFETIME, claims, secret)
}

fn sign(
    scope: Scope,
    path: &str,
    seconds: i64,
    mut claims: Map<String, Value>,
    secret: &str,
) -> Result<String, Failure> {
    let now = jiff::Timestamp::now().as_second();
    claims.insert("url".into(), json!(path));
    claims.insert("scope".into(), json!(scope.name()));
    claims.insert("iat".into(), json!(now));
    claims.insert("exp".into(), json!(now.saturating_add(seconds)));
    let header = Header { typ: None, ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret.as_bytes()))
        .map_err(|error| Failure::internal(format!("cannot sign the URL: {error}")))
}

/// The claims of a token that permits `scope` on `path`.
pub(crate) fn verify(token: &str, scope: Scope, path: &str, secret: &str) -> Result<Claims, Failure> {
    let claims =
        Claims::verify(token, secret).map_err(|error| Failure::invalid_jwt(token_message(&error)))?;
    if claims.is_expired(0) {
        return Err(Failure::invalid_jwt("\"exp\" claim timestamp check failed"));
    }
    let is = |name: &str, value: &str| claims.get(name).and_then(Value::as_str) == Some(value);
    if is("url", path) && is("scope", scope.name()) && claims.expires_at().is_some() {
        Ok(claims)
    } else {
        Err(Failure::invalid_signature())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "a secret of at least thirty-two characters";

    #[test]
    fn a_token_is_good_for_its_path_and_its_scope_only() {
        let token = sign_download("b/x", 60, SECRET).unwrap();
        assert!(verify(&token, Scope::Download, "b/x", SECRET).is_ok());
        let refused = Err(Failure::invalid_signature());
        assert_eq!(verify(&token, Scope::Download, "b/y", SECRET), refused);
        assert_eq!(verify(&token, Scope::Upload, "b/x", SECRET), refused);
    }

    #[test]
    fn an_expired_or_foreign_token_is_no_token() {
        let old = sign_download("b/x", -1, SECRET).unwrap();
        assert_eq!(verify(&old, Scope::Download, "b/x", SECRET).unwrap_err().code, "InvalidJWT");
        let foreign = sign_download("b/x", 60, "another secret of thirty-two characters").unwrap();
        assert_eq!(verify(&foreign, Scope::Download, "b/x", SECRET).unwrap_err().code, "InvalidJWT");
    }

    #[test]
    fn an_upload_token_names_its_owner() {
        let token = sign_upload("b/x", Some("me"), true, SECRET).unwrap();
        let claims = verify(&token, Scope::Upload, "b/x", SECRET).unwrap();
        assert_eq!(claims.get("owner"), Some(&json!("me")));
        assert_eq!(claims.get("upsert"), Some(&json!(true)));
    }
}
