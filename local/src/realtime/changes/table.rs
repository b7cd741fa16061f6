//! Published tables with what the log does not tell: how types are called, and generated columns.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use deadpool_postgres::Object;

use super::error::DeliveryError;
use crate::realtime::replication::{Cell, Relation, Row};

const COLUMNS: &str = include_str!("columns.sql");

/// A table, as it was when the log described it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) relation: Arc<Relation>,
    pub(super) columns: Vec<TableColumn>,
}

/// A column of a table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TableColumn {
    pub(super) name: String,
    /// The name in SQL, as PostgreSQL quotes it.
    pub(super) quoted_name: String,
    /// The type's name, as clients get it.
    pub(super) type_name: String,
    /// The type in SQL.
    pub(super) type_spelling: String,
    /// Part of the replica identity.
    pub(super) is_key: bool,
    pub(super) source: Source,
}

/// Where a column's values are from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The log; the place in its rows.
    Log(usize),
    /// An expression over the other columns.
    Expression(String),
}

impl Table {
    /// The text of a column in a row of the log; `None` for null and for what the log leaves out.
    pub(super) fn text<'a>(column: &TableColumn, row: &'a Row) -> Option<&'a str> {
        match column.source {
            Source::Log(index) => row.get(index).and_then(Cell::text),
            Source::Expression(_) => None,
        }
    }

    pub(super) fn column(&self, name: &str) -> Option<&TableColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    async fn ask(relation: &Arc<Relation>, client: &Object) -> Result<Self, DeliveryError> {
        let (names, types): (Vec<&str>, Vec<u32>) =
            relation.columns.iter().map(|column| (column.name.as_str(), column.type_oid)).unzip();
        let rows = client.query(COLUMNS, &[&relation.oid, &names, &types]).await?;
        let columns = rows
            .iter()
            .map(|row| {
                let name: String = row.try_get(0)?;
                let expression: Option<String> = row.try_get(4)?;
                let index = relation.columns.iter().position(|column| column.name == name);
                let (source, is_key) = match (expression, index) {
                    (Some(expression), _) => {
                        // In the identity only where that is the whole row.
                        (Source::Expression(expression), relation.columns.iter().all(|column| column.is_key))
                    }
                    (None, Some(index)) => (Source::Log(index), relation.columns[index].is_key),
                    (None, None) => return Err(DeliveryError::ColumnGone),
                };
                Ok(TableColumn {
                    name,
                    quoted_name: row.try_get(1)?,
                    type_name: row.try_get(2)?,
                    type_spelling: row.try_get(3)?,
                    is_key,
                    source,
                })
            })
            .collect::<Result<_, DeliveryError>>()?;
        Ok(Self { relation: relation.clone(), columns })
    }
}

/// The tables seen so far.
#[derive(Debug, Default)]
pub(super) struct Tables(Mutex<HashMap<u32, Arc<Table>>>);

impl Tables {
    /// The table of a change.
    pub(super) async fn of(
        &self,
        relation: &Arc<Relation>,
        client: &Object,
    ) -> Result<Arc<Table>, DeliveryError> {
        if let Some(table) = self.known(relation) {
            return Ok(table);
        }
        let table = Arc::new(Table::ask(relation, client).await?);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(relation.oid, table.clone());
        Ok(table)
    }

    fn known(&self, relation: &Arc<Relation>) -> Option<Arc<Table>> {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The log describes a table anew whenever it has changed: the description is then another one.
        tables.get(&relation.oid).filter(|table| Arc::ptr_eq(&table.relation, relation)).cloned()
    }
}
