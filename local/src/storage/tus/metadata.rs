//! The `Upload-Metadata` header: pairs of a key and base64 text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest header, in bytes.
const MAX: usize = 16 * 1024;

/// The pairs, in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Metadata(Vec<(String, Option<String>)>);

impl Metadata {
    /// Reads the header; nothing when it is not well-formed.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        if header.is_empty() || header.len() > MAX {
            return None;
        }
        header.split(',').map(pair).collect::<Option<Vec<_>>>().map(Self)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key)?.1.as_deref()
    }

    /// Replaces the value of a key that is there.
    pub(crate) fn set(&mut self, key: &str, value: String) {
        if let Some(pair) = self.0.iter_mut().find(|(name, _)| name == key) {
            pair.1 = Some(value);
        }
    }

    /// The header again.
    pub(crate) fn to_header(&self) -> String {
        let pairs = self.0.iter().map(|(key, value)| match value {
            Some(value) => format!("{key} {}", STANDARD.encode(value)),
            None => key.clone(),
        });
        pairs.collect::<Vec<_>>().join(",")
    }
}

fn pair(text: &str) -> Option<(String, Option<String>)> {
    let mut parts = text.trim().split(' ').filter(|part| !part.is_empty());
    let key = parts.next()?.to_owned();
    let value = match parts.next() {
        Some(value) => Some(String::from_utf8(STANDARD.decode(value).ok()?).ok()?),
        None => None,
    };
    parts.next().is_none().then_some((key, value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_have_base64_values_or_none() {
        let metadata = Metadata::parse("bucketName YQ==,flag, objectName eC95").unwrap();
        assert_eq!(metadata.get("bucketName"), Some("a"));
        assert_eq!(metadata.get("objectName"), Some("x/y"));
        assert_eq!(metadata.get("flag"), None);
        assert_eq!(metadata.to_header(), "bucketName YQ==,flag,objectName eC95");
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for header in ["", ",", "a !", "a YQ== b", "a /w=="] {
            assert_eq!(Metadata::parse(header), None, "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(header in ".{0,200}") {
            if let Some(metadata) = Metadata::parse(&header) {
                prop_assert_eq!(Metadata::parse(&metadata.to_header()), Some(metadata));
            }
        }
    }
}
