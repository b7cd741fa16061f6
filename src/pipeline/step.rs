//! How a job step ends when it does not end well.

use super::extraction::{ExtractError, FailureCode};
use super::protocol::{JobError, Outcome, WorkerRpc};
use crate::supabase::error::SupabaseError;
use crate::supabase::storage::s3::S3;

/// What job steps work with.
#[derive(Debug, Clone)]
pub struct Services {
    /// The database.
    pub rpc: WorkerRpc,
    /// The buckets.
    pub s3: S3,
}

/// Why a job step stopped.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The job is somebody else's now: change nothing.
    #[error("the lease is lost")]
    LeaseLost,
    /// The user gave it up: change nothing.
    #[error("the job was canceled")]
    Canceled,
    /// The document or the request cannot be processed; trying again gives the same.
    #[error("{} ({})", .0.message, .0.code)]
    Final(JobError),
    /// It did not work this time.
    #[error("{} ({})", .0.message, .0.code)]
    Passing(JobError),
}

impl StepError {
    pub(super) fn last(code: &str, message: impl Into<String>) -> Self {
        Self::Final(JobError { code: code.to_owned(), message: message.into() })
    }

    pub(super) fn passing(code: &str, message: impl Into<String>) -> Self {
        Self::Passing(JobError { code: code.to_owned(), message: message.into() })
    }
}

/// Goes on only while the job is ours.
pub(super) fn still_ours(outcome: Outcome) -> Result<(), StepError> {
    match outcome {
        Outcome::Ok => Ok(()),
        Outcome::LeaseLost => Err(StepError::LeaseLost),
        Outcome::Canceled => Err(StepError::Canceled),
    }
}

impl From<SupabaseError> for StepError {
    /// Whatever a service says, another attempt may find it in better shape; what the user reads names no internals.
    fn from(error: SupabaseError) -> Self {
        // The owner's quota: said by the database in words for the owner.
        if let SupabaseError::Rejected { refusal, .. } = &error
            && refusal.code == "PT413"
        {
            let hint = refusal.hint.as_deref().unwrap_or("Ask the operator for more.");
            return Self::last("quota_exceeded", format!("{} {hint}", refusal.message));
        }
        tracing::warn!(%error, "a service call failed");
        let (code, what) = match error {
            SupabaseError::Network { .. }
            | SupabaseError::Timeout { .. }
            | SupabaseError::Unavailable { .. } => ("service_unavailable", "A service did not answer."),
            SupabaseError::Unauthorised { .. }
            | SupabaseError::Forbidden { .. }
            | SupabaseError::NotFound { .. } => {
                ("object_unreadable", "The file could not be reached in storage.")
            }
            _ => ("service_refused", "A service refused a request."),
        };
        Self::passing(code, format!("{what} It is tried again; if it stays so, ask the operator."))
    }
}

impl From<ExtractError> for StepError {
    fn from(error: ExtractError) -> Self {
        match error {
            ExtractError::Document(failure) if failure.code == FailureCode::EngineUnavailable => {
                tracing::error!(error = %failure, "the engine does not work on this machine");
                Self::passing("engine_unavailable", "The reader could not be started. Ask the operator.")
            }
            ExtractError::Document(failure) => Self::last(&name_of(failure.code), sentence(&failure.message)),
            ExtractError::Process(error) => {
                tracing::error!(%error, "the extraction process cannot be run");
                Self::passing("engine_unavailable", "The reader could not be run. It is tried again.")
            }
        }
    }
}

/// A clause as a sentence: what stands in a document's row is read by itself.
pub(super) fn sentence(clause: &str) -> String {
    let mut characters = clause.trim_end_matches('.').chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).chain(['.']).collect()
}

fn name_of(code: FailureCode) -> String {
    serde_json::to_value(code).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::extraction::Failure;
    use crate::supabase::error::{Refusal, Service};

    #[test]
    fn a_bad_document_is_final_and_keeps_its_code() {
        let failure = Failure { code: FailureCode::NotAPdf, message: "no header".into() };
        let StepError::Final(error) = StepError::from(ExtractError::Document(failure)) else { panic!() };
        assert_eq!((error.code.as_str(), error.message.as_str()), ("not_a_pdf", "No header."));
    }

    #[test]
    fn a_quota_that_is_used_up_is_told_in_the_databases_words_and_not_tried_again() {
        let refusal = Refusal {
            status: 413,
            code: "PT413".into(),
            message: "Too many pages.".into(),
            hint: Some("Delete some.".into()),
        };
        let error = SupabaseError::Rejected { service: Service::Rest, refusal };
        let StepError::Final(error) = StepError::from(error) else { panic!() };
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            ("quota_exceeded", "Too many pages. Delete some.")
        );
    }

    #[test]
    fn trouble_on_this_machine_is_not_the_documents_fault() {
        let failure = Failure { code: FailureCode::EngineUnavailable, message: "no library".into() };
        assert!(matches!(StepError::from(ExtractError::Document(failure)), StepError::Passing(_)));
        let process = ExtractError::Process(std::io::Error::other("fork"));
        assert!(matches!(StepError::from(process), StepError::Passing(_)));
    }
}
