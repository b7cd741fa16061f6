//! Asymmetric signing (ES256), as new projects have it: the private key stays here, and anyone may check a token with
//! the public one from `/.well-known/jwks.json`.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// A coordinate of a point on P-256, in bytes.
const COORDINATE: usize = 32;

/// The key pair and its name.
#[derive(Clone, Serialize, Deserialize)]
pub struct SigningKey {
    kid: Uuid,
    /// PKCS #8, base64.
    private: String,
    /// Base64url, without padding.
    x: String,
    y: String,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A new pair; nothing if the system gives no randomness.
    pub(crate) fn generate() -> Option<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
        let private = pair.to_pkcs8v1().ok()?;
        // The uncompressed form: 4, x, y.
        let (&4, point) = pair.public_key().as_ref().split_first()? else { return None };
        let (x, y) = point.split_at_checked(COORDINATE)?;
        Some(Self {
            kid: Uuid::new_v4(),
            private: STANDARD.encode(private.as_ref()),
            x: URL_SAFE_NO_PAD.encode(x),
            y: URL_SAFE_NO_PAD.encode(y),
        })
    }

    /// A token over `claims` that names the key.
    pub(crate) fn sign(&self, claims: &Value) -> Result<String, jsonwebtoken::errors::Error> {
        let header = Header { kid: Some(self.kid.to_string()), ..Header::new(Algorithm::ES256) };
        let private =
            STANDARD.decode(&self.private).map_err(|_| jsonwebtoken::errors::ErrorKind::InvalidEcdsaKey)?;
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(&private))
    }

    /// The public key, for checking.
    pub(crate) fn decoding_key(&self) -> Result<jsonwebtoken::DecodingKey, jsonwebtoken::errors::Error> {
        jsonwebtoken::DecodingKey::from_ec_components(&self.x, &self.y)
    }

    /// The public key as an entry of a key set.
    pub(crate) fn public_jwk(&self) -> Value {
        public_jwk(&self.kid.to_string(), &self.x, &self.y)
    }
}

/// The public half of a key that was imported into the project.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StandbyKey {
    kty: String,
    crv: String,
    kid: String,
    x: String,
    y: String,
}

impl StandbyKey {
    /// A JWK of the curve P-256; of a private key only the public half is kept.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let key: Self = serde_json::from_str(text).ok()?;
        (key.kty == "EC" && key.crv == "P-256" && key.decoding_key().is_ok()).then_some(key)
    }

    /// What tokens call it.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// For checking.
    pub(crate) fn decoding_key(&self) -> Result<jsonwebtoken::DecodingKey, jsonwebtoken::errors::Error> {
        jsonwebtoken::DecodingKey::from_ec_components(&self.x, &self.y)
    }

    /// An entry of a key set.
    pub(crate) fn public_jwk(&self) -> Value {
        public_jwk(&self.kid, &self.x, &self.y)
    }
}

fn public_jwk(kid: &str, x: &str, y: &str) -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "key_ops": ["verify"], "ext": true,
        "kid": kid, "x": x, "y": y,
    })
}
