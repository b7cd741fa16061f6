//! Finding Deno, and how it runs a function.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::source::Source;
use crate::supervisor;

/// The heap of a function in MiB, as on a hosted project.
const HEAP_LIMIT: &str = "--v8-flags=--max-old-space-size=256";

/// Variables of ours that tell Deno where its cache is.
const CACHE_VARIABLES: [&str; 3] = ["HOME", "DENO_DIR", "XDG_CACHE_HOME"];

/// The npm package's program in `node_modules` of the project or of the working directory, or of a parent of either;
/// then the one in `PATH`.
pub(super) fn find(directory: &Path) -> Option<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    let packages = directory.ancestors().chain(here.ancestors()).map(|dir| dir.join("node_modules/@deno"));
    let installed = packages
        .filter_map(|packages| std::fs::read_dir(packages).ok())
        .flatten()
        .flatten()
        .map(|package| package.path().join("deno"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).map(|dir| dir.join("deno")).collect::<Vec<_>>();
    installed.chain(in_path).find(|program| program.is_file())
}

/// A command that serves `source` on `port` of loopback until its standard input closes. Nothing is downloaded: npm
/// packages come from `node_modules`, other modules from Deno's cache. The function may use the network, read the
/// project and see `environment`; what it writes goes to our standard error.
pub(super) fn command(
    deno: &Path,
    directory: &Path,
    source: &Source,
    environment: &[(&'static str, String)],
) -> Command {
    let project = directory.parent().unwrap_or(directory);
    let mut command = Command::new(supervisor::SHELL);
    command.env_clear().current_dir(project).stdout(std::io::stderr()).stderr(Stdio::inherit());
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("TZ", "UTC");
    for name in CACHE_VARIABLES {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.env("NO_COLOR", "1").env("DENO_NO_UPDATE_CHECK", "1");
    // Serves what a module exports by default as well, not only what it hands to Deno.serve.
    command.env("DENO_AUTO_SERVE", "1");
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    supervisor::supervise(&mut command, "KILL", deno);
    command.args([
        "run",
        "--quiet",
        "--no-prompt",
        "--no-lock",
        "--cached-only",
        "--node-modules-dir=manual",
    ]);
    command.args([HEAP_LIMIT, "--allow-net", "--allow-env"]);
    command.arg(option("--allow-read=", project));
    if source.env_file.is_file() {
        command.arg(option("--env-file=", &source.env_file));
    }
    if let Some(import_map) = &source.import_map {
        command.arg(option("--import-map=", import_map));
    }
    command.arg(&source.entrypoint);
    command
}

fn option(name: &str, value: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(value);
    option
}
