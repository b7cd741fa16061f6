//! Listing objects: one folder, or in pages by cursor.

use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::fields::Fields;
use super::{JsonBody, Service};
use crate::storage::caller::Caller;
use crate::storage::failure::Failure;
use crate::storage::objects::{self, Entry, Listing, ObjectRow, to_milliseconds};

const COLUMNS: [&str; 5] = ["name", "id", "updated_at", "created_at", "last_accessed_at"];

pub(crate) async fn list(
    State(storage): Service,
    caller: Caller,
    Path(bucket): Path<String>,
    body: Fields,
) -> Result<JsonBody<Vec<Value>>, Failure> {
    let mut prefix = body.text("prefix")?.to_owned();
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    let levels = prefix.matches('/').count() as i32 + 1;
    let limit = body.optional_number("limit", 0)?.unwrap_or(100).min(i64::from(i32::MAX)) as i32;
    let offset = body.optional_number("offset", 0)?.unwrap_or(0).min(i64::from(i32::MAX)) as i32;
    let search = body.optional_text("search")?.unwrap_or_default();
    let (column, order) = sort(&body)?;
    let mut client = storage.client().await?;
    let transaction = caller.begin(&mut client).await?;
    let rows = transaction
        .query(
            "select * from storage.search($1, $2, $3, $4, $5, $6, $7, $8)",
            &[&prefix, &bucket, &limit, &levels, &offset, &search, &column, &order],
        )
        .await?;
    transaction.commit().await?;
    let entries = rows.iter().map(|row| {
        let time = |name: &str| row.try_get::<_, Option<Timestamp>>(name).map(|at| at.map(to_milliseconds));
        Ok(json!({
            "name": row.try_get::<_, String>("name")?,
            "id": row.try_get::<_, Option<uuid::Uuid>>("id")?,
            "updated_at": time("updated_at")?,
            "created_at": time("created_at")?,
            "last_accessed_at": time("last_accessed_at")?,
            "metadata": row.try_get::<_, Option<Value>>("metadata")?,
        }))
    });
    Ok(JsonBody(entries.collect::<Result<_, tokio_postgres::Error>>()?))
}

fn sort(body: &Fields) -> Result<(&str, &str), Failure> {
    let part = |name: &str| body.get("sortBy").and_then(|sort| sort.get(name)?.as_str());
    let column = part("column").unwrap_or("name");
    if !COLUMNS.contains(&column) {
        return Err(Failure::invalid_request(
            "body/sortBy/column must be equal to one of the allowed values",
        ));
    }
    Ok((column, part("order").unwrap_or("asc")))
}

pub(crate) async fn list_v2(
    State(storage): Service,
    caller: Caller,
    Path(bucket): Path<String>,
    body: Fields,
) -> Result<JsonBody<Value>, Failure> {
    if !matches!(sort(&body)?, ("name", "asc")) {
        return Err(Failure::unsupported("list-v2 in another order than by name, ascending"));
    }
    let with_delimiter = body.optional_flag("with_delimiter")?.unwrap_or(false);
    let prefix = body.optional_text("prefix")?.unwrap_or_default().to_owned();
    let after = match body.optional_text("cursor")? {
        Some(cursor) => decode_cursor(cursor)?,
        None => body.optional_text("start_after")?.unwrap_or_default().to_owned(),
    };
    let listing = Listing {
        delimiter: if with_delimiter { "/".into() } else { String::new() },
        prefix,
        after,
        limit: body.optional_number("limit", 1)?.unwrap_or(1000).min(1000),
    };
    let mut client = storage.client().await?;
    let transaction = caller.begin(&mut client).await?;
    let (entries, more) = objects::list(&transaction, &bucket, &listing).await?;
    transaction.commit().await?;
    let mut page = json!({"hasNext": more, "folders": [], "objects": []});
    if let Some(last) = entries.last().filter(|_| more) {
        page["nextCursor"] = json!(encode_cursor(last.key()));
        page["nextCursorKey"] = json!(last.key());
    }
    let (folders, files): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|entry| matches!(entry, Entry::Folder(_)));
    page["folders"] = folders.into_iter().map(|entry| show(entry, with_delimiter)).collect();
    page["objects"] = files.into_iter().map(|entry| show(entry, with_delimiter)).collect();
    Ok(JsonBody(page))
}

/// An entry; `key` is its last part, where folders are folded.
fn show(entry: &Entry, with_key: bool) -> Value {
    let mut value = match entry {
        Entry::Folder(name) => json!({
            "name": name, "id": null, "updated_at": null, "created_at": null, "last_accessed_at": null, "metadata": null,
        }),
        Entry::Object(object) => show_object(object),
    };
    if with_key {
        let name = entry.key().trim_end_matches('/');
        value["key"] = json!(name.rsplit('/').next().unwrap_or(name));
    }
    value
}

fn show_object(object: &ObjectRow) -> Value {
    json!({
        "name": object.name,
        "id": object.id,
        "updated_at": to_milliseconds(object.updated_at),
        "created_at": to_milliseconds(object.created_at),
        "last_accessed_at": to_milliseconds(object.last_accessed_at),
        "metadata": object.metadata,
    })
}

/// A cursor: the last entry of the page before it.
pub(crate) fn encode_cursor(key: &str) -> String {
    STANDARD.encode(format!("l:{key}"))
}

pub(crate) fn decode_cursor(cursor: &str) -> Result<String, Failure> {
    let text = STANDARD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.and_then(|text| text.strip_prefix("l:").map(str::to_owned))
        .ok_or_else(|| Failure::invalid_request("The cursor is not one of this service"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back() {
        assert_eq!(decode_cursor(&encode_cursor("a/ü b")).unwrap(), "a/ü b");
    }

    #[test]
    fn another_text_is_no_cursor() {
        for text in ["", "x", "eA==", "/w=="] {
            assert!(decode_cursor(text).is_err(), "{text}");
        }
    }
}
