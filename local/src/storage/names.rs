//! Which names a bucket and an object may have.

use super::failure::Failure;

/// The longest name, in bytes, as S3 has it.
const MAX_KEY: usize = 1024;

/// Refuses an object's name that S3-compatible stores do not take.
pub(crate) fn check_key(key: &str) -> Result<(), Failure> {
    let fits = !key.is_empty() && key.len() <= MAX_KEY && key.chars().all(|c| c == '/' || is_safe(c));
    if fits { Ok(()) } else { Err(Failure::invalid_key(key)) }
}

/// Refuses a bucket's name that could not be part of a path.
pub(crate) fn check_bucket(name: &str) -> Result<(), Failure> {
    let fits = !name.is_empty() && name.trim() == name && name.len() <= 100 && name.chars().all(is_safe);
    if fits { Ok(()) } else { Err(Failure::invalid_bucket_name()) }
}

fn is_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_!-.*'() &$@=;:+,?".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_blanks_and_punctuation_are_allowed_in_a_key() {
        assert!(check_key("user/docs/a b+(1).pdf").is_ok());
    }

    #[test]
    fn control_characters_brackets_and_umlauts_are_not() {
        for key in ["", "a\0b", "[x]", "x~", "cä.txt", "back\\slash"] {
            assert!(check_key(key).is_err(), "{key:?}");
        }
        assert!(check_key(&"x".repeat(1025)).is_err());
    }

    #[test]
    fn a_bucket_has_no_slash_and_no_blank_at_its_ends() {
        assert!(check_bucket("my bucket").is_ok());
        for name in ["", "a/b", " a", "a "] {
            assert!(check_bucket(name).is_err(), "{name:?}");
        }
    }
}
