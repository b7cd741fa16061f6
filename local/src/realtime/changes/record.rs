//! Rows as JSON. PostgreSQL makes it from the texts of the log, so that values look as they do over REST.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use deadpool_postgres::Object;
use serde_json::value::RawValue;
use tokio_postgres::types::ToSql;

use super::delivery::DeliveryError;
use crate::realtime::replication::{Cell, Relation, Row};

const TYPES: &str = include_str!("types.sql");

/// A column's type: its name, and how SQL spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnType {
    pub(super) name: String,
    pub(super) spelling: String,
}

/// The types of the tables seen so far.
#[derive(Debug, Default)]
pub(super) struct Types(Mutex<HashMap<u32, Known>>);

#[derive(Debug)]
struct Known {
    relation: Arc<Relation>,
    types: Arc<[ColumnType]>,
}

impl Types {
    /// The types of a table's columns, in their order.
    pub(super) async fn of(
        &self,
        relation: &Arc<Relation>,
        client: &Object,
    ) -> Result<Arc<[ColumnType]>, DeliveryError> {
        if let Some(types) = self.known(relation) {
            return Ok(types);
        }
        let oids: Vec<u32> = relation.columns.iter().map(|column| column.type_oid).collect();
        let rows = client.query(TYPES, &[&oids]).await?;
        let types = rows
            .iter()
            .map(|row| Ok(ColumnType { name: row.try_get(0)?, spelling: row.try_get(1)? }))
            .collect::<Result<Arc<[ColumnType]>, tokio_postgres::Error>>()?;
        if types.len() != relation.columns.len() {
            return Err(DeliveryError::TypeGone);
        }
        let known = Known { relation: relation.clone(), types: types.clone() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(relation.oid, known);
        Ok(types)
    }

    fn known(&self, relation: &Relation) -> Option<Arc<[ColumnType]>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(&relation.oid).filter(|known| *known.relation == *relation)?;
        Some(known.types.clone())
    }
}

/// A value as JSON; `None` where the log does not have it.
pub(super) type JsonCell = Option<Box<RawValue>>;

/// Renders the values of a row.
pub(super) async fn render(
    row: &Row,
    types: &[ColumnType],
    client: &Object,
) -> Result<Vec<JsonCell>, DeliveryError> {
    let columns: Vec<String> = types
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let value = format!("${}::text::{}", index + 1, column.spelling);
            // The service shows bytes as bare hexadecimal digits.
            let value = if column.name == "bytea" { format!("encode({value}, 'hex')") } else { value };
            format!("to_jsonb({value})::text")
        })
        .collect();
    let statement = client.prepare_cached(&format!("select {}", columns.join(", "))).await?;
    let texts: Vec<Option<&str>> = row.iter().map(Cell::text).collect();
    let parameters: Vec<&(dyn ToSql + Sync)> = texts.iter().map(|text| text as &(dyn ToSql + Sync)).collect();
    let rendered = client.query_one(&statement, &parameters).await?;
    row.iter()
        .enumerate()
        .map(|(index, cell)| {
            if *cell == Cell::Unchanged {
                return Ok(None);
            }
            let json: Option<String> = rendered.try_get(index)?;
            let json = json.unwrap_or_else(|| "null".to_owned());
            Ok(Some(RawValue::from_string(json).map_err(|_| DeliveryError::NotJson)?))
        })
        .collect()
}
