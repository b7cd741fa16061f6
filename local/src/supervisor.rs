//! Processes that never outlive the stand-in.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

/// Runs a program and stops it, with the signal that is the first argument, when standard input closes. A stand-in
/// that is killed closes it as well, so the program never outlives it.
const SCRIPT: &str = r#"exec 3<&0; signal=$1; shift; "$@" </dev/null & program=$!
( cat >/dev/null; kill -"$signal" $program 2>/dev/null; sleep 3; kill -QUIT $program 2>/dev/null ) <&3 & watcher=$!
wait $program 2>/dev/null
kill $watcher 2>/dev/null"#;

/// The shell that runs the supervisor.
pub(crate) const SHELL: &str = "/bin/sh";

/// Makes `command`, which runs [`SHELL`], run `program` and send it `signal` when the child's standard input is
/// closed. Arguments of the program may follow.
pub(crate) fn supervise(command: &mut Command, signal: &str, program: impl AsRef<OsStr>) {
    command.args(["-c", SCRIPT, "sh", signal]).arg(program).stdin(Stdio::piped());
    // A group of its own: Ctrl-C reaches the stand-in alone, which then stops the program in good order.
    command.process_group(0);
}
