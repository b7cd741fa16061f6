//! `select` with embedded resources as lateral joins.

use super::{Sql, condition};
use crate::rest::grammar::order::{Direction, Nulls};
use crate::rest::plan::{Embedded, OrderKey, Read, ReadColumn, Source};
use crate::rest::query::Window;
use crate::rest::schema::relationship::Path;

/// The relation that holds what a write or a call has given.
pub(crate) const RESULT: &str = "pgrst_source";

/// A column in place of an empty select list: a row has to have one to be told from no row.
const PRESENT: &str = "pgrst_present";

/// The whole query.
pub(crate) fn read(sql: &mut Sql, read: &Read) {
    node(sql, read, None);
}

/// The query without order and window: its rows are what a count counts.
pub(crate) fn unbounded(sql: &mut Sql, read: &Read) {
    select(sql, read, None);
}

fn node(sql: &mut Sql, read: &Read, parent: Option<(&str, &Embedded)>) {
    select(sql, read, parent);
    order(sql, read);
    window(sql, read.window);
}

fn select(sql: &mut Sql, read: &Read, parent: Option<(&str, &Embedded)>) {
    sql.push("select ");
    select_list(sql, read, parent.is_some());
    sql.push(" from ");
    source(sql, read);
    if let Some((_, Embedded { path: Path::Junction { table, .. }, .. })) = parent {
        sql.push(" inner join ")
            .qualified(table)
            .push(" as ")
            .name(&junction(&read.relation))
            .push(" on true");
    }
    for embed in &read.embeds {
        lateral(sql, &read.relation, embed);
    }
    if let Some((parent_relation, embed)) = parent {
        sql.push(" where ");
        join_condition(sql, parent_relation, &read.relation, &embed.path);
        if !read.conditions.is_empty() {
            sql.push(" and ");
        }
    } else if !read.conditions.is_empty() {
        sql.push(" where ");
    }
    condition::all(sql, &read.relation, &read.conditions);
}

fn source(sql: &mut Sql, read: &Read) {
    match &read.source {
        Source::Table(table) => sql.qualified(table),
        Source::Result => sql.name(RESULT),
    };
    sql.push(" as ").name(&read.relation);
}

fn junction(relation: &str) -> String {
    format!("{relation}_junction")
}

fn select_list(sql: &mut Sql, read: &Read, is_embedded: bool) {
    let shown: Vec<&Embedded> = read.embeds.iter().filter(|embed| !embed.hidden).collect();
    if is_embedded && read.columns.is_empty() && shown.is_empty() {
        sql.push("1 as ").name(PRESENT);
        return;
    }
    sql.list(&read.columns, ", ", |sql, column| select_column(sql, &read.relation, column));
    if !read.columns.is_empty() && !shown.is_empty() {
        sql.push(", ");
    }
    sql.list(shown, ", ", |sql, embed| {
        let lateral = &embed.lateral.name;
        if embed.spread {
            sql.name(lateral).push(".*");
        } else if embed.lateral.to_one {
            sql.push("row_to_json(").name(lateral).push(".*)::jsonb as ").name(&embed.key);
        } else {
            sql.push("coalesce(").column(lateral, lateral).push(", '[]') as ").name(&embed.key);
        }
    });
}

fn select_column(sql: &mut Sql, relation: &str, column: &ReadColumn) {
    let ReadColumn::Column { field, alias, cast } = column else {
        sql.name(relation).push(".*");
        return;
    };
    if let Some(cast) = cast {
        sql.push("cast(");
        condition::field(sql, relation, field);
        sql.push(" as ").type_name(cast).push(")");
    } else {
        condition::field(sql, relation, field);
    }
    if let Some(alias) = alias {
        sql.push(" as ").name(alias);
    }
}

fn lateral(sql: &mut Sql, relation: &str, embed: &Embedded) {
    let name = &embed.lateral.name;
    sql.push(if embed.inner { " inner join lateral (" } else { " left join lateral (" });
    if embed.lateral.to_one {
        node(sql, &embed.read, Some((relation, embed)));
        sql.push(") as ").name(name).push(" on true");
        return;
    }
    sql.push("select json_agg(").name(name).push(")::jsonb as ").name(name).push(" from (");
    node(sql, &embed.read, Some((relation, embed)));
    sql.push(") as ").name(name).push(") as ").name(name).push(" on ");
    if embed.inner {
        sql.column(name, name).push(" is not null");
    } else {
        sql.push("true");
    }
}

fn join_condition(sql: &mut Sql, parent: &str, relation: &str, path: &Path) {
    let equal = |sql: &mut Sql, left: &str, right: &str, pairs: &[(String, String)]| {
        sql.list(pairs, " and ", |sql, (a, b)| {
            sql.column(left, a).push(" = ").column(right, b);
        });
    };
    match path {
        Path::Direct(pairs) => equal(sql, parent, relation, pairs),
        Path::Junction { parent: near, target, .. } => {
            equal(sql, parent, &junction(relation), near);
            sql.push(" and ");
            equal(sql, relation, &junction(relation), target);
        }
    }
}

fn order(sql: &mut Sql, read: &Read) {
    if read.order.is_empty() {
        return;
    }
    sql.push(" order by ");
    sql.list(&read.order, ", ", |sql, key| order_key(sql, &read.relation, key));
}

fn order_key(sql: &mut Sql, relation: &str, key: &OrderKey) {
    condition::field(sql, key.lateral.as_deref().unwrap_or(relation), &key.field);
    match key.direction {
        Some(Direction::Ascending) => sql.push(" asc"),
        Some(Direction::Descending) => sql.push(" desc"),
        None => sql,
    };
    match key.nulls {
        Some(Nulls::First) => sql.push(" nulls first"),
        Some(Nulls::Last) => sql.push(" nulls last"),
        None => sql,
    };
}

fn window(sql: &mut Sql, window: Window) {
    if let Some(limit) = window.limit {
        sql.push(" limit ").number(limit.min(i64::MAX as u64));
    }
    if window.offset > 0 {
        sql.push(" offset ").number(window.offset.min(i64::MAX as u64));
    }
}
