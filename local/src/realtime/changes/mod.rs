//! Changes of published tables: who has subscribed to what, and what each may see.

mod audience;
mod binding;
mod delivery;
mod error;
mod filter;
mod record;
mod subscriber;
mod table;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deadpool_postgres::Pool;

use self::binding::Target;
use self::error::DeliveryError;
use self::subscriber::Subscriber;
use self::table::Tables;
use super::member::Member;
use super::replication::RowChange;
use super::token::Caller;
pub(super) use binding::Binding;

const TABLES: &str = include_str!("tables.sql");
const CHECK_FILTER: &str = "select _realtime.check_filter($1, $2, $3, $4, $5)";

/// Bindings that make sense.
#[derive(Debug)]
pub(super) struct CheckedBindings(Vec<Target>);

/// All subscriptions.
#[derive(Debug)]
pub(super) struct Changes {
    pool: Pool,
    subscribers: Mutex<HashMap<u64, Arc<Subscriber>>>,
    next: AtomicU64,
    tables: Tables,
}

impl Changes {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool, subscribers: Mutex::default(), next: AtomicU64::new(0), tables: Tables::default() }
    }

    /// Checks that the tables are published and the filters fit their columns; the error is for the client.
    pub(super) async fn check(
        &self,
        bindings: &[Binding],
        caller: &Caller,
    ) -> Result<CheckedBindings, String> {
        let mut targets = Vec::new();
        for binding in bindings {
            let target = binding.target()?;
            self.check_target(&target, caller).await?;
            targets.push(target);
        }
        Ok(CheckedBindings(targets))
    }

    async fn check_target(&self, target: &Target, caller: &Caller) -> Result<(), String> {
        let unavailable = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, "a subscription could not be checked");
            "Unable to subscribe to changes: the database is not available, try again later".to_owned()
        };
        let client = self.pool.get().await.map_err(|error| unavailable(&error))?;
        let tables = client
            .query(TABLES, &[&target.schema, &target.table])
            .await
            .map_err(|error| unavailable(&error))?;
        if tables.is_empty() {
            return Err(format!(
                "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the \
                 given connect parameters: {}",
                target.describe()
            ));
        }
        for table in tables {
            let oid: u32 = table.try_get(0).map_err(|error| unavailable(&error))?;
            for filter in &target.filters {
                let operand = (filter.operator != filter::Operator::Is).then_some(&filter.operand);
                client
                    .execute(
                        CHECK_FILTER,
                        &[&oid, &caller.role, &filter.column, &filter.operator.name(), &operand],
                    )
                    .await
                    .map_err(|error| exception(target, &error))?;
            }
        }
        Ok(())
    }

    /// Sends changes to a member until the subscription is dropped.
    pub(super) fn subscribe(
        self: &Arc<Self>,
        member: &Member,
        caller: &Caller,
        bindings: CheckedBindings,
    ) -> Subscription {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let subscriber = Subscriber { member: member.clone(), caller: caller.clone(), targets: bindings.0 };
        self.lock().insert(id, Arc::new(subscriber));
        Subscription { changes: self.clone(), id }
    }

    /// True when a subscription matches a change, filters and rights aside.
    pub(super) fn concern_anyone(&self, change: &RowChange) -> bool {
        self.lock().values().any(|subscriber| subscriber.is_concerned(change))
    }

    /// Sends a change to the subscribers that may see it. `committed_at` is in microseconds since 2000-01-01.
    pub(super) async fn publish(&self, change: &RowChange, committed_at: i64) {
        let concerned: Vec<Arc<Subscriber>> =
            self.lock().values().filter(|subscriber| subscriber.is_concerned(change)).cloned().collect();
        if let Err(error) = self.deliver(&concerned, change, committed_at).await {
            let table = &change.relation.table;
            tracing::warn!(%error, table, "a change could not be delivered to its subscribers");
        }
    }

    async fn deliver(
        &self,
        subscribers: &[Arc<Subscriber>],
        change: &RowChange,
        committed_at: i64,
    ) -> Result<(), DeliveryError> {
        let client = self.pool.get().await?;
        delivery::deliver(&client, &self.tables, subscribers, change, committed_at).await
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Subscriber>>> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A subscription; dropping it ends it.
#[derive(Debug)]
pub(super) struct Subscription {
    changes: Arc<Changes>,
    id: u64,
}

impl Subscription {
    /// From now on what `caller` may see decides.
    pub(super) fn renew(&mut self, caller: &Caller) {
        let mut subscribers = self.changes.lock();
        if let Some(subscriber) = subscribers.get_mut(&self.id) {
            *subscriber = Arc::new(Subscriber {
                member: subscriber.member.clone(),
                caller: caller.clone(),
                targets: subscriber.targets.clone(),
            });
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.changes.lock().remove(&self.id);
    }
}

/// What the client is told when PostgreSQL refuses a filter.
fn exception(target: &Target, error: &tokio_postgres::Error) -> String {
    let reason = error.as_db_error().map_or_else(
        || error.to_string(),
        |error| {
            let code = error.code().code();
            format!("ERROR {code} ({}) {}", condition_name(code), error.message())
        },
    );
    format!(
        "Unable to subscribe to changes with given parameters. An exception happened so please check your connect \
         parameters: {}. Exception: {reason}",
        target.describe()
    )
}

/// PostgreSQL's names of the conditions a filter meets (documentation, appendix A).
fn condition_name(code: &str) -> &'static str {
    match code {
        "P0001" => "raise_exception",
        "22P02" => "invalid_text_representation",
        "22003" => "numeric_value_out_of_range",
        "22007" => "invalid_datetime_format",
        "22008" => "datetime_field_overflow",
        "42704" => "undefined_object",
        "42883" => "undefined_function",
        "57014" => "query_canceled",
        _ => "error",
    }
}
