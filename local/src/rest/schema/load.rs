//! Reads the catalogs.

use tokio_postgres::{Client, Error, Row};

use super::{Argument, CatalogSql, Column, ForeignKey, Function, Name, Returns, Schema, Table};

/// Reads everything through `client`. `default_schemas` are exposed where the database does not say which are.
pub(crate) async fn load(client: &Client, default_schemas: &[String]) -> Result<Schema, Error> {
    let settings = client.query_one(include_str!("settings.sql"), &[]).await?;
    let mut schema = Schema { exposed: exposed(&settings, default_schemas), ..Schema::default() };
    schema.max_rows = configured(&settings, "pgrst.db_max_rows").and_then(|text| text.parse().ok());
    let exposed = &schema.exposed;
    for row in client.query(include_str!("tables.sql"), &[exposed]).await? {
        schema.tables.insert(Name::new(row.get::<_, &str>("schema"), row.get::<_, &str>("name")), table(&row));
    }
    for row in client.query(include_str!("foreign_keys.sql"), &[exposed]).await? {
        schema.foreign_keys.push(foreign_key(&row));
    }
    for row in client.query(include_str!("functions.sql"), &[exposed]).await? {
        let name = Name::new(row.get::<_, &str>("schema"), row.get::<_, &str>("name"));
        schema.functions.entry(name).or_default().push(function(&row));
    }
    for row in client.query(include_str!("role_settings.sql"), &[]).await? {
        let setting = (row.get("name"), row.get("value"));
        schema.role_settings.entry(row.get("role")).or_default().push(setting);
    }
    Ok(schema)
}

fn configured(settings: &Row, name: &str) -> Option<String> {
    let all: Option<Vec<String>> = settings.get("configured");
    let found = all?.into_iter().find_map(|text| text.strip_prefix(name)?.strip_prefix('=').map(str::to_owned));
    found.filter(|value| !value.is_empty())
}

fn exposed(settings: &Row, default_schemas: &[String]) -> Vec<String> {
    let existing: Vec<String> = settings.get("schemas");
    let wanted = configured(settings, "pgrst.db_schemas").map_or_else(
        || default_schemas.to_vec(),
        |list| list.split(',').map(|name| name.trim().trim_matches('"').to_owned()).collect(),
    );
    wanted.into_iter().filter(|name| existing.contains(name)).collect()
}

fn table(row: &Row) -> Table {
    let names: Vec<String> = row.get("column_names");
    let types: Vec<String> = row.get("column_types");
    let base_types: Vec<String> = row.get("column_base_types");
    let defaults: Vec<Option<String>> = row.get("column_defaults");
    let required: Vec<bool> = row.get("column_required");
    let columns = names.into_iter().zip(types).zip(base_types).zip(defaults).zip(required);
    let columns = columns.map(|((((name, sql_type), base_type), default), required)| Column {
        name,
        sql_type: CatalogSql(sql_type),
        base_type,
        default: default.map(CatalogSql),
        required,
    });
    Table {
        is_view: row.get("is_view"),
        description: row.get("description"),
        insertable: row.get("insertable"),
        updatable: row.get("updatable"),
        deletable: row.get("deletable"),
        primary_key: row.get("primary_key"),
        columns: columns.collect(),
    }
}

fn foreign_key(row: &Row) -> ForeignKey {
    ForeignKey {
        constraint: row.get("name"),
        table: Name::new(row.get::<_, &str>("schema"), row.get::<_, &str>("table")),
        columns: row.get("columns"),
        target: Name::new(row.get::<_, &str>("target_schema"), row.get::<_, &str>("target_table")),
        target_columns: row.get("target_columns"),
        is_unique: row.get("is_unique"),
    }
}

fn function(row: &Row) -> Function {
    let names: Vec<String> = row.get("argument_names");
    let types: Vec<String> = row.get("argument_types");
    let required: Vec<bool> = row.get("argument_required");
    let arguments = names.into_iter().zip(types).zip(required);
    let table = match (row.get::<_, Option<String>>("table_schema"), row.get::<_, Option<String>>("table_name")) {
        (Some(schema), Some(name)) => Some(Name { schema, name }),
        _ => None,
    };
    let returns = if row.get("returns_void") {
        Returns::Void
    } else if row.get("returns_composite") {
        Returns::Row(table)
    } else {
        Returns::Scalar
    };
    Function {
        description: row.get("description"),
        arguments: arguments
            .map(|((name, sql_type), required)| Argument { name, sql_type: CatalogSql(sql_type), required })
            .collect(),
        is_variadic: row.get("is_variadic"),
        is_volatile: row.get::<_, &str>("volatility") == "v",
        returns,
        returns_set: row.get("returns_set"),
    }
}
