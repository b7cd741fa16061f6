//! What a child cannot do, whatever its document makes of it. Each attempt is made by a process of its own: this test
//! program again, in the same sandbox.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do
#![allow(unsafe_code)] // the system is called directly: the libraries' ways to it do more than the one call

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use zoned::pipeline::extraction::sandbox::{self, Sandbox};

const ATTEMPT: &str = "ZONED_TEST_ATTEMPT";
/// What the attempt ends with when the system refuses the call, and when it does it.
const REFUSED: i32 = 50;
const DONE: i32 = 51;

/// Ends this process as the attempt named in the environment went.
#[test]
#[ignore = "run by the other tests, in a process of its own"]
fn attempt() {
    let Ok(number) = std::env::var(ATTEMPT).unwrap_or_default().parse() else { return };
    assert_eq!(sandbox::enter(), Sandbox::Enforced);
    let path = c"/etc/hostname".as_ptr();
    // SAFETY: the arguments are valid for the calls that take a path, and refused as null by the others.
    let answer = unsafe {
        match number {
            libc::SYS_openat => libc::syscall(number, libc::AT_FDCWD, path, libc::O_RDONLY),
            libc::SYS_newfstatat => {
                let mut found = std::mem::zeroed::<libc::stat>();
                libc::syscall(number, libc::AT_FDCWD, path, &raw mut found, 0)
            }
            libc::SYS_socket => libc::syscall(number, libc::AF_INET, libc::SOCK_STREAM, 0),
            libc::SYS_mmap => {
                let protection = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
                libc::syscall(number, 0, 4096, protection, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0)
            }
            libc::SYS_clone => libc::syscall(number, libc::SIGCHLD, 0, 0, 0, 0),
            libc::SYS_tgkill => libc::syscall(number, libc::getppid(), libc::getppid(), 0),
            _ => libc::syscall(number, 0, 0, 0, 0, 0, 0),
        }
    };
    // Any other refusal than the sandbox's would be the call's own.
    let refused = answer == -1 && std::io::Error::last_os_error().raw_os_error() == Some(libc::EPERM);
    // SAFETY: ends the process without a look at its other threads.
    unsafe { libc::_exit(if refused { REFUSED } else { DONE }) }
}

/// The signal the attempt was ended with, or what it answered.
fn outcome(call: libc::c_long) -> Result<i32, Option<i32>> {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "attempt", "--ignored"])
        .env(ATTEMPT, call.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    status.signal().ok_or(status.code())
}

#[test]
fn looking_at_files_and_making_code_are_refused() {
    for call in [libc::SYS_openat, libc::SYS_newfstatat, libc::SYS_mmap, libc::SYS_tgkill, libc::SYS_prctl] {
        assert_eq!(outcome(call), Err(Some(REFUSED)), "call {call}");
    }
}

#[test]
fn connections_programs_processes_and_tracing_end_the_process() {
    for call in [libc::SYS_socket, libc::SYS_connect, libc::SYS_execve, libc::SYS_clone, libc::SYS_ptrace] {
        assert_eq!(outcome(call), Ok(libc::SIGSYS), "call {call}");
    }
}

#[test]
fn what_reading_needs_is_not_refused() {
    assert_eq!(outcome(libc::SYS_sched_yield), Err(Some(DONE)));
}
