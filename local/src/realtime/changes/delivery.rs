//! One change on its way to its subscribers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use deadpool_postgres::Object;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::audience::{Audience, Passed, Sight, Subject};
use super::binding::Action;
use super::error::DeliveryError;
use super::record::{JsonCell, render};
use super::subscriber::Subscriber;
use super::table::{Table, TableColumn, Tables};
use crate::realtime::frame::Frame;
use crate::realtime::replication::{Cell, Operation, Row, RowChange};

/// Rows above this size, in bytes, are sent without their longer values.
const MAX_RECORD_BYTES: usize = 1 << 20;
/// Longest value, in bytes of JSON, in such a row.
const MAX_SHORT_BYTES: usize = 64;
/// 2000-01-01, from where the log counts, in microseconds since 1970.
const LOG_EPOCH: i64 = 946_684_800_000_000;

/// A change with its values as JSON.
struct Rendered<'a> {
    table: &'a Table,
    action: Action,
    committed_at: String,
    new: Option<Vec<JsonCell>>,
    old: Option<Vec<JsonCell>>,
    is_too_large: bool,
}

/// A change as clients get it.
#[derive(Serialize)]
struct Data<'a> {
    schema: &'a str,
    table: &'a str,
    r#type: &'static str,
    commit_timestamp: Option<&'a str>,
    columns: Vec<ColumnInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Record<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_record: Option<Record<'a>>,
    errors: Option<[&'static str; 1]>,
}

#[derive(Serialize)]
struct ColumnInfo<'a> {
    name: &'a str,
    r#type: &'a str,
}

type Record<'a> = BTreeMap<&'a str, &'a RawValue>;

/// A change with the ids of the bindings it matches.
#[derive(Serialize)]
struct Payload<'a> {
    data: &'a RawValue,
    ids: Vec<u64>,
}

/// Sends a change to those of the subscribers that may see it.
pub(super) async fn deliver(
    client: &Object,
    tables: &Tables,
    subscribers: &[Arc<Subscriber>],
    change: &RowChange,
    committed_at: i64,
) -> Result<(), DeliveryError> {
    let table = tables.of(&change.relation, client).await?;
    let (new, old) = rows(change);
    let Some(row) = new.as_ref().or(old.as_ref()) else { return Ok(()) };
    let action = Action::of(&change.operation);
    let subject = Subject { table: &table, action, row };
    // Sent to PostgreSQL in one go; it answers in one go.
    let (audience, passed, new_json, old_json) = tokio::try_join!(
        Audience::ask(subject, subscribers, client),
        Passed::ask(subject, subscribers, client),
        render_if_any(new.as_ref(), &table, client),
        render_if_any(old.as_ref(), &table, client),
    )?;
    let rendered = Rendered {
        table: &table,
        action,
        committed_at: timestamp(committed_at),
        new: new_json,
        old: old_json,
        is_too_large: size(new.as_ref()) + size(old.as_ref()) > MAX_RECORD_BYTES,
    };
    send(&rendered, subscribers, change, &audience, &passed);
    Ok(())
}

async fn render_if_any(
    row: Option<&Row>,
    table: &Table,
    client: &Object,
) -> Result<Option<Vec<JsonCell>>, DeliveryError> {
    match row {
        Some(row) => render(row, table, client).await.map(Some),
        None => Ok(None),
    }
}

fn send<'a>(
    rendered: &Rendered<'_>,
    subscribers: &'a [Arc<Subscriber>],
    change: &RowChange,
    audience: &Audience<'a>,
    passed: &Passed,
) {
    let mut encoded: HashMap<*const Sight, Option<Box<RawValue>>> = HashMap::new();
    for subscriber in subscribers {
        let sight = audience.sight(&subscriber.caller);
        // An error tells of the table only, so filters do not matter.
        let ignores_filters = matches!(sight, Sight::Error(_));
        let ids: Vec<u64> = subscriber
            .targets
            .iter()
            .filter(|target| target.concerns(change) && (ignores_filters || passed.all(target)))
            .map(|target| target.id)
            .collect();
        if ids.is_empty() {
            continue;
        }
        let data = encoded.entry(sight).or_insert_with(|| rendered.data(sight));
        let Some(data) = data else { continue };
        let member = &subscriber.member;
        let frame = Frame {
            join_ref: &Value::Null,
            reference: &Value::Null,
            topic: &member.topic,
            event: "postgres_changes",
            payload: Payload { data, ids },
        };
        member.outbox.send(frame.encode(member.version));
    }
}

impl Rendered<'_> {
    /// What one caller gets.
    fn data(&self, sight: &Sight) -> Option<Box<RawValue>> {
        let data = match sight {
            Sight::Nothing => return None,
            Sight::Error(error) => Data {
                schema: &self.table.relation.schema,
                table: &self.table.relation.table,
                r#type: self.action.name(),
                commit_timestamp: None,
                columns: Vec::new(),
                record: (self.action != Action::Delete).then(Record::new),
                old_record: (self.action != Action::Insert).then(Record::new),
                errors: Some([error]),
            },
            Sight::Row { readable, is_secured, primary_key } => {
                let is_readable = |name: &str| readable.iter().any(|known| known == name);
                let hides_all_but_key = self.action == Action::Delete && *is_secured;
                let is_shown = |name: &str| !hides_all_but_key || primary_key.iter().any(|key| key == name);
                Data {
                    schema: &self.table.relation.schema,
                    table: &self.table.relation.table,
                    r#type: self.action.name(),
                    commit_timestamp: Some(&self.committed_at),
                    columns: self.columns(is_readable),
                    record: self.new.as_ref().map(|row| self.record(row, |column| is_readable(&column.name))),
                    old_record: self.old_record(|name| is_readable(name) && is_shown(name)),
                    errors: self.is_too_large.then_some(["Error 413: Payload Too Large"]),
                }
            }
        };
        to_raw_value(&data).ok()
    }

    fn columns(&self, is_readable: impl Fn(&str) -> bool) -> Vec<ColumnInfo<'_>> {
        let readable = self.table.columns.iter().filter(|column| is_readable(&column.name));
        readable.map(|column| ColumnInfo { name: &column.name, r#type: &column.type_name }).collect()
    }

    fn record<'a>(&'a self, row: &'a [JsonCell], is_shown: impl Fn(&TableColumn) -> bool) -> Record<'a> {
        let cells = self.table.columns.iter().zip(row);
        cells
            .filter(|(column, _)| is_shown(column))
            .filter_map(|(column, cell)| Some((column.name.as_str(), cell.as_deref()?)))
            .filter(|(_, json)| !self.is_too_large || is_short(json))
            .collect()
    }

    /// The identity of the row before the change. An update that left it alone does not repeat it.
    fn old_record(&self, is_shown: impl Fn(&str) -> bool) -> Option<Record<'_>> {
        if self.action == Action::Insert {
            return None;
        }
        let row = self.old.as_ref().or(self.new.as_ref())?;
        Some(self.record(row, |column| column.is_key && is_shown(&column.name)))
    }
}

fn is_short(json: &RawValue) -> bool {
    json.get() != "null" && json.get().len() <= MAX_SHORT_BYTES
}

/// The row after the change and the one before, as far as the log has them.
fn rows(change: &RowChange) -> (Option<Row>, Option<Row>) {
    match &change.operation {
        Operation::Insert { new } | Operation::Update { old: None, new } => (Some(new.clone()), None),
        Operation::Delete { old } => (None, Some(old.clone())),
        Operation::Update { old: Some(old), new } => {
            let filled = new.iter().zip(old).map(|(new, old)| match new {
                Cell::Unchanged if old.text().is_some() => old.clone(),
                _ => new.clone(),
            });
            (Some(filled.collect()), Some(old.clone()))
        }
    }
}

fn size(row: Option<&Row>) -> usize {
    row.map_or(0, |row| row.iter().filter_map(Cell::text).map(str::len).sum())
}

fn timestamp(log_time: i64) -> String {
    jiff::Timestamp::from_microsecond(log_time.saturating_add(LOG_EPOCH))
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commit_times_have_milliseconds() {
        assert_eq!(timestamp(0), "2000-01-01T00:00:00.000Z");
        assert_eq!(timestamp(1_234_567), "2000-01-01T00:00:01.234Z");
    }
}
