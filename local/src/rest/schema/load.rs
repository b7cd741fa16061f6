//! Reads the catalogs.

use tokio_postgres::{Client, Error, Row};

use super::{Argument, CatalogSql, Column, ForeignKey, Function, Name, Returns, Schema, Table, Writable};

/// Most rows of an answer on a hosted project, unless it sets another limit.
const DEFAULT_MAX_ROWS: u64 = 1000;

/// Reads everything through `client`. `default_schemas` are exposed where the database does not say which are.
pub(crate) async fn load(client: &Client, default_schemas: &[String]) -> Result<Schema, Error> {
    let settings = client.query_one(include_str!("settings.sql"), &[]).await?;
    let configured = Configured(settings.try_get::<_, Option<_>>("configured")?.unwrap_or_default());
    let exposed = exposed(&configured, &settings.try_get::<_, Vec<String>>("schemas")?, default_schemas);
    let max_rows =
        configured.get("pgrst.db_max_rows").map_or(Some(DEFAULT_MAX_ROWS), |text| text.parse().ok());
    let mut schema = Schema { exposed, max_rows, ..Schema::default() };
    let exposed = &schema.exposed;
    for row in client.query(include_str!("tables.sql"), &[exposed]).await? {
        schema.tables.insert(name(&row, "schema", "name")?, table(&row)?);
    }
    for row in client.query(include_str!("foreign_keys.sql"), &[exposed]).await? {
        schema.foreign_keys.push(foreign_key(&row)?);
    }
    for row in client.query(include_str!("functions.sql"), &[exposed]).await? {
        schema.functions.entry(name(&row, "schema", "name")?).or_default().push(function(&row)?);
    }
    for row in client.query(include_str!("role_settings.sql"), &[]).await? {
        let setting = (row.try_get("name")?, row.try_get("value")?);
        schema.role_settings.entry(row.try_get("role")?).or_default().push(setting);
    }
    Ok(schema)
}

/// Settings of role `authenticator`, `name=value` each.
struct Configured(Vec<String>);

impl Configured {
    fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find_map(|text| text.strip_prefix(name)?.strip_prefix('='));
        value.filter(|value| !value.is_empty())
    }
}

fn exposed(configured: &Configured, existing: &[String], default_schemas: &[String]) -> Vec<String> {
    let wanted = configured.get("pgrst.db_schemas").map_or_else(
        || default_schemas.to_vec(),
        |list| list.split(',').map(|name| name.trim().trim_matches('"').to_owned()).collect(),
    );
    wanted.into_iter().filter(|name| existing.contains(name)).collect()
}

fn name(row: &Row, schema: &str, name: &str) -> Result<Name, Error> {
    Ok(Name { schema: row.try_get(schema)?, name: row.try_get(name)? })
}

fn table(row: &Row) -> Result<Table, Error> {
    let names: Vec<String> = row.try_get("column_names")?;
    let types: Vec<String> = row.try_get("column_types")?;
    let base_types: Vec<String> = row.try_get("column_base_types")?;
    let defaults: Vec<Option<String>> = row.try_get("column_defaults")?;
    let required: Vec<bool> = row.try_get("column_required")?;
    let columns = names.into_iter().zip(types).zip(base_types).zip(defaults).zip(required);
    let columns = columns.map(|((((name, sql_type), base_type), default), required)| Column {
        name,
        sql_type: CatalogSql(sql_type),
        base_type,
        default: default.map(CatalogSql),
        required,
    });
    Ok(Table {
        is_view: row.try_get("is_view")?,
        description: row.try_get("description")?,
        writable: Writable {
            insert: row.try_get("insertable")?,
            update: row.try_get("updatable")?,
            delete: row.try_get("deletable")?,
        },
        primary_key: row.try_get("primary_key")?,
        columns: columns.collect(),
    })
}

fn foreign_key(row: &Row) -> Result<ForeignKey, Error> {
    Ok(ForeignKey {
        constraint: row.try_get("name")?,
        table: name(row, "schema", "table")?,
        columns: row.try_get("columns")?,
        target: name(row, "target_schema", "target_table")?,
        target_columns: row.try_get("target_columns")?,
        is_unique: row.try_get("is_unique")?,
    })
}

fn function(row: &Row) -> Result<Function, Error> {
    let names: Vec<String> = row.try_get("argument_names")?;
    let types: Vec<String> = row.try_get("argument_types")?;
    let required: Vec<bool> = row.try_get("argument_required")?;
    let arguments = names.into_iter().zip(types).zip(required);
    let table = match (
        row.try_get::<_, Option<String>>("table_schema")?,
        row.try_get::<_, Option<String>>("table_name")?,
    ) {
        (Some(schema), Some(name)) => Some(Name { schema, name }),
        _ => None,
    };
    let returns = if row.try_get("returns_void")? {
        Returns::Void
    } else if row.try_get("returns_composite")? {
        Returns::Row(table)
    } else {
        Returns::Scalar
    };
    Ok(Function {
        description: row.try_get("description")?,
        arguments: arguments
            .map(|((name, sql_type), required)| Argument { name, sql_type: CatalogSql(sql_type), required })
            .collect(),
        is_variadic: row.try_get("is_variadic")?,
        is_volatile: row.try_get::<_, &str>("volatility")? == "v",
        returns,
        returns_set: row.try_get("returns_set")?,
    })
}
