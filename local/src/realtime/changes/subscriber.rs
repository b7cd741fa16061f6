//! Who has subscribed, and to what.

use super::binding::Target;
use crate::realtime::member::Member;
use crate::realtime::replication::RowChange;
use crate::realtime::token::Caller;

/// A channel with bindings.
#[derive(Debug)]
pub(super) struct Subscriber {
    pub(super) member: Member,
    pub(super) caller: Caller,
    pub(super) targets: Vec<Target>,
}

impl Subscriber {
    /// True when one of its bindings names the change's table and kind.
    pub(super) fn is_concerned(&self, change: &RowChange) -> bool {
        self.targets.iter().any(|target| target.concerns(change))
    }
}
