//! SQL with bound parameters.

pub(crate) mod call;
pub(crate) mod condition;
pub(crate) mod mutation;
pub(crate) mod read;
pub(crate) mod result;

use std::fmt::Write as _;

use super::schema::{CatalogSql, Name};

/// A statement being written. Text comes from the program or from the catalogs; names are quoted, values bound.
#[derive(Debug, Default, Clone)]
pub(crate) struct Sql {
    text: String,
    values: Vec<Option<String>>,
}

impl Sql {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn values(&self) -> &[Option<String>] {
        &self.values
    }

    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A quoted identifier.
    pub(crate) fn name(&mut self, name: &str) -> &mut Self {
        self.text.push('"');
        for c in name.chars().filter(|c| *c != '\0') {
            if c == '"' {
                self.text.push('"');
            }
            self.text.push(c);
        }
        self.text.push('"');
        self
    }

    /// `"schema"."name"`
    pub(crate) fn qualified(&mut self, name: &Name) -> &mut Self {
        self.name(&name.schema).push(".").name(&name.name)
    }

    /// `"relation"."column"`
    pub(crate) fn column(&mut self, relation: &str, column: &str) -> &mut Self {
        self.name(relation).push(".").name(column)
    }

    /// A parameter whose type PostgreSQL infers from where it stands.
    pub(crate) fn bind(&mut self, value: impl Into<String>) -> &mut Self {
        self.values.push(Some(value.into()));
        let _ = write!(self.text, "${}", self.values.len());
        self
    }

    pub(crate) fn number(&mut self, number: impl Into<i128>) -> &mut Self {
        let _ = write!(self.text, "{}", number.into());
        self
    }

    /// What the catalogs gave as SQL.
    pub(crate) fn catalog(&mut self, sql: &CatalogSql) -> &mut Self {
        self.text.push_str(sql.as_str());
        self
    }

    /// Writes `items` with `separator` between them.
    pub(crate) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &'static str,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            write(self, item);
        }
        self
    }

    /// A type as a request names it: a catalog name, or SQL's own spelling of one.
    pub(crate) fn type_name(&mut self, name: &str) -> &mut Self {
        let (element, array) = match name.trim().strip_suffix("[]") {
            Some(element) => (element, "[]"),
            None => (name.trim(), ""),
        };
        let lower = element.to_ascii_lowercase();
        let catalog_name = match lower.as_str() {
            "int" | "integer" => "int4",
            "bigint" => "int8",
            "smallint" => "int2",
            "real" => "float4",
            "float" | "double precision" => "float8",
            "decimal" => "numeric",
            "boolean" => "bool",
            "character varying" => "varchar",
            "character" => "bpchar",
            "timestamp with time zone" => "timestamptz",
            "timestamp without time zone" => "timestamp",
            "time with time zone" => "timetz",
            "time without time zone" => "time",
            other => other,
        };
        self.name(catalog_name).push(array)
    }
}

/// `{"a","b"}`: an array literal to bind.
pub(crate) fn array_literal<'a>(elements: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = elements
        .into_iter()
        .map(|element| format!("\"{}\"", element.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    format!("{{{}}}", quoted.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let mut sql = Sql::default();
        sql.name("a\"; drop table b; --\0");
        assert_eq!(sql.text(), "\"a\"\"; drop table b; --\"");
    }

    #[test]
    fn a_value_is_bound_and_never_written() {
        let mut sql = Sql::default();
        sql.push("select ").bind("'; drop table b").push(", ").bind("x");
        assert_eq!(sql.text(), "select $1, $2");
        assert_eq!(sql.values()[0].as_deref(), Some("'; drop table b"));
    }

    #[test]
    fn a_type_is_quoted_under_its_catalog_name() {
        let mut sql = Sql::default();
        sql.type_name("double precision").push(" ").type_name("text[]").push(" ").type_name("x) from y");
        assert_eq!(sql.text(), "\"float8\" \"text\"[] \"x) from y\"");
    }

    #[test]
    fn array_elements_keep_quotes_and_backslashes() {
        assert_eq!(array_literal(["a,b", "c\"\\"]), r#"{"a,b","c\"\\"}"#);
    }
}
