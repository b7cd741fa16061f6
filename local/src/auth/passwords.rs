//! Passwords: their rules, and bcrypt.

use super::error::{Answer, AuthError};

/// The hosted default.
const MINIMUM_CHARACTERS: usize = 6;
/// bcrypt reads no further.
const MAXIMUM_BYTES: usize = 72;
/// bcrypt's least, for speed: a development tool keeps no secrets worth more.
const COST: u32 = 4;

/// Refuses passwords that are too short or that bcrypt would cut.
pub(super) fn check(password: &str) -> Answer<()> {
    if password.len() > MAXIMUM_BYTES {
        return Err(AuthError::validation(format!(
            "Password cannot be longer than {MAXIMUM_BYTES} characters"
        )));
    }
    if password.chars().count() < MINIMUM_CHARACTERS {
        return Err(AuthError::weak_password(MINIMUM_CHARACTERS));
    }
    Ok(())
}

/// The bcrypt hash to keep.
pub(super) async fn hash(password: String) -> Answer<String> {
    tokio::task::spawn_blocking(move || bcrypt::hash(password, COST).ok())
        .await
        .ok()
        .flatten()
        .ok_or_else(|| AuthError::validation("Password cannot be used"))
}

/// True if `password` is the one behind `hash`.
pub(super) async fn matches(password: String, hash: String) -> bool {
    tokio::task::spawn_blocking(move || bcrypt::verify(password, &hash).unwrap_or(false))
        .await
        .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hash = hash("correct horse".to_owned()).await.unwrap();
        assert!(matches("correct horse".to_owned(), hash.clone()).await);
        assert!(!matches("wrong horse".to_owned(), hash).await);
        assert!(!matches("anything".to_owned(), "not a hash".to_owned()).await);
    }

    #[test]
    fn short_and_overlong_passwords_are_refused() {
        assert!(check("12345").is_err());
        assert!(check("123456").is_ok());
        assert!(check(&"x".repeat(72)).is_ok());
        assert!(check(&"x".repeat(73)).is_err());
    }
}
