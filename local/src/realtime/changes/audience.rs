//! Who may see a change. PostgreSQL answers, as each caller.

use std::collections::HashMap;
use std::sync::Arc;

use deadpool_postgres::Object;

use super::binding::{Action, Target};
use super::error::DeliveryError;
use super::filter::{Filter, Operator};
use super::subscriber::Subscriber;
use super::table::Table;
use crate::realtime::replication::Row;
use crate::realtime::token::Caller;

const AUDIENCE: &str = "select * from _realtime.audience($1, $2, $3, $4, $5, $6, $7)";
const MATCHES: &str = include_str!("matches.sql");

/// What a caller gets to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sight {
    Row {
        /// Names of the columns granted to the caller.
        readable: Vec<String>,
        /// Row-level security is on: of deleted rows only the key may be shown.
        is_secured: bool,
        primary_key: Vec<String>,
    },
    /// That something happened, with an error instead of the row.
    Error(&'static str),
    Nothing,
}

/// A row and the table it is of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) table: &'a Table,
    pub(super) action: Action,
    /// The row after the change; before it, when it was deleted.
    pub(super) row: &'a Row,
}

/// Role and claims, by which callers are told apart.
type Identity<'a> = (&'a str, &'a str);

/// The sights of the subscribers.
#[derive(Debug)]
pub(super) struct Audience<'a>(HashMap<Identity<'a>, Sight>);

impl<'a> Audience<'a> {
    /// Asks for every distinct caller among the subscribers at once.
    pub(super) async fn ask(
        subject: Subject<'_>,
        subscribers: &'a [Arc<Subscriber>],
        client: &Object,
    ) -> Result<Self, DeliveryError> {
        let mut callers: Vec<Identity<'a>> =
            subscribers.iter().map(|subscriber| identity(&subscriber.caller)).collect();
        callers.sort_unstable();
        callers.dedup();
        let (roles, claims): (Vec<&str>, Vec<&str>) = callers.iter().copied().unzip();
        let Subject { table, action, row } = subject;
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let types: Vec<&str> = table.columns.iter().map(|column| column.type_spelling.as_str()).collect();
        let values: Vec<Option<&str>> = table.columns.iter().map(|column| Table::text(column, row)).collect();
        let statement = client.prepare_cached(AUDIENCE).await?;
        let rows = client
            .query(
                &statement,
                &[&table.relation.oid, &action.name(), &names, &types, &values, &roles, &claims],
            )
            .await?;
        let sights = callers
            .into_iter()
            .zip(rows)
            .map(|(caller, row)| Ok((caller, sight(&row)?)))
            .collect::<Result<_, tokio_postgres::Error>>()?;
        Ok(Self(sights))
    }

    pub(super) fn sight(&self, caller: &'a Caller) -> &Sight {
        self.0.get(&identity(caller)).unwrap_or(&Sight::Nothing)
    }
}

fn identity(caller: &Caller) -> Identity<'_> {
    (&caller.role, &caller.claims)
}

fn sight(row: &tokio_postgres::Row) -> Result<Sight, tokio_postgres::Error> {
    Ok(match row.try_get("outcome")? {
        "visible" => Sight::Row {
            readable: row.try_get("readable")?,
            is_secured: row.try_get("is_secured")?,
            primary_key: row.try_get("primary_key")?,
        },
        "unauthorized" => Sight::Error("Error 401: Unauthorized"),
        "no_primary_key" => Sight::Error("Error 400: Bad Request, no primary key"),
        _ => Sight::Nothing,
    })
}

/// The filters of the subscribers that a row passes.
#[derive(Debug, Default)]
pub(super) struct Passed(Vec<Filter>);

impl Passed {
    /// Compares in PostgreSQL, in the column's type, all distinct filters at once.
    pub(super) async fn ask(
        subject: Subject<'_>,
        subscribers: &[Arc<Subscriber>],
        client: &Object,
    ) -> Result<Self, DeliveryError> {
        let mut passed = Vec::new();
        let mut compared: Vec<(&Filter, &str, &str)> = Vec::new();
        for filter in
            subscribers.iter().flat_map(|subscriber| &subscriber.targets).flat_map(|target| &target.filters)
        {
            let Some(column) = subject.table.column(&filter.column) else { continue };
            let value = Table::text(column, subject.row);
            if filter.operator == Operator::Is {
                if is(value, &filter.operand) != filter.is_negated {
                    passed.push(filter.clone());
                }
            } else if let Some(value) = value
                && !compared.iter().any(|(known, ..)| *known == filter)
            {
                compared.push((filter, &column.type_spelling, value));
            }
        }
        if compared.is_empty() {
            return Ok(Self(passed));
        }
        let types: Vec<&str> = compared.iter().map(|(_, spelling, _)| *spelling).collect();
        let operators: Vec<&str> = compared.iter().map(|(filter, ..)| filter.operator.name()).collect();
        let values: Vec<&str> = compared.iter().map(|(.., value)| *value).collect();
        let operands: Vec<&str> = compared.iter().map(|(filter, ..)| filter.operand.as_str()).collect();
        let statement = client.prepare_cached(MATCHES).await?;
        let rows = client.query(&statement, &[&types, &operators, &values, &operands]).await?;
        for ((filter, ..), row) in compared.into_iter().zip(rows) {
            let matches: Option<bool> = row.try_get(0)?;
            if matches.is_some_and(|matches| matches != filter.is_negated) {
                passed.push(filter.clone());
            }
        }
        Ok(Self(passed))
    }

    /// True when the row passes every filter of a target.
    pub(super) fn all(&self, target: &Target) -> bool {
        target.filters.iter().all(|filter| self.0.contains(filter))
    }
}

/// `is.null`, `is.true`, `is.false` on a value as the log writes it.
fn is(value: Option<&str>, operand: &str) -> bool {
    match operand {
        "null" => value.is_none(),
        "true" => value == Some("t"),
        _ => value == Some("f"),
    }
}
