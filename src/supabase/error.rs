//! The one error of all service clients.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

/// Longest message of a service that is kept, characters: what it sends beyond that is not for people.
const MESSAGE_LIMIT: usize = 300;

/// Which service answered, or did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// `/auth/v1`
    Auth,
    /// `/rest/v1`
    Rest,
    /// `/storage/v1`, its S3 and resumable endpoints included.
    Storage,
    /// `/realtime/v1`
    Realtime,
    /// `/functions/v1`
    Functions,
}

impl Service {
    /// As in messages and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Rest => "rest",
            Self::Storage => "storage",
            Self::Realtime => "realtime",
            Self::Functions => "functions",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a service said about a request it refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status, or the status the service put in its body.
    pub status: u16,
    /// The service's own code: an SQLSTATE, `PGRST…`, `NoSuchKey`, `invalid_credentials` …; empty if it gave none.
    pub code: String,
    /// For people.
    pub message: String,
    /// What the service proposes to do.
    pub hint: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if self.code.is_empty() {
            write!(f, " [{}]", self.status)?;
        } else {
            write!(f, " [{} {}]", self.status, self.code)?;
        }
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

/// Why a call to a Supabase service failed. Never holds a token, a key or a URL with either.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SupabaseError {
    /// The service could not be reached, or the connection broke.
    #[error("{service}: no connection: {detail}")]
    Network {
        /// Which one.
        service: Service,
        /// What went wrong, without the address.
        detail: String,
    },
    /// No answer in time.
    #[error("{service}: no answer within {} s", after.as_secs_f32())]
    Timeout {
        /// Which one.
        service: Service,
        /// The limit.
        after: Duration,
    },
    /// Key, token or password not accepted (401, or a wrong password).
    #[error("{service}: not signed in: {refusal}")]
    Unauthorised {
        /// Which one.
        service: Service,
        /// What it said.
        refusal: Refusal,
    },
    /// Signed in, but not allowed (403).
    #[error("{service}: not allowed: {refusal}")]
    Forbidden {
        /// Which one.
        service: Service,
        /// What it said.
        refusal: Refusal,
    },
    /// Not there, or not visible to the caller (404).
    #[error("{service}: not found: {refusal}")]
    NotFound {
        /// Which one.
        service: Service,
        /// What it said.
        refusal: Refusal,
    },
    /// Already there, or changed meanwhile (409).
    #[error("{service}: conflict: {refusal}")]
    Conflict {
        /// Which one.
        service: Service,
        /// What it said.
        refusal: Refusal,
    },
    /// Refused for another reason; asking again would not help.
    #[error("{service}: refused: {refusal}")]
    Rejected {
        /// Which one.
        service: Service,
        /// What it said.
        refusal: Refusal,
    },
    /// The service is overloaded, restarting or failing (429, 5xx).
    #[error("{service}: unavailable: {refusal}")]
    Unavailable {
        /// Which one.
        service: Service,
        /// What it said.
        refusal: Refusal,
    },
    /// The answer was not what the interface promises.
    #[error("{service}: answer not understood: {detail}")]
    Malformed {
        /// Which one.
        service: Service,
        /// What was wrong; never the answer itself, which may hold a token.
        detail: String,
    },
    /// More bytes than allowed.
    #[error("{service}: more than the allowed {limit} bytes")]
    TooLarge {
        /// Which one.
        service: Service,
        /// The limit, bytes.
        limit: u64,
    },
    /// A local file or stream failed on the way to or from the service.
    #[error("{service}: local file: {detail}")]
    Local {
        /// Which one.
        service: Service,
        /// What the system said.
        detail: String,
    },
}

impl SupabaseError {
    /// Whether the same call may succeed a little later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Network { .. } | Self::Timeout { .. } | Self::Unavailable { .. })
    }

    /// Which kind of error, for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Network { .. } => "network",
            Self::Timeout { .. } => "timeout",
            Self::Unauthorised { .. } => "unauthorised",
            Self::Forbidden { .. } => "forbidden",
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::Rejected { .. } => "rejected",
            Self::Unavailable { .. } => "unavailable",
            Self::Malformed { .. } => "malformed",
            Self::TooLarge { .. } => "too_large",
            Self::Local { .. } => "local",
        }
    }

    /// What the service said, if it said something.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Unauthorised { refusal, .. }
            | Self::Forbidden { refusal, .. }
            | Self::NotFound { refusal, .. }
            | Self::Conflict { refusal, .. }
            | Self::Rejected { refusal, .. }
            | Self::Unavailable { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// Sorts a refusal by its status.
    pub(super) fn refused(service: Service, refusal: Refusal) -> Self {
        match refusal.status {
            401 => Self::Unauthorised { service, refusal },
            403 => Self::Forbidden { service, refusal },
            404 => Self::NotFound { service, refusal },
            409 => Self::Conflict { service, refusal },
            408 | 425 | 429 | 500.. if !is_verdict(&refusal) => Self::Unavailable { service, refusal },
            _ => Self::Rejected { service, refusal },
        }
    }

    pub(super) fn network(service: Service, detail: impl fmt::Display) -> Self {
        Self::Network { service, detail: bounded(&detail.to_string()) }
    }

    pub(crate) fn malformed(service: Service, detail: impl fmt::Display) -> Self {
        Self::Malformed { service, detail: bounded(&detail.to_string()) }
    }

    pub(super) fn local(service: Service, error: &std::io::Error) -> Self {
        Self::Local { service, detail: error.to_string() }
    }
}

/// A 5xx that the database answered on purpose: `PostgREST` maps SQLSTATE classes such as P0002 and 21000 to 500,
/// and asking again gives the same.
fn is_verdict(refusal: &Refusal) -> bool {
    refusal.status == 500 && (refusal.code.starts_with("P0") || refusal.code.starts_with("21"))
}

/// The shapes of error bodies of the services, all at once.
#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorBody {
    /// A string of `PostgREST` and Storage, a number of older Auth.
    code: serde_json::Value,
    error_code: Option<String>,
    message: Option<String>,
    msg: Option<String>,
    error: Option<String>,
    hint: Option<String>,
    /// Storage puts the intended status here, as text, and answers 400.
    #[serde(rename = "statusCode")]
    status_code: serde_json::Value,
}

/// Reads an error answer; a body that is no JSON becomes the message.
pub(super) fn refusal_from(status: u16, body: &[u8]) -> Refusal {
    let text = String::from_utf8_lossy(body);
    let Ok(parsed) = serde_json::from_slice::<ErrorBody>(body) else {
        let message = if text.trim().is_empty() { "no reason given" } else { text.trim() };
        return Refusal { status, message: bounded(message), ..Refusal::default() };
    };
    let intended = match &parsed.status_code {
        serde_json::Value::String(text) => text.parse().ok(),
        serde_json::Value::Number(number) => number.as_u64().and_then(|number| u16::try_from(number).ok()),
        _ => None,
    };
    let code = parsed.error_code.or_else(|| parsed.code.as_str().map(str::to_owned)).unwrap_or_default();
    let message = parsed.message.or(parsed.msg).or(parsed.error).unwrap_or_else(|| "no reason given".into());
    Refusal {
        status: intended.filter(|status| (400..600).contains(status)).unwrap_or(status),
        code: bounded(&code),
        message: bounded(&message),
        hint: parsed.hint.map(|hint| bounded(&hint)),
    }
}

fn bounded(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MESSAGE_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_errors_carry_their_status_in_the_body() {
        let body =
            br#"{"statusCode":"404","error":"not_found","message":"Object not found","code":"NoSuchKey"}"#;
        let refusal = refusal_from(400, body);
        assert_eq!((refusal.status, refusal.code.as_str()), (404, "NoSuchKey"));
        assert!(matches!(SupabaseError::refused(Service::Storage, refusal), SupabaseError::NotFound { .. }));
    }

    #[test]
    fn auth_errors_of_both_versions_are_read() {
        let old = refusal_from(422, br#"{"code":422,"error_code":"email_exists","msg":"taken"}"#);
        let new = refusal_from(422, br#"{"code":"email_exists","message":"taken"}"#);
        assert_eq!(old, new);
        assert_eq!(old.code, "email_exists");
    }

    #[test]
    fn only_trouble_that_may_pass_is_retryable() {
        let of = |status, code: &str| {
            let refusal = Refusal { status, code: code.into(), ..Refusal::default() };
            SupabaseError::refused(Service::Rest, refusal).is_retryable()
        };
        assert!(of(503, "") && of(429, "") && of(500, "57014") && of(503, "PGRST002"));
        assert!(!of(401, "PGRST301") && !of(409, "23505") && !of(400, "P0001") && !of(500, "P0002"));
        assert!(!of(426, "PT426"));
        assert!(SupabaseError::network(Service::Rest, "reset").is_retryable());
    }

    #[test]
    fn a_body_that_is_not_json_is_cut_and_cleaned() {
        let refusal = refusal_from(502, format!("<html>\n{}", "x".repeat(1000)).as_bytes());
        assert_eq!(refusal.message.chars().count(), MESSAGE_LIMIT);
        assert!(!refusal.message.contains('\n'));
    }
}
