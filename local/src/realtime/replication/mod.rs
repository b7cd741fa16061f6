//! Reading the database's log: the changes of a publication, in the order of their commits.

mod pgoutput;
mod stream;
mod visibility;

#[cfg(test)]
pub(super) use pgoutput::Column;
pub(super) use pgoutput::{Cell, Operation, Relation, Row, RowChange};
pub(super) use stream::{Consumer, Stream};
pub(super) use visibility::Visibility;

/// The transaction a change is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Commit {
    /// Lower half of its id.
    pub(super) transaction: u32,
    /// Microseconds since 2000-01-01.
    pub(super) at: i64,
}
