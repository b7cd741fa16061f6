//! Rows as JSON. PostgreSQL makes it from the texts of the log, so that values look as they do over REST.

use deadpool_postgres::Object;
use serde_json::value::RawValue;
use tokio_postgres::types::ToSql;

use super::error::DeliveryError;
use super::table::{Source, Table, TableColumn};
use crate::realtime::replication::{Cell, Row};

/// A value as JSON; `None` where the log does not have it.
pub(super) type JsonCell = Option<Box<RawValue>>;

/// Renders the values of a row, in the order of the table's columns.
pub(super) async fn render(
    row: &Row,
    table: &Table,
    client: &Object,
) -> Result<Vec<JsonCell>, DeliveryError> {
    let statement = client.prepare_cached(&statement(table)).await?;
    let texts: Vec<Option<&str>> = row.iter().map(Cell::text).collect();
    let parameters: Vec<&(dyn ToSql + Sync)> = texts.iter().map(|text| text as &(dyn ToSql + Sync)).collect();
    let rendered = client.query_one(&statement, &parameters).await?;
    let is_complete = !row.contains(&Cell::Unchanged);
    table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let is_known = match column.source {
                Source::Log(place) => row.get(place) != Some(&Cell::Unchanged),
                Source::Expression(_) => is_complete,
            };
            if !is_known {
                return Ok(None);
            }
            let json: Option<String> = rendered.try_get(index)?;
            let json = json.unwrap_or_else(|| "null".to_owned());
            Ok(Some(RawValue::from_string(json).map_err(|_| DeliveryError::NotJson)?))
        })
        .collect()
}

/// A query that takes the texts of the log and gives each column's JSON.
fn statement(table: &Table) -> String {
    let logged: Vec<String> = table
        .columns
        .iter()
        .filter_map(|column| match column.source {
            Source::Log(place) => {
                Some(format!("${}::text::{} as {}", place + 1, column.type_spelling, column.quoted_name))
            }
            Source::Expression(_) => None,
        })
        .collect();
    let rendered: Vec<String> = table.columns.iter().map(json_of).collect();
    format!("select {} from (select {}) as logged", rendered.join(", "), logged.join(", "))
}

fn json_of(column: &TableColumn) -> String {
    let value = match &column.source {
        Source::Log(_) => column.quoted_name.clone(),
        Source::Expression(expression) => format!("({expression})"),
    };
    // The service shows bytes as bare hexadecimal digits.
    if column.type_name == "bytea" {
        format!("to_jsonb(encode({value}, 'hex'))::text")
    } else {
        format!("to_jsonb({value})::text")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::realtime::replication::Relation;

    fn column(name: &str, type_name: &str, source: Source) -> TableColumn {
        TableColumn {
            name: name.to_owned(),
            quoted_name: format!("\"{name}\""),
            type_name: type_name.to_owned(),
            type_spelling: type_name.to_owned(),
            is_key: false,
            source,
        }
    }

    #[test]
    fn names_are_quoted_and_generated_columns_are_made_of_the_others() {
        let relation = Relation { oid: 1, schema: String::new(), table: String::new(), columns: Vec::new() };
        let table = Table {
            relation: Arc::new(relation),
            columns: vec![
                column("A b", "int4", Source::Log(0)),
                column("upper", "text", Source::Expression("upper(c)".to_owned())),
                column("c", "bytea", Source::Log(1)),
            ],
        };
        assert_eq!(
            statement(&table),
            "select to_jsonb(\"A b\")::text, to_jsonb((upper(c)))::text, to_jsonb(encode(\"c\", 'hex'))::text \
             from (select $1::text::int4 as \"A b\", $2::text::bytea as \"c\") as logged"
        );
    }
}
