//! Both generations of API keys.

use crate::daemon::Start;
use crate::document::Document;
use crate::project::{Project, take_turn};
use crate::support::pdf_with_pages;

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_works_with_keys_of_either_generation() {
    let (project, _turn) = take_turn().await;
    // A project in the environment may have one generation only; the other tests have used that.
    let Some((publishable_key, secret_key)) = project.other_keys.clone() else { return };
    let project = Project { publishable_key, secret_key, other_keys: None, ..project.clone() };
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(&project, &worker).ready().await;
    let document = Document::upload(&owner, "keys.pdf", pdf_with_pages(2)).await;
    document.ready().await;
    document.export("markdown", &serde_json::json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_is_refused() {
    let (project, _turn) = take_turn().await;
    let project = Project { publishable_key: "sb_publishable_unknown".into(), ..project.clone() };
    assert_eq!(project.anonymous().get("/rest/v1/documents").await.status, 401);
}
