//! What a query means on this schema: relationships found, columns known, names of SQL relations chosen.

use std::collections::BTreeSet;

use super::error::RestError;
use super::grammar::filter::{Logic, Operation, Test, Truth};
use super::grammar::order::{Direction, Nulls, OrderTerm};
use super::grammar::select::{self, SelectItem};
use super::grammar::{Field, JsonStep};
use super::query::{Query, Scope, Window};
use super::schema::relationship::{self, Path, Relationship};
use super::schema::{Name, Schema, Table};

/// Most embedded resources of a request: each is a join to be planned.
const MAX_EMBEDS: usize = 100;

/// A query over one table, with what is embedded in its rows.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) source: Source,
    /// What its columns are qualified with.
    pub(crate) relation: String,
    pub(crate) columns: Vec<ReadColumn>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) order: Vec<OrderKey>,
    pub(crate) window: Window,
    pub(crate) embeds: Vec<Embedded>,
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Table(Name),
    /// The rows that a write or a function call has given.
    Result,
}

#[derive(Debug)]
pub(crate) enum ReadColumn {
    Star,
    Column { field: PlannedField, alias: Option<String>, cast: Option<String> },
}

/// A field, and what is known of its column.
#[derive(Debug)]
pub(crate) struct PlannedField {
    pub(crate) column: String,
    pub(crate) path: Vec<JsonStep>,
    /// The path goes into a value that is no JSON yet.
    pub(crate) to_jsonb: bool,
    /// A full-text search has to make the vector itself.
    pub(crate) to_tsvector: bool,
}

#[derive(Debug)]
pub(crate) enum Condition {
    Test {
        field: PlannedField,
        test: Test,
    },
    /// Whether an embedded resource has rows.
    Embedding {
        lateral: Lateral,
        is_null: bool,
    },
    Group {
        negated: bool,
        all: bool,
        terms: Vec<Condition>,
    },
}

#[derive(Debug)]
pub(crate) struct OrderKey {
    /// The lateral join whose column it is, where it is not the read's own.
    pub(crate) lateral: Option<String>,
    pub(crate) field: PlannedField,
    pub(crate) direction: Option<Direction>,
    pub(crate) nulls: Option<Nulls>,
}

/// The name of a lateral join, and whether it gives one row or an array of rows.
#[derive(Debug, Clone)]
pub(crate) struct Lateral {
    pub(crate) name: String,
    pub(crate) to_one: bool,
}

#[derive(Debug)]
pub(crate) struct Embedded {
    /// Key in the result.
    pub(crate) key: String,
    pub(crate) lateral: Lateral,
    pub(crate) path: Path,
    pub(crate) inner: bool,
    pub(crate) spread: bool,
    /// Selects nothing: it is there for a condition only.
    pub(crate) hidden: bool,
    pub(crate) read: Read,
}

/// Which parts of the query string hold for the root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RootParts {
    pub(crate) filters: bool,
    pub(crate) order: bool,
}

pub(crate) struct Planner<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) query: &'a Query,
    /// Most rows of the root and of each embedded resource.
    pub(crate) max_rows: Option<u64>,
    pub(crate) root_parts: RootParts,
}

impl Planner<'_> {
    /// Plans the read of `table` (`None`: columns of a function's result) from `source`.
    pub(crate) fn plan(
        &self,
        table: Option<&Name>,
        source: Source,
        relation: &str,
        window: Window,
    ) -> Result<Read, RestError> {
        let star = [SelectItem::Star];
        let items = self.query.select.as_deref().filter(|items| !items.is_empty()).unwrap_or(&star);
        let mut scopes = BTreeSet::from([Scope::new()]);
        let read =
            self.node(table, source, relation.to_owned(), items, &Scope::new(), window, &mut scopes)?;
        self.check_scopes(&scopes)?;
        Ok(read)
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one recursion")]
    fn node(
        &self,
        table: Option<&Name>,
        source: Source,
        relation: String,
        items: &[SelectItem],
        scope: &Scope,
        window: Window,
        scopes: &mut BTreeSet<Scope>,
    ) -> Result<Read, RestError> {
        let known = table.and_then(|name| self.schema.tables.get(name));
        let (mut columns, mut embeds) = (Vec::new(), Vec::new());
        for item in items {
            match item {
                SelectItem::Star => columns.push(ReadColumn::Star),
                SelectItem::Column(column) => columns.push(read_column(column, known)?),
                SelectItem::Embed(embed) => {
                    embeds.push(self.embedded(table, &relation, embed, scope, scopes)?);
                }
            }
        }
        let is_root = scope.is_empty();
        let mut read =
            Read { source, relation, columns, conditions: Vec::new(), order: Vec::new(), window, embeds };
        read.window.limit = smaller(read.window.limit, self.max_rows);
        if !is_root || self.root_parts.filters {
            let filters = self.query.filters.iter().filter(|(at, _)| at == scope);
            read.conditions = filters.map(|(_, logic)| condition(logic, known, &read.embeds)).collect();
        }
        if !is_root || self.root_parts.order {
            let orders = self.query.orders.iter().filter(|(at, _)| at == scope);
            let keys: Result<Vec<_>, _> = orders
                .flat_map(|(_, terms)| terms)
                .map(|term| order_key(term, known, &read.embeds))
                .collect();
            read.order = keys?;
        }
        Ok(read)
    }

    fn embedded(
        &self,
        parent: Option<&Name>,
        parent_relation: &str,
        embed: &select::Embed,
        scope: &Scope,
        scopes: &mut BTreeSet<Scope>,
    ) -> Result<Embedded, RestError> {
        let Some(parent) = parent else {
            return Err(RestError::unsupported(
                "embedding in the result of a function that returns no table's rows",
            ));
        };
        let Relationship { target, to_one, path } =
            relationship::find(self.schema, parent, &embed.target, embed.hint.as_deref())?;
        if embed.spread && !to_one {
            return Err(RestError::unsupported("spreading a to-many relationship"));
        }
        let mut scope = scope.clone();
        scope.push(embed.name().to_owned());
        scopes.insert(scope.clone());
        if scopes.len() > MAX_EMBEDS {
            let message =
                format!("a request may embed {MAX_EMBEDS} resources at most: ask in several requests");
            return Err(RestError::bad_request("PGRST100", message));
        }
        let depth = scope.len();
        let window = self.query.windows.get(&scope).copied().unwrap_or_default();
        let relation = format!("{}_{depth}", target.name);
        let read = self.node(
            Some(&target),
            Source::Table(target.clone()),
            relation,
            &embed.items,
            &scope,
            window,
            scopes,
        )?;
        let lateral = Lateral { name: format!("{parent_relation}_{}_{depth}", embed.name()), to_one };
        Ok(Embedded {
            key: embed.name().to_owned(),
            lateral,
            path,
            inner: embed.inner,
            spread: embed.spread,
            hidden: embed.items.is_empty(),
            read,
        })
    }

    /// Filters, orders and limits may only name resources that are embedded.
    fn check_scopes(&self, known: &BTreeSet<Scope>) -> Result<(), RestError> {
        let filters = self.query.filters.iter().map(|(scope, _)| scope);
        let orders = self.query.orders.iter().map(|(scope, _)| scope);
        let Some(unknown) =
            filters.chain(orders).chain(self.query.windows.keys()).find(|scope| !known.contains(*scope))
        else {
            return Ok(());
        };
        let name = unknown.iter().enumerate().find(|(depth, _)| !known.contains(&unknown[..=*depth]));
        let name = name.map_or("", |(_, name)| name.as_str());
        Err(RestError::bad_request(
            "PGRST108",
            format!("'{name}' is not an embedded resource in this request"),
        )
        .hint(Some(format!("Verify that '{name}' is included in the 'select' query parameter."))))
    }
}

impl Condition {
    /// True when it can only be tested where resources are embedded.
    pub(crate) fn concerns_embedding(&self) -> bool {
        match self {
            Self::Test { .. } => false,
            Self::Embedding { .. } => true,
            Self::Group { terms, .. } => terms.iter().any(Self::concerns_embedding),
        }
    }
}

impl Read {
    /// Columns of the source that the read needs: `None` for all of them.
    pub(crate) fn needed_columns(&self) -> Option<BTreeSet<&str>> {
        let mut needed = BTreeSet::new();
        for column in &self.columns {
            match column {
                ReadColumn::Star => return None,
                ReadColumn::Column { field, .. } => needed.insert(field.column.as_str()),
            };
        }
        for embed in &self.embeds {
            let (Path::Direct(pairs) | Path::Junction { parent: pairs, .. }) = &embed.path;
            needed.extend(pairs.iter().map(|(parent, _)| parent.as_str()));
        }
        Some(needed)
    }
}

pub(crate) fn smaller(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (limit, None) | (None, limit) => limit,
    }
}

fn read_column(column: &select::Column, table: Option<&Table>) -> Result<ReadColumn, RestError> {
    if column.aggregated {
        return Err(RestError::bad_request("PGRST123", "Use of aggregate functions is not allowed"));
    }
    let alias = match &column.alias {
        Some(alias) => Some(alias.clone()),
        None if column.cast.is_some() || !column.field.path.is_empty() => {
            Some(column.field.json_name().to_owned())
        }
        None => None,
    };
    Ok(ReadColumn::Column { field: planned(&column.field, table), alias, cast: column.cast.clone() })
}

fn planned(field: &Field, table: Option<&Table>) -> PlannedField {
    let base_type = table.and_then(|table| table.column(&field.name)).map(|column| column.base_type.as_str());
    let is_json = matches!(base_type, Some("json" | "jsonb"));
    PlannedField {
        column: field.name.clone(),
        path: field.path.clone(),
        to_jsonb: !field.path.is_empty() && base_type.is_some() && !is_json,
        to_tsvector: !field.path.is_empty() || base_type.is_some_and(|name| name != "tsvector"),
    }
}

fn condition(logic: &Logic, table: Option<&Table>, embeds: &[Embedded]) -> Condition {
    match logic {
        Logic::Group { negated, all, terms } => Condition::Group {
            negated: *negated,
            all: *all,
            terms: terms.iter().map(|term| condition(term, table, embeds)).collect(),
        },
        Logic::Filter(filter) => {
            let embed =
                embeds.iter().find(|embed| embed.key == filter.field.name && filter.field.path.is_empty());
            let is_null = match filter.test.operation {
                Operation::Is(Truth::Null) => Some(!filter.test.negated),
                Operation::Is(Truth::NotNull) => Some(filter.test.negated),
                _ => None,
            };
            if let (Some(embed), Some(is_null)) = (embed, is_null) {
                return Condition::Embedding { lateral: embed.lateral.clone(), is_null };
            }
            Condition::Test { field: planned(&filter.field, table), test: filter.test.clone() }
        }
    }
}

fn order_key(term: &OrderTerm, table: Option<&Table>, embeds: &[Embedded]) -> Result<OrderKey, RestError> {
    let mut key = OrderKey {
        lateral: None,
        field: planned(&term.field, table),
        direction: term.direction,
        nulls: term.nulls,
    };
    let Some(relation) = &term.relation else { return Ok(key) };
    let Some(embed) = embeds.iter().find(|embed| embed.key == *relation) else {
        return Err(RestError::bad_request(
            "PGRST108",
            format!("'{relation}' is not an embedded resource in this request"),
        )
        .hint(Some(format!("Verify that '{relation}' is included in the 'select' query parameter."))));
    };
    if !embed.lateral.to_one {
        return Err(RestError::bad_request(
            "PGRST118",
            format!("A related order on '{relation}' is not possible"),
        ));
    }
    key.lateral = Some(embed.lateral.name.clone());
    key.field = planned(&term.field, None);
    Ok(key)
}
