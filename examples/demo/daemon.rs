//! The daemon as a process of its own, as it runs in production.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::process::{Child, Command};

use crate::project::DemoProject;

/// A running `zoned work`. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
}

impl Daemon {
    /// Starts it with the worker's account; its log goes to `out/zoned-work.log`.
    pub(crate) async fn start(demo: &DemoProject, root: &Path) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?
            .parent()
            .and_then(Path::parent)
            .map(|dir| dir.join("zoned"))
            .filter(|path| path.exists())
            .context("the zoned program is not beside the demo: build it with 'cargo build'")?;
        let out = root.join("out");
        tokio::fs::create_dir_all(&out).await?;
        let log = std::fs::File::create(out.join("zoned-work.log"))?;
        let child = Command::new(program)
            .arg("work")
            .current_dir(root)
            .env("SUPABASE_URL", demo.project.base())
            .env("SUPABASE_PUBLISHABLE_KEY", &demo.publishable_key)
            .env("ZONED_WORKER_EMAIL", &demo.worker.email)
            .env("ZONED_WORKER_PASSWORD", &demo.worker.password)
            .env_remove("SUPABASE_SECRET_KEY")
            .env_remove("SUPABASE_SERVICE_ROLE_KEY")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("the daemon does not start")?;
        Ok(Self { child })
    }

    /// SIGTERM, then waits for it to end.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        if let Some(pid) = pid {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
        let status = tokio::time::timeout(Duration::from_secs(30), self.child.wait())
            .await
            .context("the daemon does not end")??;
        ensure!(status.success(), "the daemon ended with {status}; its log is out/zoned-work.log");
        Ok(())
    }
}
