//! Rows of storage.buckets, and the limits a bucket sets.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio_postgres::Row;

use super::failure::Failure;
use super::objects::to_milliseconds;

/// A bucket.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) owner_id: Option<String>,
    pub(crate) public: bool,
    /// In bytes.
    pub(crate) file_size_limit: Option<i64>,
    pub(crate) allowed_mime_types: Option<Vec<String>>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Bucket {
    pub(crate) fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            owner_id: row.try_get("owner_id")?,
            public: row.try_get::<_, Option<bool>>("public")?.unwrap_or(false),
            file_size_limit: row.try_get("file_size_limit")?,
            allowed_mime_types: row.try_get("allowed_mime_types")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        })
    }

    /// The bucket as the REST protocol shows it.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "owner": self.owner_id.clone().unwrap_or_default(),
            "public": self.public,
            "file_size_limit": self.file_size_limit,
            "allowed_mime_types": self.allowed_mime_types,
            "created_at": to_milliseconds(self.created_at),
            "updated_at": to_milliseconds(self.updated_at),
        })
    }

    /// The largest object in bytes: the bucket's limit, or the project's where that is lower.
    pub(crate) fn size_limit(&self, project: u64) -> u64 {
        self.file_size_limit
            .and_then(|limit| u64::try_from(limit).ok())
            .map_or(project, |own| own.min(project))
    }

    /// Refuses a content type that the bucket does not take.
    pub(crate) fn check_mime(&self, mime: &str) -> Result<(), Failure> {
        let Some(allowed) = self.allowed_mime_types.as_deref().filter(|list| !list.is_empty()) else {
            return Ok(());
        };
        if allowed.iter().any(|pattern| matches(pattern, mime)) {
            Ok(())
        } else {
            Err(Failure::mime_type(mime))
        }
    }
}

/// Whether `mime`, whatever its parameters, is of `pattern`: `image/png`, `image/*` or `*/*`.
fn matches(pattern: &str, mime: &str) -> bool {
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (pattern, mime) = (essence(pattern), essence(mime));
    let (Some((kind, subtype)), Some((given_kind, given_subtype))) =
        (pattern.split_once('/'), mime.split_once('/'))
    else {
        return false;
    };
    (kind == "*" || kind == given_kind) && (subtype == "*" || subtype == given_subtype)
}

/// The bucket, where `client`'s role may see it.
pub(crate) async fn find(client: &impl GenericClient, id: &str) -> Result<Option<Bucket>, Failure> {
    let row = client.query_opt(include_str!("sql/find_bucket.sql"), &[&id]).await?;
    Ok(row.as_ref().map(Bucket::from_row).transpose()?)
}

/// Bytes in a number or in a text such as `50MB`: decimal units, as the real service counts them, or binary with an `i`.
pub(crate) fn parse_size(value: &Value) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return (number >= 0).then_some(number);
    }
    let text = value.as_str()?.trim();
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let factor: i64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(limit: Option<i64>, mimes: Option<&[&str]>) -> Bucket {
        Bucket {
            id: "b".into(),
            name: "b".into(),
            owner_id: None,
            public: false,
            file_size_limit: limit,
            allowed_mime_types: mimes.map(|list| list.iter().map(|&mime| mime.to_owned()).collect()),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_lower_limit_counts() {
        assert_eq!(bucket(Some(10), None).size_limit(100), 10);
        assert_eq!(bucket(Some(1000), None).size_limit(100), 100);
        assert_eq!(bucket(None, None).size_limit(100), 100);
    }

    #[test]
    fn types_are_compared_without_parameters_and_with_wildcards() {
        let bucket = bucket(None, Some(&["application/pdf", "image/*"]));
        assert!(bucket.check_mime("image/png").is_ok());
        assert!(bucket.check_mime("Application/PDF; version=1").is_ok());
        assert_eq!(bucket.check_mime("text/plain;x=1"), Err(Failure::mime_type("text/plain;x=1")));
        assert!(bucket.check_mime("garbage").is_err());
    }

    #[test]
    fn no_list_and_an_empty_list_take_everything() {
        assert!(bucket(None, None).check_mime("a/b").is_ok());
        assert!(bucket(None, Some(&[])).check_mime("a/b").is_ok());
    }

    #[test]
    fn sizes_are_numbers_or_have_a_unit() {
        assert_eq!(parse_size(&json!(2048)), Some(2048));
        assert_eq!(parse_size(&json!("1MB")), Some(1_000_000));
        assert_eq!(parse_size(&json!("1 MiB")), Some(1 << 20));
        for bad in [json!(-1), json!("x"), json!("9999999999TB"), json!(""), json!([])] {
            assert_eq!(parse_size(&bad), None, "{bad}");
        }
    }
}
