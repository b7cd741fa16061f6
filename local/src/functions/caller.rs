//! The check of `verify_jwt`: a token of the project that is valid now. API keys of the new style are no tokens.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::answer::Refusal;
use crate::keys::Keys;

/// Refuses requests without such a token.
pub(super) fn verify(headers: &HeaderMap, keys: &Keys) -> Result<(), Refusal> {
    let header = headers.get(AUTHORIZATION).ok_or(Refusal::NoToken)?;
    let token = header.to_str().ok().and_then(bearer).ok_or(Refusal::BadToken)?;
    let claims = keys.verify(token).map_err(|_| Refusal::BadToken)?;
    if claims.is_expired(0) || claims.is_early(0) { Err(Refusal::BadToken) } else { Ok(()) }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::keys::sign;

    fn outcome(keys: &Keys, authorization: &str) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization.parse().unwrap());
        verify(&headers, keys)
    }

    #[test]
    fn a_token_of_the_project_passes_and_nothing_else() {
        let keys = Keys::generate(None).unwrap();
        let other = Keys::generate(None).unwrap();
        let expired = sign(&json!({"role": "authenticated", "exp": 1}), &keys.jwt_secret).unwrap();
        assert_eq!(verify(&HeaderMap::new(), &keys), Err(Refusal::NoToken));
        assert_eq!(outcome(&keys, &format!("Bearer {}", keys.anon_key)), Ok(()));
        assert_eq!(outcome(&keys, &format!("bearer {}", keys.anon_key)), Ok(()));
        for token in [&other.anon_key, &expired, &keys.publishable_key, &keys.secret_key, "", "a.b.c"] {
            assert_eq!(outcome(&keys, &format!("Bearer {token}")), Err(Refusal::BadToken), "{token}");
        }
        assert_eq!(outcome(&keys, &keys.anon_key), Err(Refusal::BadToken));
    }
}
