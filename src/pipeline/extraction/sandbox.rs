//! What a child may still ask of the system once it has everything it needs.
//!
//! A document that takes over its child finds itself with the descriptors it was given, its memory and nothing else: no
//! file can be opened or looked up, no connection made, no program or process started, no other process touched. On
//! Linux the kernel sees to it: two seccomp filters (`seccomp(2)`), both in force and the stricter verdict winning. The
//! first lists the calls that reading needs and refuses every other one with `EPERM`, which libraries take as a
//! feature that is missing; the second ends the process at calls that no reading ever makes, so that such a document is
//! seen. A child cannot gain privileges either (`PR_SET_NO_NEW_PRIVS`). Elsewhere, and on a kernel without seccomp, only
//! the resource limits hold.

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// Most files open at once.
const MAX_OPEN_FILES: u64 = 64;

/// What keeps a child in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sandbox {
    /// Only the calls that reading needs.
    Enforced,
    /// The system offers nothing for it: limits of memory, time and files alone.
    Unavailable,
}

/// Limits that hold whatever a document makes of its process: bytes of address space, seconds of processor time.
pub fn limit_resources(memory_bytes: u64, cpu_seconds: u64) -> std::io::Result<()> {
    let limits = [
        (Resource::As, memory_bytes),
        (Resource::Cpu, cpu_seconds),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, MAX_OPEN_FILES),
    ];
    for (resource, limit) in limits {
        // Processor time: a signal that says so first, and then the end.
        let maximum = if matches!(resource, Resource::Cpu) { limit.saturating_add(1) } else { limit };
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(maximum) })?;
    }
    Ok(())
}

/// Gives up what reading does not need; there is no way back. For all threads of this process.
#[cfg(target_os = "linux")]
pub fn enter() -> Sandbox {
    match linux::apply() {
        Ok(()) => Sandbox::Enforced,
        Err(_) => Sandbox::Unavailable,
    }
}

/// Does nothing: this system is not known.
#[cfg(not(target_os = "linux"))]
pub fn enter() -> Sandbox {
    Sandbox::Unavailable
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;

    use libc::c_long;
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, TargetArch,
    };

    type Rules = BTreeMap<i64, Vec<SeccompRule>>;

    /// What reading, allocating, waiting and ending need.
    const NEEDED: &[c_long] = &[
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_pread64,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_sendto,
        libc::SYS_recvfrom,
        libc::SYS_lseek,
        libc::SYS_close,
        libc::SYS_fstat,
        libc::SYS_ppoll,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_nanosleep,
        libc::SYS_clock_nanosleep,
        libc::SYS_clock_gettime,
        libc::SYS_clock_getres,
        libc::SYS_gettimeofday,
        libc::SYS_getrandom,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        // A thread that begins registers these; the C library ends the process where it may not.
        libc::SYS_set_robust_list,
        libc::SYS_rseq,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
    /// Needed too, but not to make memory executable; their third argument is the protection.
    const MAPPING: &[c_long] = &[libc::SYS_mmap, libc::SYS_mprotect];

    /// What only a document that has taken over its child would try.
    const TELLING: &[c_long] = &[
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_clone,
        libc::SYS_clone3,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_fork,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_vfork,
        libc::SYS_socket,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_kill,
        libc::SYS_mount,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_bpf,
        libc::SYS_io_uring_setup,
        libc::SYS_userfaultfd,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_setuid,
        libc::SYS_setgid,
    ];

    pub(super) fn apply() -> Result<(), seccompiler::Error> {
        let refuse_others =
            program(needed()?, SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow)?;
        let end_at_telling = program(telling(), SeccompAction::Allow, SeccompAction::KillProcess)?;
        seccompiler::apply_filter_all_threads(&end_at_telling)?;
        // The last one: it refuses `seccomp` itself.
        seccompiler::apply_filter_all_threads(&refuse_others)
    }

    fn program(
        rules: Rules,
        otherwise: SeccompAction,
        listed: SeccompAction,
    ) -> Result<BpfProgram, seccompiler::Error> {
        let arch = TargetArch::try_from(std::env::consts::ARCH)?;
        Ok(SeccompFilter::new(rules, otherwise, listed, arch)?.try_into()?)
    }

    fn needed() -> Result<Rules, seccompiler::Error> {
        let mut rules: Rules = NEEDED.iter().map(|call| (*call, Vec::new())).collect();
        let executable = libc::PROT_EXEC as u64;
        let not_executable = condition(2, SeccompCmpOp::MaskedEq(executable), 0)?;
        for call in MAPPING {
            rules.insert(*call, vec![SeccompRule::new(vec![not_executable.clone()])?]);
        }
        // Aborting is a signal to oneself.
        let oneself = condition(0, SeccompCmpOp::Eq, u64::from(std::process::id()))?;
        rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![oneself])?]);
        Ok(rules)
    }

    fn telling() -> Rules {
        TELLING.iter().map(|call| (*call, Vec::new())).collect()
    }

    fn condition(
        argument: u8,
        operator: SeccompCmpOp,
        value: u64,
    ) -> Result<SeccompCondition, seccompiler::Error> {
        Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?)
    }
}
