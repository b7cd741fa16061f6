//! The keys of the project: the token secret, the API keys of both styles, the S3 key pair.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rand::RngCore as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::claims::{Claims, TokenError, Verifier};
use crate::options::Signing;
use crate::signing_key::{SigningKey, StandbyKey};

/// Ten years, as the keys of a hosted project are valid.
const KEY_LIFETIME_SECONDS: i64 = 10 * 365 * 24 * 3600;

/// Every key a client of the project may hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Keys {
    /// Secret of the project's HS256 tokens.
    pub jwt_secret: String,
    /// Legacy API key: a token with role `anon`.
    pub anon_key: String,
    /// Legacy API key: a token with role `service_role`.
    pub service_role_key: String,
    /// New-style key (`sb_publishable_…`), the gateway's name for `anon_key`.
    pub publishable_key: String,
    /// New-style key (`sb_secret_…`), the gateway's name for `service_role_key`.
    pub secret_key: String,
    /// Access key of the S3 protocol that bypasses row-level security.
    pub s3_access_key_id: String,
    /// Its secret.
    pub s3_secret_access_key: String,
    /// The key pair of ES256 tokens, where users' tokens are signed with one.
    #[serde(default)]
    pub signing_key: Option<SigningKey>,
    /// An imported key whose tokens are accepted, though nothing is signed with it here.
    #[serde(skip)]
    pub(crate) standby_key: Option<StandbyKey>,
}

/// The keys could not be read, written or signed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file that keeps them is unreadable or not ours.
    #[error(
        "the keys file in the data directory is unusable ({0}): remove the data directory to start afresh"
    )]
    File(String),
    /// There is no randomness for a key pair.
    #[error("cannot make a key pair for ES256")]
    KeyPair,
    /// The standby key is none.
    #[error("the standby key in {0} is unusable: give a P-256 key as JSON, with kty EC, kid, x and y")]
    Standby(String),
    /// Signing failed.
    #[error("cannot sign the API keys: {0}")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

impl<'a> From<&'a Keys> for Verifier<'a> {
    fn from(keys: &'a Keys) -> Self {
        Self::new(&keys.jwt_secret, keys.signing_key.as_ref(), keys.standby_key.as_ref())
    }
}

impl Keys {
    /// New keys around `jwt_secret`, or around a random one.
    pub fn generate(jwt_secret: Option<String>) -> Result<Self, KeysError> {
        let jwt_secret = jwt_secret.unwrap_or_else(|| random_text(32));
        let issued = jiff::Timestamp::now().as_second();
        let key = |role: &str| {
            let claims = json!({"iss": "supabase", "ref": "stub", "role": role, "iat": issued, "exp": issued + KEY_LIFETIME_SECONDS});
            sign(&claims, &jwt_secret)
        };
        Ok(Self {
            anon_key: key("anon")?,
            service_role_key: key("service_role")?,
            publishable_key: format!("sb_publishable_{}", random_text(24)),
            secret_key: format!("sb_secret_{}", random_text(24)),
            s3_access_key_id: random_hex(16),
            s3_secret_access_key: random_hex(32),
            signing_key: None,
            standby_key: None,
            jwt_secret,
        })
    }

    /// The same keys, with or without a key pair for users' tokens.
    pub(crate) fn signing_with(mut self, signing: Signing) -> Result<Self, KeysError> {
        self.signing_key = match (signing, self.signing_key) {
            (Signing::Hs256, _) => None,
            (Signing::Es256, Some(key)) => Some(key),
            (Signing::Es256, None) => Some(SigningKey::generate().ok_or(KeysError::KeyPair)?),
        };
        Ok(self)
    }

    /// The same keys, and the standby key in `path` if there is one.
    pub(crate) fn with_standby_key(mut self, path: Option<&Path>) -> Result<Self, KeysError> {
        self.standby_key = path
            .map(|path| {
                let text = std::fs::read_to_string(path).ok();
                text.as_deref()
                    .and_then(StandbyKey::parse)
                    .ok_or(KeysError::Standby(path.display().to_string()))
            })
            .transpose()?;
        Ok(self)
    }

    /// The public halves of the key pairs, for anyone to check tokens with.
    pub(crate) fn public_jwks(&self) -> Vec<Value> {
        let signing = self.signing_key.iter().map(SigningKey::public_jwk);
        signing.chain(self.standby_key.iter().map(StandbyKey::public_jwk)).collect()
    }

    /// The keys kept in `dir`, or new ones; what is new is then kept there.
    pub fn load_or_generate(
        dir: &Path,
        jwt_secret: Option<String>,
        signing: Signing,
    ) -> Result<Self, KeysError> {
        let path = dir.join("keys.json");
        let kept = match std::fs::read_to_string(&path) {
            Ok(text) => Some(
                serde_json::from_str::<Self>(&text).map_err(|error| KeysError::File(error.to_string()))?,
            ),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(KeysError::File(error.to_string())),
        };
        let keys = match kept {
            Some(keys) if jwt_secret.as_ref().is_none_or(|secret| *secret == keys.jwt_secret) => keys,
            _ => Self::generate(jwt_secret)?,
        }
        .signing_with(signing)?;
        let text = serde_json::to_string_pretty(&keys).map_err(|error| KeysError::File(error.to_string()))?;
        write_private(&path, &text).map_err(|error| KeysError::File(error.to_string()))?;
        Ok(keys)
    }
}

/// Writes a file that its owner alone may read.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

impl Keys {
    /// A token over `claims`, signed with the project's key.
    pub(crate) fn sign(&self, claims: &Value) -> Result<String, jsonwebtoken::errors::Error> {
        self.signing_key.as_ref().map_or_else(|| sign(claims, &self.jwt_secret), |key| key.sign(claims))
    }

    /// The claims of `token` if this project signed it; times are not checked.
    pub(crate) fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        Claims::verify(token, self)
    }
}

/// A token over `claims`, signed HS256.
pub(crate) fn sign(claims: &Value, secret: &str) -> Result<String, jsonwebtoken::errors::Error> {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret.as_bytes()))
}

/// `bytes` random bytes as URL-safe text.
pub(crate) fn random_text(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    rand::rng().fill_bytes(&mut buffer);
    URL_SAFE_NO_PAD.encode(buffer)
}

/// `bytes` random bytes as hexadecimal text.
pub(crate) fn random_hex(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    rand::rng().fill_bytes(&mut buffer);
    buffer
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
