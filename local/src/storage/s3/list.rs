//! `ListObjects` and `ListObjectsV2`.

use axum::http::StatusCode;
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Call;
use super::xml::Document;
use crate::storage::failure::Failure;
use crate::storage::objects::{self, Entry, Listing, to_milliseconds};
use crate::storage::rest::list::{decode_cursor, encode_cursor};
use crate::storage::service::Storage;

/// Most entries of a page.
const PAGE: i64 = 1000;

pub(crate) async fn list(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    storage.bucket(&call.bucket).await?;
    let text = |name: &str| call.parameter(name).unwrap_or_default().to_owned();
    let is_v2 = call.parameter("list-type") == Some("2");
    let token = call.parameter("continuation-token").filter(|token| is_v2 && !token.is_empty());
    let after = match token {
        Some(token) => decode_cursor(token)?,
        None if is_v2 => text("start-after"),
        None => text("marker"),
    };
    let listing = Listing {
        prefix: text("prefix"),
        delimiter: text("delimiter"),
        after,
        limit: call.number("max-keys", PAGE)?,
    };
    let mut client = storage.client().await?;
    let transaction = call.caller.begin(&mut client).await?;
    let (entries, more) = objects::list(&transaction, &call.bucket, &listing).await?;
    transaction.commit().await?;
    let page =
        Page { call, listing: &listing, entries: &entries, more: more && listing.limit > 0, token, is_v2 };
    Ok(page.document().into_response(StatusCode::OK))
}

struct Page<'a> {
    call: &'a Call,
    listing: &'a Listing,
    entries: &'a [Entry],
    more: bool,
    token: Option<&'a str>,
    is_v2: bool,
}

impl Page<'_> {
    fn document(&self) -> Document {
        let url_encoded = self.call.parameter("encoding-type") == Some("url");
        let name = |key: &str| {
            if url_encoded { utf8_percent_encode(key, NON_ALPHANUMERIC).to_string() } else { key.to_owned() }
        };
        let mut document = Document::new("ListBucketResult");
        document.leaf("Name", &self.call.bucket).leaf("Prefix", &name(&self.listing.prefix));
        if let Some(token) = self.token {
            document.leaf("ContinuationToken", token);
        }
        for entry in self.entries {
            contents(&mut document, entry, &name);
        }
        document.leaf("IsTruncated", if self.more { "true" } else { "false" });
        document.leaf("MaxKeys", &self.listing.limit.to_string());
        if !self.listing.delimiter.is_empty() {
            document.leaf("Delimiter", &name(&self.listing.delimiter));
        }
        if url_encoded {
            document.leaf("EncodingType", "url");
        }
        let last = self.entries.last().filter(|_| self.more);
        if self.is_v2 {
            document.leaf("KeyCount", &self.entries.len().to_string());
            if let Some(last) = last {
                document.leaf("NextContinuationToken", &encode_cursor(last.key()));
            }
        } else if let Some(last) = last {
            document.leaf("NextMarker", &name(last.key()));
        }
        for entry in self.entries {
            if let Entry::Folder(prefix) = entry {
                document.element("CommonPrefixes", |element| {
                    element.leaf("Prefix", &name(prefix));
                });
            }
        }
        document
    }
}

fn contents(document: &mut Document, entry: &Entry, name: &impl Fn(&str) -> String) {
    let Entry::Object(object) = entry else { return };
    document.element("Contents", |element| {
        element
            .leaf("Key", &name(&object.name))
            .leaf("LastModified", &to_milliseconds(object.last_modified()))
            .leaf("ETag", object.etag())
            .leaf("Size", &object.size().to_string())
            .leaf("StorageClass", "STANDARD");
    });
}
