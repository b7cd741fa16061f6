//! What Realtime asks of a token, in its own words.

use crate::claims::{Claims, TokenError, Verifier};

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenRefusal {
    Malformed,
    Signature,
    Expired { seconds: i64 },
    MissingClaims,
}

impl TokenRefusal {
    /// The name a failing join puts in front.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Malformed => "MalformedJWT",
            Self::Signature => "JwtSignatureError",
            Self::Expired { .. } | Self::MissingClaims => "InvalidJWTToken",
        }
    }

    pub(super) fn message(self) -> String {
        match self {
            Self::Malformed => "The token provided is not a valid JWT".to_owned(),
            Self::Signature => "Failed to validate JWT signature".to_owned(),
            Self::Expired { seconds } => format!("Token has expired {seconds} seconds ago"),
            Self::MissingClaims => "Fields `role` and `exp` are required in JWT".to_owned(),
        }
    }
}

/// The caller behind a checked token.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Caller {
    pub(super) role: String,
    /// The claims as JSON text.
    pub(super) claims: String,
    /// Seconds since 1970.
    pub(super) expires_at: i64,
}

impl Caller {
    /// Checks signature, expiry and the claims a channel needs.
    pub(super) fn verify<'a>(token: &str, verifier: impl Into<Verifier<'a>>) -> Result<Self, TokenRefusal> {
        let claims = Claims::verify(token, verifier).map_err(|error| match error {
            TokenError::Malformed { .. } => TokenRefusal::Malformed,
            TokenError::Algorithm | TokenError::Signature => TokenRefusal::Signature,
        })?;
        let (Some(role), Some(expires_at)) = (claims.role(), claims.expires_at()) else {
            return Err(TokenRefusal::MissingClaims);
        };
        let caller = Self { role: role.to_owned(), claims: claims.to_json(), expires_at };
        if claims.is_expired(0) { Err(caller.expiry()) } else { Ok(caller) }
    }

    /// The refusal once the token's time is over.
    pub(super) fn expiry(&self) -> TokenRefusal {
        TokenRefusal::Expired { seconds: (now() - self.expires_at).max(0) }
    }

    /// How long the token still holds.
    pub(super) fn time_left(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.expires_at.saturating_sub(now()).try_into().unwrap_or(0))
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::keys::sign;

    const SECRET: &str = "a secret of at least thirty-two characters";

    #[test]
    fn a_token_needs_role_and_expiry() {
        let token = sign(&json!({"exp": now() + 60}), SECRET).unwrap();
        assert_eq!(Caller::verify(&token, SECRET), Err(TokenRefusal::MissingClaims));
        let token = sign(&json!({"role": "anon"}), SECRET).unwrap();
        assert_eq!(Caller::verify(&token, SECRET), Err(TokenRefusal::MissingClaims));
    }

    #[test]
    fn an_expired_token_says_for_how_long() {
        let token = sign(&json!({"role": "anon", "exp": now() - 60}), SECRET).unwrap();
        let Err(TokenRefusal::Expired { seconds }) = Caller::verify(&token, SECRET) else {
            panic!("an expired token passed");
        };
        assert!((60..65).contains(&seconds));
    }
}
