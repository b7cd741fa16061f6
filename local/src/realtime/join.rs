//! The payload of `phx_join`.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// How many bindings to changes one channel may have.
const MAX_BINDINGS: usize = 100;

/// What a client asks of a channel.
#[derive(Debug, Default, Deserialize)]
pub(super) struct JoinRequest {
    pub(super) config: Option<Config>,
    pub(super) access_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Config {
    pub(super) broadcast: BroadcastConfig,
    pub(super) presence: PresenceConfig,
    /// Each as it is given: it comes back in the reply with its id.
    pub(super) postgres_changes: Option<Vec<Map<String, Value>>>,
    pub(super) private: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BroadcastConfig {
    /// Acknowledge each broadcast of this client.
    pub(super) ack: bool,
    /// Send this client's broadcasts to itself too.
    #[serde(rename = "self")]
    pub(super) own: bool,
    /// Past broadcasts, which this service does not keep.
    pub(super) replay: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PresenceConfig {
    pub(super) enabled: bool,
    pub(super) key: String,
}

/// Why a join is refused before anything is looked up; the text is the reply's reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum JoinError {
    #[error("UnknownErrorOnChannel: no function clause matching in Access.get/3")]
    Malformed,
    #[error("TooManyBindings: a channel takes at most {MAX_BINDINGS} postgres_changes")]
    TooManyBindings,
    #[error("NotSupported: local-supabase does not replay broadcasts")]
    Replay,
}

impl JoinRequest {
    /// Reads the payload.
    pub(super) fn parse(payload: &RawValue) -> Result<Self, JoinError> {
        let request: Self = serde_json::from_str(payload.get()).map_err(|_| JoinError::Malformed)?;
        let config = request.config.as_ref();
        if config.is_some_and(|config| config.broadcast.replay.is_some()) {
            return Err(JoinError::Replay);
        }
        let bindings = config.and_then(|config| config.postgres_changes.as_ref()).map_or(0, Vec::len);
        if bindings > MAX_BINDINGS {
            return Err(JoinError::TooManyBindings);
        }
        Ok(request)
    }

    /// The bindings asked for. A join without a config is of the oldest protocol, in which the topic spells the one
    /// binding as `schema`, `schema:table` or `schema:table:filter`.
    pub(super) fn bindings(&self, topic: &str) -> Vec<Map<String, Value>> {
        if let Some(config) = &self.config {
            return config.postgres_changes.clone().unwrap_or_default();
        }
        let names = ["schema", "table", "filter"];
        let parts = topic.splitn(names.len(), ':');
        vec![names.into_iter().zip(parts).map(|(name, part)| (name.to_owned(), part.into())).collect()]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    fn parse(payload: &Value) -> Result<JoinRequest, JoinError> {
        JoinRequest::parse(&to_raw_value(payload).unwrap())
    }

    #[test]
    fn settings_left_out_are_off() {
        let request = parse(&json!({"config": {"broadcast": {"self": true}}})).unwrap();
        let config = request.config.unwrap();
        assert!(config.broadcast.own && !config.broadcast.ack && !config.private && !config.presence.enabled);
    }

    #[test]
    fn wrong_types_are_refused() {
        let payload = json!({"config": {"broadcast": "yes", "postgres_changes": "no", "private": "maybe"}});
        assert_eq!(parse(&payload).unwrap_err(), JoinError::Malformed);
    }

    #[test]
    fn too_many_bindings_are_refused() {
        let payload = json!({"config": {"postgres_changes": vec![json!({"schema": "public"}); 101]}});
        assert_eq!(parse(&payload).unwrap_err(), JoinError::TooManyBindings);
    }

    #[test]
    fn without_a_config_the_topic_is_the_binding() {
        let request = parse(&json!({})).unwrap();
        let expected = json!([{"schema": "public", "table": "notes", "filter": "id=eq.1:2"}]);
        assert_eq!(json!(request.bindings("public:notes:id=eq.1:2")), expected);
        assert_eq!(json!(request.bindings("public")), json!([{"schema": "public"}]));
    }
}
