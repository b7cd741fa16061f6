//! Rows of `realtime.messages` on their way to the topics they name.

use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use super::broadcast::Broadcast;
use super::frame::UserPayload;
use super::hub::TopicKey;
use super::replication::{Cell, Operation, RowChange};

/// The broadcast a change of the table stands for, and where it goes.
pub(super) fn message(change: &RowChange) -> Option<(TopicKey, Broadcast)> {
    let Operation::Insert { new } = &change.operation else { return None };
    let value = |name: &str| {
        let index = change.relation.columns.iter().position(|column| column.name == name)?;
        new.get(index).and_then(Cell::text)
    };
    if value("extension") != Some("broadcast") {
        return None;
    }
    let key = TopicKey { name: value("topic")?.to_owned(), private: value("private") == Some("t") };
    let payload = RawValue::from_string(value("payload")?.to_owned()).ok()?;
    let metadata = to_raw_value(&json!({"id": value("id")?})).ok()?;
    let event = value("event")?.to_owned();
    Some((key, Broadcast::User { event, metadata: Some(metadata), payload: UserPayload::Json(payload) }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::realtime::replication::{Column, Relation};

    fn inserted(extension: &str, private: &str) -> RowChange {
        let row = [
            ("topic", "document:1"),
            ("extension", extension),
            ("payload", r#"{"k": 1}"#),
            ("event", "progress"),
            ("private", private),
            ("id", "an id"),
        ];
        let columns = row.map(|(name, _)| Column { name: name.to_owned(), type_oid: 25, is_key: false });
        let relation = Relation {
            oid: 1,
            schema: "realtime".to_owned(),
            table: "messages_2026_11_23".to_owned(),
            columns: columns.into(),
        };
        let new = row.map(|(_, value)| Cell::Text(value.to_owned())).into();
        RowChange { relation: Arc::new(relation), operation: Operation::Insert { new } }
    }

    #[test]
    fn a_private_message_goes_to_the_private_topic() {
        let (key, broadcast) = message(&inserted("broadcast", "t")).unwrap();
        assert_eq!(key, TopicKey { name: "document:1".to_owned(), private: true });
        let Broadcast::User { event, metadata: Some(metadata), payload: UserPayload::Json(payload) } =
            broadcast
        else {
            panic!("not a broadcast of the database");
        };
        assert_eq!((event.as_str(), payload.get()), ("progress", r#"{"k": 1}"#));
        assert_eq!(metadata.get(), r#"{"id":"an id"}"#);
        assert!(!message(&inserted("broadcast", "f")).unwrap().0.private);
    }

    #[test]
    fn rows_of_other_extensions_are_no_broadcasts() {
        assert!(message(&inserted("presence", "t")).is_none());
    }
}
