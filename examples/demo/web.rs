//! The web app, served as any static host would serve it: what `npm run build` made, and a config.json that names the project.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::project::DemoProject;

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// The app's server. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct WebApp {
    _server: Child,
    url: String,
}

impl WebApp {
    /// Serves `web/app/dist` on port 4173, or on the next free one.
    pub(crate) async fn serve(demo: &DemoProject, root: &Path) -> anyhow::Result<Self> {
        let app = root.join("web/app");
        ensure!(
            app.join("dist/index.html").exists(),
            "the web app is not built: run 'npm run build --workspace web/app'"
        );
        let mut server = Command::new("node")
            .arg(root.join("node_modules/vite/bin/vite.js"))
            .args(["preview", "--host", "127.0.0.1"])
            .current_dir(&app)
            .env("SUPABASE_URL", demo.project.base())
            .env("SUPABASE_PUBLISHABLE_KEY", &demo.publishable_key)
            .env_remove("SUPABASE_SECRET_KEY")
            .env_remove("SUPABASE_SERVICE_ROLE_KEY")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("the web app's server does not start: is Node.js installed?")?;
        let output = server.stdout.take().context("the web app's server has no output")?;
        let url = tokio::time::timeout(PATIENCE, address_in(output))
            .await
            .context("the web app's server does not say its address")??;
        let config = reqwest::get(format!("{url}/config.json")).await?.error_for_status()?.text().await?;
        ensure!(config.contains(demo.project.base()), "the web app's server names another project");
        Ok(Self { _server: server, url })
    }

    /// Where to point a browser.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// The address in what the server prints. What it prints later is read and dropped, so that it never blocks.
async fn address_in(output: tokio::process::ChildStdout) -> anyhow::Result<String> {
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        let Some(start) = line.find("http://127.0.0.1:") else { continue };
        let url = line[start..].trim().trim_end_matches('/').to_owned();
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        return Ok(url);
    }
    bail!("the web app's server ended at once; run 'npm run preview --workspace web/app' to see why")
}
