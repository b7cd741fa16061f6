//! What is known of the database: tables, foreign keys, functions and settings, read from the catalogs.

mod load;
pub(crate) mod relationship;
pub(crate) mod suggest;

use std::collections::{BTreeMap, HashMap};

pub(crate) use load::load;

/// A table's, view's or function's full name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) schema: String,
    pub(crate) name: String,
}

impl Name {
    pub(crate) fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// SQL text that the catalogs gave: a type's name or a default's expression, quoted by PostgreSQL itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CatalogSql(String);

impl CatalogSql {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) is_view: bool,
    pub(crate) description: Option<String>,
    pub(crate) writable: Writable,
    pub(crate) primary_key: Vec<String>,
    /// In the order of the table.
    pub(crate) columns: Vec<Column>,
}

/// Which writes a table or view can take at all; privileges are another matter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writable {
    pub(crate) insert: bool,
    pub(crate) update: bool,
    pub(crate) delete: bool,
}

impl Table {
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) sql_type: CatalogSql,
    /// The type below a domain, without its modifier.
    pub(crate) base_type: String,
    pub(crate) default: Option<CatalogSql>,
    /// An insert has to name it.
    pub(crate) required: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ForeignKey {
    pub(crate) constraint: String,
    pub(crate) table: Name,
    pub(crate) columns: Vec<String>,
    pub(crate) target: Name,
    pub(crate) target_columns: Vec<String>,
    /// At most one row of `table` refers to a row of `target`.
    pub(crate) is_unique: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) description: Option<String>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) is_variadic: bool,
    pub(crate) is_volatile: bool,
    pub(crate) returns: Returns,
    pub(crate) returns_set: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Argument {
    /// Empty for an unnamed one.
    pub(crate) name: String,
    pub(crate) sql_type: CatalogSql,
    pub(crate) required: bool,
}

/// What a row of a function's result is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Returns {
    Void,
    Scalar,
    /// Columns; of a table where the type is a table's.
    Row(Option<Name>),
}

/// One reading of the catalogs.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// The exposed schemas; the first is the default.
    pub(crate) exposed: Vec<String>,
    /// Most rows an answer may have.
    pub(crate) max_rows: Option<u64>,
    pub(crate) tables: BTreeMap<Name, Table>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    /// Overloads of a function stand together.
    pub(crate) functions: BTreeMap<Name, Vec<Function>>,
    /// Settings a role's transactions have, such as `statement_timeout`.
    pub(crate) role_settings: HashMap<String, Vec<(String, String)>>,
}
