//! What a client binds a channel to: events of a table, of a schema, or of every table.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::filter::{Filter, parse_filters};
use crate::realtime::replication::{Operation, RowChange};

/// A binding as the client gave it, and the id by which changes refer to it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::realtime) struct Binding {
    given: Map<String, Value>,
    pub(super) id: u64,
}

/// What happened to a row, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Insert,
    Update,
    Delete,
}

impl Action {
    pub(super) fn of(operation: &Operation) -> Self {
        match operation {
            Operation::Insert { .. } => Self::Insert,
            Operation::Update { .. } => Self::Update,
            Operation::Delete { .. } => Self::Delete,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

/// What a binding means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: u64,
    /// Name of an action, or `*`. Another name never matches.
    event: String,
    /// Name of a schema, or `*`.
    pub(super) schema: String,
    /// Name of a table, or `*`.
    pub(super) table: String,
    pub(super) filters: Vec<Filter>,
}

const EVERY: &str = "*";

impl Binding {
    pub(in crate::realtime) fn new(given: Map<String, Value>) -> Self {
        let id = identify(&given);
        Self { given, id }
    }

    /// The binding as the reply of a join lists it.
    pub(in crate::realtime) fn reply(&self) -> Value {
        let mut reply = self.given.clone();
        reply.insert("id".to_owned(), self.id.into());
        Value::Object(reply)
    }

    /// What it means; the error is for the client.
    pub(super) fn target(&self) -> Result<Target, String> {
        if self.given.contains_key("select") {
            return Err("local-supabase does not support `select` of postgres_changes".to_owned());
        }
        let text = |name: &str| self.given.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let (schema, table) = match (text("schema"), text("table")) {
            (Some(schema), table) => (schema, table.unwrap_or(EVERY)),
            (None, Some(table)) => ("public", table),
            (None, None) => {
                return Err(
                    "No subscription params provided. Please provide at least a `schema` or `table` \
                            to subscribe to."
                        .to_owned(),
                );
            }
        };
        let filters = text("filter").map(parse_filters).transpose().map_err(|error| error.to_string())?;
        Ok(Target {
            id: self.id,
            event: text("event").unwrap_or(EVERY).to_owned(),
            schema: schema.to_owned(),
            table: table.to_owned(),
            filters: filters.unwrap_or_default(),
        })
    }
}

impl Target {
    /// True for changes of this event and table, filters aside.
    pub(super) fn concerns(&self, change: &RowChange) -> bool {
        let is = |wanted: &str, given: &str| wanted == EVERY || wanted == given;
        is(&self.event, Action::of(&change.operation).name())
            && is(&self.schema, &change.relation.schema)
            && is(&self.table, &change.relation.table)
    }

    /// The parameters as an error shows them.
    pub(super) fn describe(&self) -> String {
        let filters: Vec<String> = self.filters.iter().map(ToString::to_string).collect();
        format!(
            "[event: {}, schema: {}, table: {}, filters: [{}], select: nil]",
            self.event,
            self.schema,
            self.table,
            filters.join(", ")
        )
    }
}

/// The same for equal bindings, whoever asks and whenever: of six to nine digits, as the service's are.
fn identify(given: &Map<String, Value>) -> u64 {
    let mut entries: Vec<(&String, &Value)> = given.iter().collect();
    entries.sort_by_key(|(name, _)| *name);
    let mut digest = Sha256::new();
    for (name, value) in entries {
        digest.update(format!("{name:?}:{value},"));
    }
    let number = digest.finalize().iter().take(4).fold(0, |number, byte| number << 8 | u64::from(*byte));
    (number >> 5) + 100_000
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn binding(given: &Value) -> Binding {
        Binding::new(given.as_object().cloned().unwrap())
    }

    #[test]
    fn equal_bindings_have_equal_ids_and_different_ones_do_not() {
        let first = binding(&json!({"event": "*", "schema": "public", "table": "a"}));
        let same = binding(&json!({"table": "a", "schema": "public", "event": "*"}));
        let other = binding(&json!({"event": "*", "schema": "public", "table": "b"}));
        assert_eq!(first.id, same.id);
        assert_ne!(first.id, other.id);
        assert!(first.id >= 100_000);
    }

    #[test]
    fn what_is_left_out_is_every_event_of_every_table_or_schema_public() {
        let target = binding(&json!({"schema": "app"})).target().unwrap();
        assert_eq!(target.describe(), "[event: *, schema: app, table: *, filters: [], select: nil]");
        let target = binding(&json!({"event": "INSERT", "table": "notes"})).target().unwrap();
        assert_eq!(
            target.describe(),
            "[event: INSERT, schema: public, table: notes, filters: [], select: nil]"
        );
        assert!(binding(&json!({"event": "*"})).target().is_err());
    }
}
