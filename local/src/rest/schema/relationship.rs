//! Which foreign key an embedding goes along.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::suggest::nearest;
use super::{ForeignKey, Name, Schema};
use crate::rest::error::RestError;

/// How the rows of an embedded resource belong to the rows of its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relationship {
    pub(crate) target: Name,
    /// True when a parent has at most one.
    pub(crate) to_one: bool,
    pub(crate) path: Path,
}

/// The columns that are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Path {
    /// (column of the parent, column of the target)
    Direct(Vec<(String, String)>),
    /// Through a junction: (column of the parent, of the junction) and (of the target, of the junction).
    Junction { table: Name, parent: Vec<(String, String)>, target: Vec<(String, String)> },
}

struct Candidate<'a> {
    relationship: Relationship,
    keys: Vec<&'a ForeignKey>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ManyToOne,
    OneToMany,
    OneToOne { referring: bool },
    ManyToMany,
}

/// The relationship from `parent` to what `target` names: a table, a foreign key, or a foreign key's column.
pub(crate) fn find(
    schema: &Schema,
    parent: &Name,
    target: &str,
    hint: Option<&str>,
) -> Result<Relationship, RestError> {
    let all = candidates(schema, parent);
    let mut found: Vec<Candidate> = all.into_iter().filter(|c| c.matches(parent, target, hint)).collect();
    match found.len() {
        1 => Ok(found.remove(0).relationship),
        0 => Err(none(schema, parent, target, hint)),
        _ => Err(ambiguous(parent, target, &found)),
    }
}

fn candidates<'a>(schema: &'a Schema, parent: &Name) -> Vec<Candidate<'a>> {
    let mut found = Vec::new();
    for key in &schema.foreign_keys {
        if key.table == *parent {
            let kind = if key.is_unique { Kind::OneToOne { referring: true } } else { Kind::ManyToOne };
            found.push(Candidate {
                relationship: Relationship {
                    target: key.target.clone(),
                    to_one: true,
                    path: Path::Direct(pairs(&key.columns, &key.target_columns)),
                },
                keys: vec![key],
                kind,
            });
        }
        if key.target == *parent {
            let kind = if key.is_unique { Kind::OneToOne { referring: false } } else { Kind::OneToMany };
            found.push(Candidate {
                relationship: Relationship {
                    target: key.table.clone(),
                    to_one: key.is_unique,
                    path: Path::Direct(pairs(&key.target_columns, &key.columns)),
                },
                keys: vec![key],
                kind,
            });
            found.extend(schema.foreign_keys.iter().filter_map(|other| through_junction(schema, key, other)));
        }
    }
    found
}

/// `to_parent` and `to_target` leave the same table and make up its primary key, or a part of it.
fn through_junction<'a>(
    schema: &Schema,
    to_parent: &'a ForeignKey,
    to_target: &'a ForeignKey,
) -> Option<Candidate<'a>> {
    if to_parent.table != to_target.table || to_parent.constraint == to_target.constraint {
        return None;
    }
    let primary_key = &schema.tables.get(&to_parent.table)?.primary_key;
    if !to_parent.columns.iter().chain(&to_target.columns).all(|column| primary_key.contains(column)) {
        return None;
    }
    let path = Path::Junction {
        table: to_parent.table.clone(),
        parent: pairs(&to_parent.target_columns, &to_parent.columns),
        target: pairs(&to_target.target_columns, &to_target.columns),
    };
    let relationship = Relationship { target: to_target.target.clone(), to_one: false, path };
    Some(Candidate { relationship, keys: vec![to_parent, to_target], kind: Kind::ManyToMany })
}

fn pairs(left: &[String], right: &[String]) -> Vec<(String, String)> {
    left.iter().cloned().zip(right.iter().cloned()).collect()
}

impl Candidate<'_> {
    fn matches(&self, parent: &Name, target: &str, hint: Option<&str>) -> bool {
        let key = self.keys[0];
        let refers = matches!(self.kind, Kind::ManyToOne | Kind::OneToOne { referring: true });
        let is_self = self.relationship.target == *parent;
        if hint.is_none() && self.kind != Kind::ManyToMany {
            if target == key.constraint && (refers || !is_self) {
                return true;
            }
            if refers && key.columns.len() == 1 && key.columns[0] == target {
                return true;
            }
        }
        target == self.relationship.target.name
            && !(is_self && refers)
            && hint.is_none_or(|hint| self.is_hinted(hint))
    }

    fn is_hinted(&self, hint: &str) -> bool {
        let key = self.keys[0];
        match self.kind {
            Kind::ManyToMany => hint == key.table.name,
            _ => {
                hint == key.constraint
                    || key.columns.len() == 1 && key.columns[0] == hint
                    || key.target_columns.len() == 1 && key.target_columns[0] == hint
            }
        }
    }

    /// What the candidate is, and the hint that chooses it.
    fn describe(&self, parent: &Name) -> (Value, &str) {
        let target = &self.relationship.target;
        let key = self.keys[0];
        let refers = matches!(self.kind, Kind::ManyToOne | Kind::OneToOne { referring: true });
        let side = |name: &Name, columns: &[String]| format!("{}({})", name.name, columns.join(", "));
        let (near, far) = if refers {
            (side(parent, &key.columns), side(target, &key.target_columns))
        } else {
            (side(parent, &key.target_columns), side(target, &key.columns))
        };
        let (cardinality, along, hint) = match self.kind {
            Kind::ManyToOne => {
                ("many-to-one", format!("{} using {near} and {far}", key.constraint), &key.constraint)
            }
            Kind::OneToMany => {
                ("one-to-many", format!("{} using {near} and {far}", key.constraint), &key.constraint)
            }
            Kind::OneToOne { .. } => {
                ("one-to-one", format!("{} using {near} and {far}", key.constraint), &key.constraint)
            }
            Kind::ManyToMany => {
                let part = |key: &ForeignKey| format!("{}({})", key.constraint, key.columns.join(", "));
                let parts: Vec<String> = self.keys.iter().map(|key| part(key)).collect();
                let along = format!("{} using {}", key.table.name, parts.join(" and "));
                ("many-to-many", along, &key.table.name)
            }
        };
        let embedding = format!("{} with {}", parent.name, target.name);
        (json!({"cardinality": cardinality, "embedding": embedding, "relationship": along}), hint)
    }
}

fn none(schema: &Schema, parent: &Name, target: &str, hint: Option<&str>) -> RestError {
    let is_view = |name: &Name| schema.tables.get(name).is_some_and(|table| table.is_view);
    if is_view(parent) || is_view(&Name::new(&parent.schema, target)) {
        return RestError::unsupported("embedding of views");
    }
    if schema.functions.contains_key(&Name::new(&parent.schema, target)) {
        return RestError::unsupported("computed relationships");
    }
    let all = candidates(schema, parent);
    let known = all.iter().map(|candidate| candidate.relationship.target.name.as_str());
    let suggestion = nearest(target, known)
        .filter(|name| *name != target)
        .map(|name| format!("Perhaps you meant '{name}' instead of '{target}'."));
    let using = hint.map(|hint| format!(" using the hint '{hint}'")).unwrap_or_default();
    let details = format!(
        "Searched for a foreign key relationship between '{}' and '{target}'{using} in the schema '{}', but no matches were found.",
        parent.name, parent.schema
    );
    RestError::not_in_cache(
        StatusCode::BAD_REQUEST,
        "PGRST200",
        format!("Could not find a relationship between '{}' and '{target}' in the schema cache", parent.name),
    )
    .details(details)
    .hint(suggestion)
}

fn ambiguous(parent: &Name, target: &str, found: &[Candidate]) -> RestError {
    let described: Vec<_> = found.iter().map(|candidate| candidate.describe(parent)).collect();
    let choices: Vec<String> = described.iter().map(|(_, hint)| format!("'{target}!{hint}'")).collect();
    let details: Vec<Value> = described.into_iter().map(|(description, _)| description).collect();
    RestError::new(
        StatusCode::MULTIPLE_CHOICES,
        "PGRST201",
        format!("Could not embed because more than one relationship was found for '{}' and '{target}'", parent.name),
    )
    .details(details)
    .hint(Some(format!(
        "Try changing '{target}' to one of the following: {}. Find the desired relationship in the 'details' key.",
        choices.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::super::{Table, Writable};
    use super::*;

    fn name(name: &str) -> Name {
        Name::new("public", name)
    }

    fn key(constraint: &str, table: &str, column: &str, target: &str) -> ForeignKey {
        ForeignKey {
            constraint: constraint.to_owned(),
            table: name(table),
            columns: vec![column.to_owned()],
            target: name(target),
            target_columns: vec!["id".to_owned()],
            is_unique: false,
        }
    }

    fn schema(foreign_keys: Vec<ForeignKey>) -> Schema {
        let junction = Table {
            is_view: false,
            description: None,
            writable: Writable { insert: true, update: true, delete: true },
            primary_key: vec!["film".into(), "actor".into()],
            columns: Vec::new(),
        };
        Schema { foreign_keys, tables: [(name("roles"), junction)].into(), ..Schema::default() }
    }

    #[test]
    fn a_key_leads_both_ways() {
        let schema = schema(vec![key("pages_job_fkey", "pages", "job_id", "jobs")]);
        assert!(find(&schema, &name("pages"), "jobs", None).unwrap().to_one);
        assert!(!find(&schema, &name("jobs"), "pages", None).unwrap().to_one);
        assert!(find(&schema, &name("pages"), "job_id", None).unwrap().to_one);
        assert!(find(&schema, &name("pages"), "jobs", Some("pages_job_fkey")).unwrap().to_one);
    }

    #[test]
    fn two_keys_need_a_hint() {
        let schema = schema(vec![
            key("orders_billing_fkey", "orders", "billing", "addresses"),
            key("orders_shipping_fkey", "orders", "shipping", "addresses"),
        ]);
        assert!(find(&schema, &name("orders"), "addresses", None).is_err());
        let found = find(&schema, &name("orders"), "addresses", Some("billing")).unwrap();
        assert_eq!(found.path, Path::Direct(vec![("billing".into(), "id".into())]));
    }

    #[test]
    fn a_junction_joins_two_tables() {
        let schema = schema(vec![key("a", "roles", "film", "films"), key("b", "roles", "actor", "actors")]);
        let found = find(&schema, &name("films"), "actors", None).unwrap();
        assert!(matches!(found.path, Path::Junction { .. }) && !found.to_one);
    }

    #[test]
    fn a_table_that_refers_to_itself_is_many_by_name_and_one_by_column() {
        let schema = schema(vec![key("parent_fkey", "zones", "parent", "zones")]);
        assert!(!find(&schema, &name("zones"), "zones", None).unwrap().to_one);
        assert!(find(&schema, &name("zones"), "parent", None).unwrap().to_one);
    }
}
