//! A `zoned work` process.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::project::{Account, Project};

/// A running daemon. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
    log: Vec<String>,
}

/// How to start one.
#[derive(Debug, Clone)]
pub(crate) struct Start<'a> {
    project: &'a Project,
    account: &'a Account,
    url: String,
    settings: Vec<(String, String)>,
}

impl<'a> Start<'a> {
    pub(crate) fn new(project: &'a Project, account: &'a Account) -> Self {
        Self { project, account, url: project.url.clone(), settings: Vec::new() }
    }

    /// Reaches the project by way of another address.
    #[must_use]
    pub(crate) fn at(mut self, url: &str) -> Self {
        url.clone_into(&mut self.url);
        self
    }

    /// A setting by environment: `ZONED_WORKER_CAPACITY`, `2`.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &impl ToString) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    /// Starts it and waits until it is ready to claim.
    pub(crate) async fn ready(self) -> Daemon {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zoned"));
        command
            .arg("work")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("SUPABASE_URL", &self.url)
            .env("SUPABASE_PUBLISHABLE_KEY", &self.project.publishable_key)
            .env_remove("SUPABASE_ANON_KEY")
            .env_remove("SUPABASE_SECRET_KEY")
            .env_remove("SUPABASE_SERVICE_ROLE_KEY")
            .env("ZONED_WORKER_EMAIL", &self.account.email)
            .env("ZONED_WORKER_PASSWORD", &self.account.password)
            .envs(self.settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().expect("the daemon starts");
        let stderr = child.stderr.take().expect("its log");
        let (sender, lines) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut reader = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = reader.next_line().await {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut daemon = Daemon { child, lines, log: Vec::new() };
        daemon.wait_for_line("ready").await;
        daemon
    }
}

impl Daemon {
    /// Waits for a log line that holds `text`.
    pub(crate) async fn wait_for_line(&mut self, text: &str) {
        let found = tokio::time::timeout(Duration::from_secs(30), async {
            while let Some(line) = self.lines.recv().await {
                let hit = line.contains(text);
                self.log.push(line);
                if hit {
                    return true;
                }
            }
            false
        })
        .await;
        assert!(matches!(found, Ok(true)), "the daemon never said {text:?}: {}", self.log.join("\n"));
    }

    /// SIGKILL: no chance to clean up.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("the daemon dies");
    }

    /// SIGTERM, and the exit code.
    pub(crate) async fn terminate(mut self) -> Option<i32> {
        let pid =
            rustix::process::Pid::from_raw(self.child.id().expect("a pid").cast_signed()).expect("a pid");
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("the signal is sent");
        let status =
            tokio::time::timeout(Duration::from_mins(1), self.child.wait()).await.expect("it ends in time");
        status.expect("a status").code()
    }

    #[allow(dead_code)] // the bench looks at its memory
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("a pid")
    }

    /// Where it serves its metrics, if it was told to.
    pub(crate) fn monitor_url(&mut self) -> String {
        let log = self.log();
        let line = log.lines().find(|line| line.contains("serving /metrics")).expect("it says where");
        let start = line.find("127.0.0.1:").expect("an address");
        let address: String =
            line[start..].chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ':')).collect();
        format!("http://{address}")
    }

    /// All it has logged so far.
    pub(crate) fn log(&mut self) -> String {
        while let Ok(line) = self.lines.try_recv() {
            self.log.push(line);
        }
        self.log.join("\n")
    }
}
