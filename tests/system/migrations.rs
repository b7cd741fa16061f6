//! The migrations, applied as an operator applies them.

use std::path::Path;
use std::process::Command;

use crate::project::{push_migrations, take_turn};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_push_has_nothing_to_do() {
    let (project, _turn) = take_turn().await;
    let Some(database_url) = project.database_url.clone() else { return };
    let text = tokio::task::spawn_blocking(move || push_migrations(&database_url)).await.expect("it ends");
    assert!(text.contains("up to date"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_advisors_find_nothing() {
    let (project, _turn) = take_turn().await;
    let Some(database_url) = project.database_url.clone() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(root.join("node_modules/.bin/supabase"))
        .args(["db", "advisors", "--type", "all", "--level", "warn", "--fail-on", "warn"])
        .arg(format!("--remote={database_url}"))
        .current_dir(root)
        .output()
        .expect("the supabase CLI runs");
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("No issues found"), "{text}");
}
