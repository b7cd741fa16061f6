//! Edge Functions of the project, called in an account's name.

use reqwest::Method;
use serde::de::DeserializeOwned;

use super::error::{Service, SupabaseError};
use super::http::Http;
use super::project::Project;
use super::session::Session;

/// As in metrics.
const OPERATION: &str = "call";

/// The functions of a project.
#[derive(Debug, Clone)]
pub struct Functions {
    http: Http,
    session: Session,
}

impl Functions {
    /// Calls in the name of a signed-in account.
    pub fn as_account(project: &Project, session: &Session) -> Result<Self, SupabaseError> {
        Ok(Self { http: Http::new(project, Service::Functions)?, session: session.clone() })
    }

    /// `POST` without a body to `path`, the function's name first: `api/v1/webhooks:deliver`. A token that was not
    /// accepted is renewed once.
    pub async fn post<T: DeserializeOwned>(&self, path: &str) -> Result<T, SupabaseError> {
        let path = format!("/functions/v1/{path}");
        let token = self.session.token().await?;
        let request = |token: &str| self.http.request(Method::POST, &path, Some(token));
        match self.http.json(OPERATION, request(token.expose())).await {
            Err(SupabaseError::Unauthorised { .. }) => {
                let token = self.session.token_after(&token).await?;
                self.http.json(OPERATION, request(token.expose())).await
            }
            answer => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::supabase::test_server::{Answer, serve};

    #[tokio::test]
    async fn a_function_is_called_in_the_accounts_name() {
        let (project, log) = serve(|_| Some(Answer::json(200, &json!({"delivered": 1})))).await;
        let functions = Functions::as_account(&project, &Session::pretend(&project, "t1")).unwrap();
        let answer: Value = functions.post("api/v1/webhooks:deliver").await.unwrap();
        assert_eq!(answer, json!({"delivered": 1}));
        let asked = log.lock().unwrap()[0].clone();
        assert_eq!(asked.line, "POST /functions/v1/api/v1/webhooks:deliver");
        assert_eq!(
            (asked.header("apikey"), asked.header("authorization")),
            ("sb_publishable_x", "Bearer t1")
        );
        assert!(asked.header("traceparent").starts_with("00-"), "the trace goes on in the function");
    }

    #[tokio::test]
    async fn a_function_that_is_not_deployed_is_not_found() {
        let (project, _) = serve(|_| Some(Answer::json(404, &json!({"code": "NOT_FOUND"})))).await;
        let functions = Functions::as_account(&project, &Session::pretend(&project, "t1")).unwrap();
        let answer = functions.post::<Value>("api/v1/webhooks:deliver").await;
        assert!(matches!(answer, Err(SupabaseError::NotFound { .. })));
    }
}
