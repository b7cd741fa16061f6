//! Bad input ends as a failed document with an error a user understands, and the daemon goes on.

use reqwest::Method;
use serde_json::json;

use crate::daemon::Start;
use crate::document::{Document, PATIENCE};
use crate::project::{eventually, take_turn};
use crate::support::{encrypted, pdf_with_page_of, pdf_with_pages, truncated};

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_read_fail_with_a_reason_and_the_daemon_goes_on() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let daemon = Start::new(project, &worker).ready().await;
    let cases = [
        ("not-a-pdf.pdf", b"This is a text file, not a PDF.".to_vec(), "not_a_pdf"),
        ("empty.pdf", Vec::new(), "empty_file"),
        ("truncated.pdf", truncated(), "damaged"),
        ("encrypted.pdf", encrypted(), "encrypted"),
        ("no-pages.pdf", pdf_with_pages(0), "no_pages"),
        ("ten-thousand-pages.pdf", pdf_with_pages(10_000), "too_many_pages"),
    ];
    let mut documents = Vec::new();
    for (name, bytes, code) in cases {
        documents.push((name, Document::upload(&owner, name, bytes).await, code));
    }
    for (name, document, code) in documents {
        let (found, message) = document.failed().await;
        assert_eq!(found, code, "{name}: {message}");
        assert!(message.len() > 20 && message.ends_with('.'), "{name}: a sentence for people: {message:?}");
        let job = owner.http.rows(&format!("jobs?document_id=eq.{}", document.id)).await.remove(0);
        assert_eq!(
            (job["state"].as_str(), job["attempts"].as_u64()),
            (Some("dead"), Some(1)),
            "{name}: no use in trying again"
        );
    }
    let good = Document::upload(&owner, "good.pdf", pdf_with_pages(1)).await;
    good.ready().await;
    assert_eq!(daemon.terminate().await, Some(0), "the daemon lived through it all");
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_pages_and_names_are_no_obstacle() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let long_name = "n".repeat(255);
    let cases = [
        ("../../etc/passwd", pdf_with_pages(1)),
        ("報告 🧾 – Größe.pdf", pdf_with_pages(1)),
        (long_name.as_str(), pdf_with_pages(1)),
        ("200-inch-page.pdf", pdf_with_page_of(14_400.0, 14_400.0)),
    ];
    for (name, bytes) in cases {
        let document = Document::upload(&owner, name, bytes).await;
        let row = document.ready().await;
        assert_eq!(row["name"], name, "a name is kept as it was given");
        assert!(!row["object_path"].as_str().expect("a path").contains(".."), "and is never part of a path");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_none_are_refused_at_once() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    for name in [String::new(), "n".repeat(256), "line\nbreak.pdf".into()] {
        let answer = owner.http.rpc("create_document", &json!({ "name": name })).await;
        assert_eq!((answer.status, answer.code()), (400, "23514".into()), "{name:?}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_over_the_limit_or_of_another_type_are_refused_before_they_are_sent() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let document = Document::create_for(&owner, "large.pdf", 5).await;
    let metadata = |mime: &str| {
        let part = |key: &str, value: &str| format!("{key} {}", base64(value));
        [
            part("bucketName", "documents"),
            part("objectName", &document.object_path),
            part("contentType", mime),
        ]
        .join(",")
    };
    let begin = async |length: u64, mime: &str| {
        let (length, metadata) = (length.to_string(), metadata(mime));
        let headers = [
            ("tus-resumable", "1.0.0"),
            ("upload-length", length.as_str()),
            ("upload-metadata", metadata.as_str()),
        ];
        owner.http.send(Method::POST, "/storage/v1/upload/resumable", &headers, None).await
    };
    assert_eq!(begin(5_368_709_121, "application/pdf").await.status, 413);
    assert_eq!(begin(1000, "text/html").await.status, 415);
    let code = eventually("a document whose file is refused fails", PATIENCE, || async {
        worker.http.worker_rpc("housekeep", &json!({})).await.ok();
        let row = document.row().await;
        (row["status"] == "failed").then(|| row["error"]["code"].clone())
    })
    .await;
    assert_eq!(code, "upload_expired");
    let declared = owner
        .http
        .rpc("create_document", &json!({ "name": "large.pdf", "byte_size": 5_368_709_121_u64 }))
        .await;
    assert_eq!((declared.status, declared.code()), (400, "23514".into()), "{}", declared.text);
    assert!(declared.text.contains("documents_byte_size_limit"), "the rule is named: {}", declared.text);
}

fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.as_bytes().chunks(3).flat_map(|chunk| {
        let bits =
            (0..3).fold(0_u32, |bits, index| bits << 8 | u32::from(chunk.get(index).copied().unwrap_or(0)));
        (0..4).map(move |place| {
            if place <= chunk.len() {
                ALPHABET[(bits >> (18 - 6 * place) & 63) as usize] as char
            } else {
                '='
            }
        })
    });
    digits.collect()
}
