//! Who makes the request: the role and the claims of its token.

use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::error::RestError;
use crate::claims::{Claims, TokenError, Verifier};

/// The role of a request without a token.
const ANONYMOUS: &str = "anon";

/// Clock differences that are overlooked, in seconds.
const LEEWAY: i64 = 30;

#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) role: String,
    /// The claims as JSON, with the role.
    pub(crate) claims: String,
}

impl Caller {
    pub(crate) fn of<'a>(headers: &HeaderMap, verifier: impl Into<Verifier<'a>>) -> Result<Self, RestError> {
        let authorization =
            headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, token) = authorization.split_once(' ').unwrap_or((authorization, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Ok(Self::anonymous());
        }
        let token = token.trim();
        if token.is_empty() {
            return Err(undecodable("Empty JWT is sent in Authorization header"));
        }
        let claims = Claims::verify(token, verifier).map_err(|error| refused(&error))?;
        check_times(&claims, jiff::Timestamp::now().as_second())?;
        Ok(Self::bearing(&claims))
    }

    /// Whether signing in may help against a missing privilege.
    pub(crate) fn is_anonymous(&self) -> bool {
        self.role == ANONYMOUS
    }

    fn anonymous() -> Self {
        Self { role: ANONYMOUS.to_owned(), claims: format!("{{\"role\":\"{ANONYMOUS}\"}}") }
    }

    fn bearing(claims: &Claims) -> Self {
        if let Some(role) = claims.role() {
            return Self { role: role.to_owned(), claims: claims.to_json() };
        }
        let mut all = serde_json::from_str(&claims.to_json()).unwrap_or(Value::Null);
        if let Value::Object(all) = &mut all {
            all.insert("role".to_owned(), Value::from(ANONYMOUS));
        }
        Self { role: ANONYMOUS.to_owned(), claims: all.to_string() }
    }
}

fn check_times(claims: &Claims, now: i64) -> Result<(), RestError> {
    let time = |name: &str| match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_f64()
            .map(|seconds| Some(seconds as i64))
            .ok_or_else(|| invalid(&format!("The JWT '{name}' claim must be a number"))),
    };
    if time("exp")?.is_some_and(|at| at.saturating_add(LEEWAY) < now) {
        return Err(invalid("JWT expired"));
    }
    if time("nbf")?.is_some_and(|at| at > now + LEEWAY) {
        return Err(invalid("JWT not yet valid"));
    }
    if time("iat")?.is_some_and(|at| at > now + LEEWAY) {
        return Err(invalid("JWT issued at future"));
    }
    Ok(())
}

fn refused(error: &TokenError) -> RestError {
    match error {
        TokenError::Malformed { parts: 3 } => undecodable("JWT couldn't be decoded"),
        TokenError::Malformed { parts } => undecodable(&format!("Expected 3 parts in JWT; got {parts}")),
        TokenError::Algorithm => undecodable("Wrong or unsupported encoding algorithm")
            .details("JWT is unsecured but expected 'alg' was not 'none'"),
        TokenError::Signature => undecodable("No suitable key or wrong key type")
            .details("None of the keys was able to decode the JWT"),
    }
}

fn undecodable(message: &str) -> RestError {
    unauthorized("PGRST301", message)
}

fn invalid(message: &str) -> RestError {
    unauthorized("PGRST303", message)
}

fn unauthorized(code: &str, message: &str) -> RestError {
    let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{message}\"");
    RestError::new(StatusCode::UNAUTHORIZED, code, message).header(WWW_AUTHENTICATE, &challenge)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::keys::sign;

    const SECRET: &str = "a secret of at least thirty-two characters";

    fn caller(claims: &Value) -> Result<Caller, RestError> {
        let bearer = format!("Bearer {}", sign(claims, SECRET).unwrap());
        Caller::of(&[(AUTHORIZATION, bearer.parse().unwrap())].into_iter().collect(), SECRET)
    }

    fn now() -> i64 {
        jiff::Timestamp::now().as_second()
    }

    #[test]
    fn a_request_without_a_bearer_token_is_anonymous() {
        let basic = [(AUTHORIZATION, "Basic abc".parse().unwrap())].into_iter().collect();
        assert!(Caller::of(&basic, SECRET).unwrap().is_anonymous());
        assert!(Caller::of(&HeaderMap::new(), SECRET).unwrap().is_anonymous());
    }

    #[test]
    fn a_token_without_a_role_is_anonymous_and_says_so_in_its_claims() {
        let caller = caller(&json!({"sub": "x"})).unwrap();
        assert!(caller.is_anonymous());
        assert!(caller.claims.contains("\"role\":\"anon\""));
    }

    #[test]
    fn thirty_seconds_of_clock_difference_are_overlooked() {
        assert!(caller(&json!({"role": "a", "exp": now() - 10})).is_ok());
        assert!(caller(&json!({"role": "a", "exp": now() - 60})).is_err());
        assert!(caller(&json!({"role": "a", "nbf": now() + 60})).is_err());
        assert!(caller(&json!({"role": "a", "iat": now() + 60})).is_err());
        assert!(caller(&json!({"role": "a", "exp": "soon"})).is_err());
    }
}
