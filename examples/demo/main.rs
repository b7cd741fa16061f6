//! The whole system on three PDFs: upload, live progress, zones, exports, and the web app. `make demo` runs it.
//!
//! Without `SUPABASE_URL` it starts a stand-in; with it, and keys, and `DATABASE_URL` for the migrations, it uses that
//! project. `ONCE=1` ends when the exports are there; otherwise everything stays up until Ctrl-C.

mod daemon;
mod project;
mod report;
mod upload;
mod watch;
mod web;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use zoned::supabase::realtime::{EventFeed, Realtime};

use crate::daemon::Daemon;
use crate::project::DemoProject;
use crate::web::WebApp;

/// One long, one in two columns with tables and figures, one scan.
const FILES: [&str; 3] = ["long.pdf", "paper.pdf", "scan.pdf"];
/// How long the documents may take together.
const PATIENCE: Duration = Duration::from_mins(5);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    zoned::supabase::install_tls();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let demo = DemoProject::open(root).await?;
    let session = demo.sign_in_user().await?;
    let rest = zoned::supabase::Rest::as_account(&demo.project, &session);

    println!("\nStarting the daemon: zoned work");
    let daemon = Daemon::start(&demo, root).await?;

    let realtime = Realtime::connect(&demo.project, &session);
    let feed = EventFeed::of_user(&realtime, &rest, session.user_id())
        .await
        .context("cannot listen to the user's topic")?;
    println!("Uploading {} PDFs as {}\n", FILES.len(), demo.user.email);
    let mut screen = watch::Screen::new();
    let mut documents = Vec::new();
    for name in FILES {
        let path = root.join("tests/fixtures").join(name);
        documents.push(upload::upload(&demo.project, &session, &rest, &path, &mut screen).await?);
    }
    tokio::time::timeout(PATIENCE, screen.follow(feed)).await.context("the documents took too long")??;

    for document in &documents {
        report::print_zones(&rest, document).await?;
    }
    let out = root.join("out");
    report::download_exports(&demo.project, &session, &rest, &documents, &out).await?;
    let web = WebApp::serve(&demo, root).await?;
    demo.admit_web_app(web.url()).await?;
    demo.print_addresses(&out, web.url());
    if std::env::var("ONCE").is_ok_and(|value| value == "1") {
        return daemon.stop().await;
    }
    println!("\nEverything stays up. Press Ctrl-C to end.");
    tokio::signal::ctrl_c().await?;
    daemon.stop().await
}

/// A document the demo uploaded.
#[derive(Debug)]
struct Document {
    id: uuid::Uuid,
    name: String,
    path: PathBuf,
}
