//! Who is present in one topic: for each key the members tracked under it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::member::MemberId;

/// One member's meta data, with the reference the service gave it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Meta {
    phx_ref: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    phx_ref_prev: Option<String>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// The metas under one key, as clients get them.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(super) struct Metas {
    metas: Vec<Meta>,
}

/// What changed.
#[derive(Debug, PartialEq, Default, Serialize)]
pub(super) struct Diff {
    joins: BTreeMap<String, Metas>,
    leaves: BTreeMap<String, Metas>,
}

/// The state of a topic.
#[derive(Debug, Default)]
pub(super) struct Presence {
    tracked: BTreeMap<MemberId, (String, Meta)>,
}

impl Presence {
    /// Everyone present, by key.
    pub(super) fn state(&self) -> BTreeMap<String, Metas> {
        let mut state: BTreeMap<String, Metas> = BTreeMap::new();
        for (key, meta) in self.tracked.values() {
            state.entry(key.clone()).or_default().metas.push(meta.clone());
        }
        state
    }

    /// Tracks a member, or replaces what it tracked before.
    pub(super) fn track(
        &mut self,
        member: MemberId,
        key: &str,
        fields: Map<String, Value>,
        reference: String,
    ) -> Diff {
        let mut diff = self.untrack(member).unwrap_or_default();
        let previous = diff.leaves.get(key).and_then(|left| left.metas.first());
        let meta =
            Meta { phx_ref: reference, phx_ref_prev: previous.map(|meta| meta.phx_ref.clone()), fields };
        diff.joins.insert(key.to_owned(), Metas { metas: vec![meta.clone()] });
        self.tracked.insert(member, (key.to_owned(), meta));
        diff
    }

    /// Forgets a member; `None` when it was not tracked.
    pub(super) fn untrack(&mut self, member: MemberId) -> Option<Diff> {
        let (key, meta) = self.tracked.remove(&member)?;
        let leaves = BTreeMap::from([(key, Metas { metas: vec![meta] })]);
        Some(Diff { joins: BTreeMap::new(), leaves })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn members_under_one_key_are_listed_together() {
        let mut presence = Presence::default();
        presence.track(1, "k", fields(&json!({"n": 1})), "r1".into());
        presence.track(2, "k", fields(&json!({"n": 2})), "r2".into());
        assert_eq!(
            serde_json::to_value(presence.state()).unwrap(),
            json!({"k": {"metas": [{"phx_ref": "r1", "n": 1}, {"phx_ref": "r2", "n": 2}]}})
        );
    }

    #[test]
    fn tracking_again_replaces_what_was_there() {
        let mut presence = Presence::default();
        presence.track(1, "k", Map::new(), "r1".into());
        let diff = presence.track(1, "k", Map::new(), "r2".into());
        assert_eq!(
            serde_json::to_value(diff).unwrap(),
            json!({
                "joins": {"k": {"metas": [{"phx_ref": "r2", "phx_ref_prev": "r1"}]}},
                "leaves": {"k": {"metas": [{"phx_ref": "r1"}]}},
            })
        );
        assert_eq!(presence.state()["k"].metas.len(), 1);
    }

    #[test]
    fn untracking_tells_who_left_once() {
        let mut presence = Presence::default();
        presence.track(1, "k", Map::new(), "r1".into());
        let diff = presence.untrack(1).unwrap();
        assert_eq!(
            serde_json::to_value(diff).unwrap(),
            json!({"joins": {}, "leaves": {"k": {"metas": [{"phx_ref": "r1"}]}}})
        );
        assert_eq!(presence.untrack(1), None);
    }
}
