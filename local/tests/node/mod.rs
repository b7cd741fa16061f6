//! Runs the scripts of `clients/`: the JavaScript clients, as their users call them.

use std::path::Path;
use std::time::Duration;

use local_supabase::LocalSupabase;

/// Runs `clients/NAME` against a stand-in. The script ends by saying "done".
pub(crate) async fn run_client(stand_in: &LocalSupabase, name: &str) {
    let keys = stand_in.keys();
    let run = tokio::process::Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name))
        .env("SUPABASE_URL", stand_in.url())
        .env("PUBLISHABLE_KEY", &keys.publishable_key)
        .env("SECRET_KEY", &keys.secret_key)
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_mins(1), run).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, b"done\n");
}
