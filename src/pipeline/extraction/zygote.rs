//! The process that children are forked from: it has PDFium loaded, and never a byte of a document.
//!
//! Starting a program and loading PDFium takes as long as reading some pages; a fork of a process that has done both takes
//! a tenth of that, and each document is still read by a process of its own, alike at its start to any other. (The
//! technique is known as a zygote, or fork server.) The zygote is told to fork by one byte on its control socket, with three
//! descriptors (`SCM_RIGHTS`, unix(7)): the document; the child's end of the channel to the parent; and the child's
//! lifeline. On the lifeline the zygote says how the child ended ([`End`]); when the parent closes its end, the child is
//! killed. When the parent closes the control socket or ends, all of them are.

use std::fs::File;
use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use rustix::process::{Pid, Signal, kill_process};

/// Descriptors of an order.
const DESCRIPTORS: usize = 3;
/// The first descriptor after the standard ones.
#[cfg(target_os = "linux")]
const FIRST_INHERITED: libc::c_uint = 3;
/// What a child ends with that panics, as any Rust program.
const PANICKED: i32 = 101;

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// As `waitpid` has it.
    pub(super) status: i32,
    /// The most memory it had, bytes.
    pub(super) peak_bytes: u64,
}

impl End {
    /// Its length on the lifeline.
    pub(super) const BYTES: usize = 12;

    fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..4].copy_from_slice(&self.status.to_le_bytes());
        bytes[4..].copy_from_slice(&self.peak_bytes.to_le_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let [a, b, c, d, peak @ ..] = bytes;
        Self { status: i32::from_le_bytes([a, b, c, d]), peak_bytes: u64::from_le_bytes(peak) }
    }
}

/// An order as it arrives.
struct Order {
    input: File,
    channel: UnixStream,
    lifeline: UnixStream,
}

/// Orders a child: the parent's side. Does not block.
pub(super) fn order(
    control: &UnixStream,
    input: &File,
    channel: &UnixStream,
    lifeline: &UnixStream,
) -> io::Result<()> {
    let descriptors: [BorrowedFd<'_>; DESCRIPTORS] = [input.as_fd(), channel.as_fd(), lifeline.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    // One byte is sent or it is not: there is no part of it.
    sendmsg(control, &[IoSlice::new(&[0])], &mut ancillary, SendFlags::DONTWAIT)?;
    Ok(())
}

/// The control socket, which is this process' standard input. Whatever else it was started with is closed, so that children
/// do not have it. Has to be called before anything is opened.
#[allow(unsafe_code)] // descriptors that nobody owns are closed by number
pub fn take_control() -> io::Result<UnixStream> {
    #[cfg(target_os = "linux")]
    // SAFETY: this process owns no descriptors yet but the standard ones. Older kernels have no such call: then they stay.
    unsafe {
        libc::close_range(FIRST_INHERITED, libc::c_uint::MAX, 0);
    }
    let control = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    Ok(control)
}

/// Forks a child for each order until the parent is gone. A child does `work` with its document and its channel, and ends
/// with what that returns. Has to be called while the process has one thread only.
pub fn serve(control: UnixStream, work: impl FnOnce(File, UnixStream) -> i32) -> io::Result<()> {
    let mut zygote = Zygote { control, children: Vec::new() };
    loop {
        let Some(order) = zygote.next_order()? else {
            zygote.children.iter_mut().for_each(Child::end);
            return Ok(());
        };
        if let Forked::Child(input, channel) = zygote.fork(order) {
            // What belongs to the zygote and to other children is no business of this one's.
            drop(zygote);
            let code = catch_unwind(AssertUnwindSafe(|| work(input, channel))).unwrap_or(PANICKED);
            std::process::exit(code);
        }
    }
}

struct Zygote {
    control: UnixStream,
    children: Vec<Child>,
}

/// A child of the zygote's.
struct Child {
    id: Pid,
    lifeline: UnixStream,
    /// The child holds the other end as long as it lives.
    life: OwnedFd,
}

/// Who goes on after a fork.
enum Forked {
    /// The zygote.
    Zygote,
    /// The child, with what it is given.
    Child(File, UnixStream),
}

impl Zygote {
    /// The next order, while children are seen to; none once the parent is gone.
    fn next_order(&mut self) -> io::Result<Option<Order>> {
        loop {
            let mut events = vec![PollFd::new(&self.control, PollFlags::IN)];
            for child in &self.children {
                events.push(PollFd::new(&child.lifeline, PollFlags::empty()));
                events.push(PollFd::new(&child.life, PollFlags::empty()));
            }
            match poll(&mut events, None) {
                Err(Errno::INTR) => continue,
                outcome => outcome?,
            };
            let happened: Vec<bool> = events.iter().map(|event| !event.revents().is_empty()).collect();
            let mut over = happened[1..].chunks(2).map(|child| child.contains(&true));
            self.children.retain_mut(|child| {
                let is_over = over.next().unwrap_or(false);
                if is_over {
                    child.end();
                }
                !is_over
            });
            if happened[0] {
                return receive(&self.control);
            }
        }
    }

    #[allow(unsafe_code)] // the standard library has no fork
    fn fork(&mut self, Order { input, channel, lifeline }: Order) -> Forked {
        // Who gets none sees both sockets closed.
        let Ok((life, held)) = rustix::pipe::pipe() else { return Forked::Zygote };
        #[cfg(target_os = "linux")]
        let zygote = rustix::process::getpid();
        // SAFETY: this process has one thread, so no lock is held by another one that is missing in the child.
        match unsafe { libc::fork() } {
            0 => {
                #[cfg(target_os = "linux")]
                end_with(zygote);
                // Closed by the child's end alone.
                std::mem::forget(held);
                Forked::Child(input, channel)
            }
            id => {
                if let Some(id) = Pid::from_raw(id).filter(|_| id > 0) {
                    self.children.push(Child { id, lifeline, life });
                }
                Forked::Zygote
            }
        }
    }
}

/// Has the system end this process with the zygote. (The signal is sent when the *thread* ends that forked, and the zygote
/// has but one.)
#[cfg(target_os = "linux")]
fn end_with(zygote: Pid) {
    let asked = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    // It may have ended before it was asked.
    if asked.is_err() || rustix::process::getppid() != Some(zygote) {
        std::process::exit(1);
    }
}

impl Child {
    /// Ends the child, if it has not ended, and says how it did.
    fn end(&mut self) {
        // One that has ended already stays as it did.
        let _ = kill_process(self.id, Signal::KILL);
        if let Some(end) = wait(self.id) {
            // The parent may have lost interest.
            let _ = self.lifeline.write_all(&end.to_bytes());
        }
    }
}

#[allow(unsafe_code)] // what a child used is told by this call alone
fn wait(child: Pid) -> Option<End> {
    let (mut status, mut usage) = (0, MaybeUninit::<libc::rusage>::zeroed());
    // SAFETY: both results have a place.
    while unsafe { libc::wait4(child.as_raw_nonzero().get(), &raw mut status, 0, usage.as_mut_ptr()) } < 0 {
        if io::Error::last_os_error().kind() != ErrorKind::Interrupted {
            return None;
        }
    }
    // SAFETY: zeros are a valid value, and the call has put others in their place.
    let usage = unsafe { usage.assume_init() };
    // Linux counts in kibibytes.
    Some(End { status, peak_bytes: u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024 })
}

fn receive(control: &UnixStream) -> io::Result<Option<Order>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let received = recvmsg(control, &mut [IoSliceMut::new(&mut byte)], &mut ancillary, RecvFlags::empty())?;
    if received.bytes == 0 {
        return Ok(None);
    }
    let rights = ancillary.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    let descriptors: Vec<OwnedFd> = rights.flatten().collect();
    match <[OwnedFd; DESCRIPTORS]>::try_from(descriptors) {
        Ok([input, channel, lifeline]) => {
            Ok(Some(Order { input: input.into(), channel: channel.into(), lifeline: lifeline.into() }))
        }
        Err(_) => Err(ErrorKind::InvalidData.into()),
    }
}
