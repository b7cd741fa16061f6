//! What an operator asks of a project, with its secret key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::supabase::error::{Service, SupabaseError};
use crate::supabase::rest::{Repeat, Rest, Schema};
use crate::supabase::storage::objects::Objects;
use crate::supabase::{Auth, Project};

/// Documents listed at once.
const DOCUMENTS: usize = 100;
/// Rows read at once, fewer where they are large.
const ROWS: usize = 2000;
/// Accounts listed at once.
const USERS: usize = 500;

/// A project's operator.
#[derive(Debug, Clone)]
pub struct Operator {
    rest: Rest,
    auth: Auth,
    objects: Objects,
}

/// A table of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Table {
    pub(super) schema: String,
    #[serde(rename = "table")]
    pub(super) relation: String,
    pub(super) key: Vec<String>,
    /// Whether each row belongs to a document.
    pub(super) per_document: bool,
    /// Tables its foreign keys point to, with their schemas.
    pub(super) refers_to: Vec<String>,
}

impl Table {
    /// `schema.table`.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.schema, self.relation)
    }
}

/// A document as listed.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Listed {
    pub(super) id: Uuid,
    pub(super) stamp: String,
}

/// A document's stamp, objects and rows.
#[derive(Debug, Deserialize)]
pub(super) struct Contents {
    pub(super) stamp: String,
    pub(super) objects: Vec<Object>,
    /// By table; none if they were not asked for, or are too many for one answer.
    pub(super) rows: Option<BTreeMap<String, Vec<Row>>>,
}

/// A row, as the database writes it.
pub(super) type Row = Box<RawValue>;

/// Rows of a table to be written.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) rows: Vec<Row>,
}

/// An object of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Its bucket.
    pub bucket: String,
    /// Its name in it.
    pub name: String,
    /// Its media type.
    pub content_type: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct User {
    pub(super) id: Uuid,
    pub(super) email: Option<String>,
    pub(super) password_hash: Option<String>,
    pub(super) confirmed: bool,
    pub(super) app_metadata: Value,
    #[serde(rename = "user_metadata")]
    pub(super) own_metadata: Value,
}

impl Operator {
    /// Acts on `project`, whose key has to be the secret one.
    pub fn new(project: &Project) -> Result<Self, SupabaseError> {
        Ok(Self { rest: Rest::as_key(project), auth: Auth::new(project)?, objects: Objects::new(project)? })
    }

    pub(super) fn objects(&self) -> &Objects {
        &self.objects
    }

    pub(super) async fn tables(&self) -> Result<Vec<Table>, SupabaseError> {
        self.call("backup_tables", &json!({})).await
    }

    /// Documents after `after`, in order; none when there are no more.
    pub(super) async fn documents(&self, after: Option<Uuid>) -> Result<Vec<Listed>, SupabaseError> {
        self.call("backup_documents", &json!({ "after_id": after, "max_documents": DOCUMENTS })).await
    }

    /// A document with its rows, if they fit in one answer; none if it has been deleted.
    pub(super) async fn document(&self, id: Uuid) -> Result<Option<Contents>, SupabaseError> {
        self.call("backup_document", &json!({ "document_id": id, "with_rows": true })).await
    }

    /// What changes with anything of a document; none if it has been deleted.
    pub(super) async fn stamp(&self, id: Uuid) -> Result<Option<String>, SupabaseError> {
        let contents: Option<Contents> = self.call("backup_document", &json!({ "document_id": id })).await?;
        Ok(contents.map(|contents| contents.stamp))
    }

    /// Rows after the one given, in order; none when there are no more.
    pub(super) async fn rows(
        &self,
        table: &Table,
        document: Option<Uuid>,
        after: Option<&Row>,
    ) -> Result<Vec<Row>, SupabaseError> {
        let key = after.map(|row| key_of(table, row)).transpose()?;
        let arguments = json!({
            "schema_name": table.schema, "table_name": table.relation, "document_id": document, "after_key": key,
            "max_rows": ROWS,
        });
        self.call("backup_rows", &arguments).await
    }

    /// Accounts after one, in order; none when there are no more.
    pub(super) async fn users(&self, after: Option<Uuid>) -> Result<Vec<User>, SupabaseError> {
        self.call("backup_users", &json!({ "after_id": after, "max_users": USERS })).await
    }

    /// Writes rows of several tables, in the order given, in one transaction.
    pub(super) async fn write_rows(&self, parts: &[Part]) -> Result<(), SupabaseError> {
        #[derive(Serialize)]
        struct Arguments<'a> {
            tables: &'a [Part],
        }
        self.call::<i64>("restore_tables", &Arguments { tables: parts }).await.map(drop)
    }

    /// Makes an account as it was; one that is there stays as it is. Answers whether it is there now: accounts without an
    /// address cannot be made.
    pub(super) async fn write_user(&self, user: &User) -> Result<bool, SupabaseError> {
        if user.email.is_none() {
            return Ok(false);
        }
        let body = json!({
            "id": user.id, "email": user.email, "password_hash": user.password_hash, "email_confirm": user.confirmed,
            "app_metadata": user.app_metadata, "user_metadata": user.own_metadata,
        });
        self.auth.restore_account(user.id, &body).await.map(|()| true)
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
        arguments: &impl Serialize,
    ) -> Result<T, SupabaseError> {
        self.rest.rpc(Schema::Public, name, arguments, Repeat::Safe).await
    }
}

/// The values of a row's primary key, by column.
fn key_of(table: &Table, row: &Row) -> Result<Value, SupabaseError> {
    let row: Value = serde_json::from_str(row.get()).map_err(|error| {
        SupabaseError::malformed(Service::Rest, format!("a row of {}: {error}", table.name()))
    })?;
    Ok(table.key.iter().map(|name| (name.clone(), row[name].clone())).collect())
}
