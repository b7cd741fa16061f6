//! E-mail addresses.

use super::error::{Answer, AuthError};

/// The longest address that fits the column.
const MAXIMUM: usize = 255;

/// The address in lower case, if it has the form HTML gives `<input type=email>`.
pub(super) fn normalise(address: &str) -> Answer<String> {
    if address.is_empty() {
        return Err(AuthError::validation("An email address is required"));
    }
    if address.len() > MAXIMUM {
        return Err(AuthError::validation("An email address is too long"));
    }
    let valid =
        address.rsplit_once('@').is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain));
    if valid {
        Ok(address.to_ascii_lowercase())
    } else {
        Err(AuthError::validation("Unable to validate email address: invalid format"))
    }
}

fn is_local_part(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte))
}

fn is_domain(text: &str) -> bool {
    text.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_lowered() {
        assert_eq!(normalise("Ada+Pdf@Example.COM").unwrap(), "ada+pdf@example.com");
        assert!(normalise("ada@localhost").is_ok());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "x".repeat(250));
        for text in [
            "",
            "nonsense",
            "@example.com",
            "ada@",
            "a b@example.com",
            "ada@-x.com",
            "ada@x..com",
            "a@b@c d",
            &long,
        ] {
            assert!(normalise(text).is_err(), "{text}");
        }
    }
}
