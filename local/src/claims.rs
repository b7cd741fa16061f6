//! Who a token says its bearer is. Signature and structure are checked here; the checks of time differ
//! between the services (leeway, messages), so each makes its own with the accessors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::signing_key::{SigningKey, StandbyKey};

/// The claims of a token whose signature holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Claims(Map<String, Value>);

/// Why a token is refused before its claims are looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    /// Not three base64url parts of JSON, or the claims are no object. Holds the number of parts.
    #[error("malformed token of {parts} parts")]
    Malformed {
        /// How many parts the dots make.
        parts: usize,
    },
    /// An algorithm this project does not sign with (`none` among them).
    #[error("algorithm not accepted")]
    Algorithm,
    /// The signature is another's.
    #[error("signature does not match")]
    Signature,
}

impl Claims {
    /// Checks the signature of `token` with the project's keys, or with the secret alone; times are not checked.
    pub(crate) fn verify<'a>(token: &str, verifier: impl Into<Verifier<'a>>) -> Result<Self, TokenError> {
        let parts: Vec<&str> = token.split('.').collect();
        let malformed = TokenError::Malformed { parts: parts.len() };
        let [header, payload, _] = parts[..] else { return Err(malformed) };
        let Some(header) = object(header) else { return Err(malformed) };
        let verifier = verifier.into();
        let (algorithm, key) = verifier
            .key_for(header.get("alg").and_then(Value::as_str), header.get("kid").and_then(Value::as_str))?;
        let Some(claims) = object(payload) else { return Err(malformed) };
        let mut validation = Validation::new(algorithm);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        jsonwebtoken::decode::<Value>(token, &key, &validation).map_err(|_| TokenError::Signature)?;
        Ok(Self(claims))
    }

    /// A claim as it stands.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The database role the bearer acts as.
    pub(crate) fn role(&self) -> Option<&str> {
        self.get("role")?.as_str()
    }

    /// The user.
    pub(crate) fn subject(&self) -> Option<Uuid> {
        self.get("sub")?.as_str()?.parse().ok()
    }

    /// Expiry in seconds since 1970.
    pub(crate) fn expires_at(&self) -> Option<i64> {
        self.get("exp")?.as_i64()
    }

    /// True once `exp` lies more than `leeway` seconds back.
    pub(crate) fn is_expired(&self, leeway: i64) -> bool {
        self.expires_at().is_some_and(|at| at + leeway <= jiff::Timestamp::now().as_second())
    }

    /// True until `nbf` lies less than `leeway` seconds ahead.
    pub(crate) fn is_early(&self, leeway: i64) -> bool {
        self.get("nbf")
            .and_then(Value::as_i64)
            .is_some_and(|at| at - leeway > jiff::Timestamp::now().as_second())
    }

    /// The claims as the text that goes into `request.jwt.claims`.
    pub(crate) fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }
}

/// What a signature is checked with.
pub(crate) struct Verifier<'a> {
    secret: &'a str,
    signing_key: Option<&'a SigningKey>,
    standby_key: Option<&'a StandbyKey>,
}

impl<'a> From<&'a str> for Verifier<'a> {
    fn from(secret: &'a str) -> Self {
        Self::new(secret, None, None)
    }
}

impl<'a> Verifier<'a> {
    /// Checks with the secret, and with the keys there are beside it.
    pub(crate) fn new(
        secret: &'a str,
        signing_key: Option<&'a SigningKey>,
        standby_key: Option<&'a StandbyKey>,
    ) -> Self {
        Self { secret, signing_key, standby_key }
    }

    /// The algorithm decides which key checks, never which kind of key: a public key is no secret for HS256.
    fn key_for(
        &self,
        algorithm: Option<&str>,
        kid: Option<&str>,
    ) -> Result<(Algorithm, DecodingKey), TokenError> {
        let public = match algorithm {
            Some("HS256") => {
                return Ok((Algorithm::HS256, DecodingKey::from_secret(self.secret.as_bytes())));
            }
            Some("ES256") => match self.standby_key.filter(|key| Some(key.kid()) == kid) {
                Some(standby) => standby.decoding_key(),
                None => self.signing_key.ok_or(TokenError::Algorithm)?.decoding_key(),
            },
            _ => return Err(TokenError::Algorithm),
        };
        public.map(|key| (Algorithm::ES256, key)).map_err(|_| TokenError::Signature)
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    match serde_json::from_slice(&bytes).ok()? {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Signing;
    use crate::keys::{Keys, sign};

    const SECRET: &str = "a secret of at least thirty-two characters";

    #[test]
    fn a_signed_token_gives_its_claims() {
        let token = sign(&json!({"role": "anon", "exp": 1}), SECRET).unwrap();
        let claims = Claims::verify(&token, SECRET).unwrap();
        assert_eq!(claims.role(), Some("anon"));
        assert!(claims.is_expired(30));
    }

    #[test]
    fn a_foreign_signature_is_refused() {
        let token =
            sign(&json!({"role": "service_role"}), "another secret of thirty-two characters!").unwrap();
        assert_eq!(Claims::verify(&token, SECRET), Err(TokenError::Signature));
    }

    #[test]
    fn an_unsigned_token_is_refused() {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!("{}.{}.", part(json!({"alg": "none"})), part(json!({"role": "service_role"})));
        assert_eq!(Claims::verify(&token, SECRET), Err(TokenError::Algorithm));
    }

    #[test]
    fn a_token_of_the_key_pair_is_checked_with_its_public_half() {
        let keys = Keys::generate(None).unwrap().signing_with(Signing::Es256).unwrap();
        let token = keys.sign(&json!({"role": "authenticated"})).unwrap();
        assert_eq!(Claims::verify(&token, &keys).unwrap().role(), Some("authenticated"));
        assert_eq!(Claims::verify(&keys.anon_key, &keys).unwrap().role(), Some("anon"));
        let other = Keys::generate(None).unwrap().signing_with(Signing::Es256).unwrap();
        assert_eq!(Claims::verify(&token, &other), Err(TokenError::Signature));
        assert_eq!(Claims::verify(&token, SECRET), Err(TokenError::Algorithm));
    }

    #[test]
    fn a_token_of_the_standby_key_is_accepted_by_its_name() {
        let standby = Keys::generate(None).unwrap().signing_with(Signing::Es256).unwrap();
        let token = standby.sign(&json!({"role": "authenticated"})).unwrap();
        let mut keys = Keys::generate(None).unwrap().signing_with(Signing::Es256).unwrap();
        assert_eq!(Claims::verify(&token, &keys), Err(TokenError::Signature));
        keys.standby_key = StandbyKey::parse(&standby.signing_key.unwrap().public_jwk().to_string());
        assert_eq!(Claims::verify(&token, &keys).unwrap().role(), Some("authenticated"));
        let own = keys.sign(&json!({"role": "authenticated"})).unwrap();
        assert_eq!(Claims::verify(&own, &keys).unwrap().role(), Some("authenticated"));
    }

    #[test]
    fn text_that_is_no_token_is_malformed() {
        assert_eq!(Claims::verify("garbage", SECRET), Err(TokenError::Malformed { parts: 1 }));
        assert_eq!(Claims::verify("a.b.c", SECRET), Err(TokenError::Malformed { parts: 3 }));
    }
}
