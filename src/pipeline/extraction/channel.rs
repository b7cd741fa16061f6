//! The child's end of the socket to its parent.

use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::frame::{self, Frame, FrameLimits};
use super::message::{Instruction, Message};

/// Sends messages and takes instructions.
#[derive(Debug)]
pub struct Channel {
    input: UnixStream,
    output: BufWriter<UnixStream>,
    limits: FrameLimits,
}

impl Channel {
    /// Over this socket, with frames of at most these sizes in both directions.
    pub fn new(socket: UnixStream, limits: FrameLimits) -> io::Result<Self> {
        Ok(Self { input: socket.try_clone()?, output: BufWriter::new(socket), limits })
    }

    /// Frames of at most these sizes from now on.
    pub fn set_limits(&mut self, limits: FrameLimits) {
        self.limits = limits;
    }

    /// Sends a message now. An error means the parent is gone, or the message too large.
    pub fn send(&mut self, frame: &Frame<Message>) -> io::Result<()> {
        self.put(frame)?;
        self.output.flush()
    }

    /// Sends a message together with the next one: for what the parent need not hear at once.
    pub fn put(&mut self, frame: &Frame<Message>) -> io::Result<()> {
        frame::write(&mut self.output, frame, self.limits)
    }

    /// Sends a page, unless its zones take more bytes than a message may have: then it is given back.
    pub fn put_page(&mut self, page: crate::layout::Page) -> io::Result<Result<(), usize>> {
        let Some(bytes) = Frame::from(Message::Page(page)).encode(self.limits)? else {
            return Ok(Err(self.limits.head));
        };
        self.output.write_all(&bytes).map(Ok)
    }

    /// The next instruction; none when there will be no more.
    pub fn take(&mut self) -> io::Result<Option<Frame<Instruction>>> {
        frame::read(&mut self.input, self.limits)
    }

    /// Asks the parent for something and waits for its answer, at most `limit`.
    pub fn ask(&mut self, question: &Frame<Message>, limit: Duration) -> io::Result<Frame<Instruction>> {
        self.send(question)?;
        let mut answer = [PollFd::new(&self.input, PollFlags::IN)];
        let limit = Timespec::try_from(limit).map_err(|_| ErrorKind::InvalidInput)?;
        if poll(&mut answer, Some(&limit))? == 0 {
            return Err(ErrorKind::TimedOut.into());
        }
        self.take()?.ok_or_else(|| ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::{Part, Stage, Work};
    use super::*;

    const LIMITS: FrameLimits = FrameLimits { head: 1000, attachment: 5 << 20 };

    fn question() -> Frame<Message> {
        Frame::from(Message::Working(Work { page_number: 7, stage: Stage::Reading }))
    }

    #[test]
    fn a_question_with_megabytes_attached_is_answered_with_megabytes() {
        let (child, mut parent) = UnixStream::pair().unwrap();
        let question = Frame { attachment: vec![7; LIMITS.attachment], ..question() };
        let answer = Instruction::Read(Part { first_page: 1, last_page: 2, lost: Vec::new() });
        let answer = Frame { message: answer, attachment: vec![9; LIMITS.attachment] };
        let (asked, answered) = (question.clone(), answer.clone());
        let thread = std::thread::spawn(move || {
            let received = frame::read::<Message>(&mut parent, LIMITS).unwrap();
            frame::write(&mut parent, &answered, LIMITS).unwrap();
            received
        });
        let mut channel = Channel::new(child, LIMITS).unwrap();
        assert_eq!(channel.ask(&question, Duration::from_secs(20)).unwrap(), answer);
        assert_eq!(thread.join().unwrap(), Some(asked));
    }

    #[test]
    fn a_parent_that_does_not_answer_is_not_waited_for_without_end() {
        let (child, _parent) = UnixStream::pair().unwrap();
        let mut channel = Channel::new(child, LIMITS).unwrap();
        let error = channel.ask(&question(), Duration::from_millis(20)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }

    #[test]
    fn the_parents_end_is_the_end_of_instructions_and_of_an_unanswered_question() {
        let (child, parent) = UnixStream::pair().unwrap();
        let mut channel = Channel::new(child, LIMITS).unwrap();
        parent.shutdown(std::net::Shutdown::Write).unwrap();
        let error = channel.ask(&question(), Duration::from_secs(20)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        assert_eq!(channel.take().unwrap(), None);
    }
}
