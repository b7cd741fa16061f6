//! What a parent makes of a child's messages and of its end, page by page: a state machine without I/O.
//!
//! A child that is lost costs as little as possible. Who takes too long loses the page it is at. Who ends otherwise, by a
//! fault, for want of memory or at the system's hands, may do so for what earlier pages left behind in it: the page is
//! tried once more by a fresh child, and lost if that ends there too. The pages after it go on in a new child.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::child::CONTEXT_PAGES;
use super::failure::Failure;
use super::figures::MAX_FIGURES;
use super::message::{FigurePixels, LostPage, Message, Part, Stage, Work};
use crate::config::Extract;
use crate::layout::{Page, PageErrorCode};

/// How often a child may be lost before it is at any page, until the document is blamed.
pub(super) const OPEN_ATTEMPTS: u32 = 2;

/// How a child was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It took longer than allowed.
    TimedOut,
    /// It used up its processor time.
    CpuSpent,
    /// It ran into its memory limit, or the system had none left.
    OutOfMemory,
    /// It did what its sandbox forbids.
    Forbidden,
    /// It did not keep to the protocol.
    Garbled,
    /// It ended otherwise.
    Crashed,
}

impl Ending {
    /// As it is counted.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::CpuSpent => "cpu_spent",
            Self::OutOfMemory => "out_of_memory",
            Self::Forbidden => "forbidden",
            Self::Garbled => "garbled",
            Self::Crashed => "crashed",
        }
    }

    fn code(self) -> PageErrorCode {
        match self {
            Self::TimedOut | Self::CpuSpent => PageErrorCode::PageTimedOut,
            Self::OutOfMemory => PageErrorCode::PageMemory,
            Self::Forbidden => PageErrorCode::PageForbidden,
            Self::Garbled | Self::Crashed => PageErrorCode::PageCrashed,
        }
    }
}

/// The pages of a document that cost a child its life, and how many children were lost.
#[derive(Debug, Default)]
pub(super) struct LostPages {
    pages: BTreeMap<(u32, Stage), PageErrorCode>,
    children: u32,
}

impl LostPages {
    /// Those in or beside `pages`.
    fn around(&self, pages: &RangeInclusive<u32>) -> Vec<LostPage> {
        let first = pages.start().saturating_sub(CONTEXT_PAGES);
        let last = pages.end().saturating_add(CONTEXT_PAGES);
        self.pages
            .range((first, Stage::Reading)..=(last, Stage::Layout))
            .map(|((page_number, stage), code)| LostPage {
                work: Work { page_number: *page_number, stage: *stage },
                code: *code,
            })
            .collect()
    }

    pub(super) fn lose_child(&mut self, limit: u32) -> Result<(), Failure> {
        self.children += 1;
        // Twice for each page, and once more for what was never at a page.
        let most = limit.saturating_add(1).saturating_mul(2);
        if self.children > most { Err(Failure::too_many_failures(limit)) } else { Ok(()) }
    }

    fn lose_page(&mut self, work: Work, code: PageErrorCode, limit: u32) -> Result<(), Failure> {
        self.pages.entry((work.page_number, work.stage)).or_insert(code);
        if self.pages.len() > limit as usize { Err(Failure::too_many_failures(limit)) } else { Ok(()) }
    }
}

/// What a message means for who waits for the part's pages.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Nothing yet.
    Wait,
    /// The picture of a figure on the next page.
    Figure(FigurePixels),
    /// The next page.
    Page(Page),
    /// There are no more.
    Done,
    /// The document cannot be processed.
    Failed(Failure),
}

/// The message does not follow from those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OutOfTurn;

/// Where a part stands.
#[derive(Debug)]
pub(super) struct Supervision {
    first_page: u32,
    next_page: u32,
    last_page: u32,
    /// What the present child is at.
    at: At,
    /// What the child before it was lost at, when that may not have been the page's fault.
    suspect: Option<Work>,
    /// Children lost in a row before they were at any page.
    never_began: u32,
    /// How many pictures the next page may still have.
    figures_left: usize,
}

/// What a child is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// It has been told what to do.
    Start,
    /// A page; and the last one it has read.
    Page { work: Work, read: u32 },
}

impl Supervision {
    /// Of a part that has not begun.
    pub(super) fn new(pages: RangeInclusive<u32>) -> Self {
        let (first_page, last_page) = pages.into_inner();
        Self {
            first_page,
            next_page: first_page,
            last_page,
            at: At::Start,
            suspect: None,
            never_began: 0,
            figures_left: 0,
        }
    }

    /// Whether the page the child is at is one that the parts beside this one look at too.
    pub(super) fn is_at_shared_page(&self) -> bool {
        let At::Page { work, .. } = self.at else { return false };
        let own =
            self.first_page.saturating_add(CONTEXT_PAGES)..=self.last_page.saturating_sub(CONTEXT_PAGES);
        !own.contains(&work.page_number)
    }

    /// What a child is to be told: the pages not done yet.
    pub(super) fn part(&mut self, lost: &LostPages) -> Part {
        self.at = At::Start;
        let pages = self.next_page..=self.last_page;
        Part { first_page: self.next_page, last_page: self.last_page, lost: lost.around(&pages) }
    }

    /// How long the next message may take.
    pub(super) fn patience(&self, limits: &Extract) -> Duration {
        Duration::from_secs(match self.at {
            At::Start => limits.open_seconds,
            At::Page { .. } => limits.page_seconds,
        })
    }

    /// Takes a message, if it is the child's turn to say it. Each can come a bounded number of times: a child cannot gain
    /// time by talking.
    pub(super) fn accept(&mut self, message: Message) -> Result<Step, OutOfTurn> {
        match message {
            Message::Working(work) => self.begin(work),
            Message::Page(page)
                if page.page_number == self.next_page && page.page_number <= self.last_page =>
            {
                self.next_page += 1;
                self.figures_left = 0;
                Ok(Step::Page(page))
            }
            Message::Figure(figure) if self.figures_left > 0 => {
                self.figures_left -= 1;
                Ok(Step::Figure(figure))
            }
            Message::PartDone if self.next_page > self.last_page => Ok(Step::Done),
            Message::Failed(failure) => Ok(Step::Failed(failure.shortened())),
            Message::Ready(_)
            | Message::Document(_)
            | Message::Figure(_)
            | Message::Page(_)
            | Message::PartDone
            | Message::Recognise(_) => Err(OutOfTurn),
        }
    }

    fn begin(&mut self, work: Work) -> Result<Step, OutOfTurn> {
        let (before, read) = match self.at {
            At::Start => (None, 0),
            At::Page { work, read } => (Some(work), read),
        };
        let page_number = work.page_number;
        let read = match work.stage {
            Stage::Reading => {
                let wanted = self.next_page.saturating_sub(CONTEXT_PAGES)
                    ..=self.last_page.saturating_add(CONTEXT_PAGES);
                if page_number <= read || !wanted.contains(&page_number) {
                    return Err(OutOfTurn);
                }
                page_number
            }
            Stage::Layout if page_number == self.next_page && before != Some(work) => read,
            Stage::Layout => return Err(OutOfTurn),
        };
        self.at = At::Page { work, read };
        self.figures_left = if work.stage == Stage::Layout { MAX_FIGURES } else { 0 };
        self.never_began = 0;
        Ok(Step::Wait)
    }

    /// Decides what a lost child costs: a page, or the document, or nothing but another child.
    pub(super) fn lose(
        &mut self,
        ending: Ending,
        limits: &Extract,
        lost: &mut LostPages,
    ) -> Result<(), Failure> {
        lost.lose_child(limits.max_restarts)?;
        let At::Page { work, .. } = std::mem::replace(&mut self.at, At::Start) else {
            self.never_began += 1;
            let again = self.never_began < OPEN_ATTEMPTS && ending != Ending::TimedOut;
            return if again { Ok(()) } else { Err(opening_failure(ending, limits)) };
        };
        if ending == Ending::TimedOut || self.suspect == Some(work) {
            self.suspect = None;
            return lost.lose_page(work, ending.code(), limits.max_restarts);
        }
        self.suspect = Some(work);
        Ok(())
    }
}

/// Why a document does not open, when its children end before they are at a page.
pub(super) fn opening_failure(ending: Ending, limits: &Extract) -> Failure {
    match ending {
        Ending::TimedOut | Ending::CpuSpent => Failure::open_timed_out(limits.open_seconds),
        _ => Failure::open_crashed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::pipeline::extraction::blank_page as page;

    fn limits() -> Extract {
        Extract { max_restarts: 3, ..Config::load(None).unwrap().extract }
    }

    fn working(page_number: u32, stage: Stage) -> Message {
        Message::Working(Work { page_number, stage })
    }

    #[test]
    fn a_part_is_done_when_all_its_pages_came_in_order() {
        let mut part = Supervision::new(5..=6);
        assert_eq!(part.accept(Message::PartDone), Err(OutOfTurn));
        for number in 2..=9 {
            assert_eq!(part.accept(working(number, Stage::Reading)), Ok(Step::Wait));
        }
        assert_eq!(part.accept(Message::Page(page(6))), Err(OutOfTurn));
        for number in [5, 6] {
            assert_eq!(part.accept(working(number, Stage::Layout)), Ok(Step::Wait));
            assert_eq!(part.accept(Message::Page(page(number))), Ok(Step::Page(page(number))));
        }
        assert_eq!(part.accept(Message::Page(page(7))), Err(OutOfTurn));
        assert_eq!(part.accept(Message::PartDone), Ok(Step::Done));
    }

    #[test]
    fn pages_near_the_ends_of_a_part_and_beside_it_are_shared_with_other_parts() {
        let mut part = Supervision::new(5..=16);
        assert!(!part.is_at_shared_page(), "at no page yet");
        let shared: Vec<u32> = (2..=12)
            .filter(|number| {
                part.accept(working(*number, Stage::Reading)).unwrap();
                part.is_at_shared_page()
            })
            .collect();
        assert_eq!(shared, [2, 3, 4, 5, 6, 7]);
        let mut part = Supervision::new(1..=9);
        part.accept(working(7, Stage::Reading)).unwrap();
        assert!(part.is_at_shared_page());
    }

    #[test]
    fn a_child_cannot_gain_time_by_repeating_itself() {
        let mut part = Supervision::new(5..=6);
        for stage in [Stage::Reading, Stage::Layout] {
            assert_eq!(part.accept(working(5, stage)), Ok(Step::Wait));
            assert_eq!(part.accept(working(5, stage)), Err(OutOfTurn), "{stage:?}");
        }
        assert_eq!(part.accept(working(1, Stage::Reading)), Err(OutOfTurn), "behind");
        assert_eq!(part.accept(working(10, Stage::Reading)), Err(OutOfTurn), "too far ahead");
    }

    #[test]
    fn figures_come_before_their_page_and_not_without_end() {
        let mut part = Supervision::new(1..=1);
        let figure = FigurePixels { zone: 0, width: 1, height: 1 };
        part.accept(working(1, Stage::Reading)).unwrap();
        assert_eq!(part.accept(Message::Figure(figure)), Err(OutOfTurn), "the page is not laid out");
        part.accept(working(1, Stage::Layout)).unwrap();
        for _ in 0..MAX_FIGURES {
            assert_eq!(part.accept(Message::Figure(figure)), Ok(Step::Figure(figure)));
        }
        assert_eq!(part.accept(Message::Figure(figure)), Err(OutOfTurn), "too many");
        part.accept(Message::Page(page(1))).unwrap();
        assert_eq!(part.accept(Message::Figure(figure)), Err(OutOfTurn), "after the page");
    }

    #[test]
    fn a_page_that_takes_too_long_is_lost_at_once_and_is_not_read_again() {
        let (limits, mut lost) = (limits(), LostPages::default());
        let mut part = Supervision::new(1..=9);
        part.accept(working(4, Stage::Reading)).unwrap();
        part.lose(Ending::TimedOut, &limits, &mut lost).unwrap();
        let work = Work { page_number: 4, stage: Stage::Reading };
        assert_eq!(part.part(&lost).lost, [LostPage { work, code: PageErrorCode::PageTimedOut }]);
    }

    #[test]
    fn a_page_at_which_a_child_ends_is_tried_once_more_in_a_fresh_one() {
        let (limits, mut lost) = (limits(), LostPages::default());
        let mut part = Supervision::new(1..=9);
        for lost_pages in [0, 1] {
            part.accept(working(4, Stage::Layout)).unwrap_err();
            part.accept(working(1, Stage::Layout)).unwrap();
            part.lose(Ending::OutOfMemory, &limits, &mut lost).unwrap();
            assert_eq!(part.part(&lost).lost.len(), lost_pages);
        }
        assert_eq!(part.part(&lost).lost[0].code, PageErrorCode::PageMemory);
    }

    #[test]
    fn what_is_lost_is_told_to_the_parts_beside_it_too() {
        let (limits, mut lost) = (limits(), LostPages::default());
        let mut part = Supervision::new(1..=9);
        part.accept(working(9, Stage::Reading)).unwrap();
        part.lose(Ending::TimedOut, &limits, &mut lost).unwrap();
        assert_eq!(Supervision::new(10..=19).part(&lost).lost.len(), 1);
        assert_eq!(Supervision::new(13..=19).part(&lost).lost.len(), 0);
    }

    #[test]
    fn a_document_that_keeps_losing_children_is_given_up_even_if_no_page_can_be_blamed() {
        let (limits, mut lost) = (limits(), LostPages::default());
        let mut part = Supervision::new(1..=9);
        let mut lose = |number| {
            part.part(&lost);
            part.accept(working(number, Stage::Reading)).unwrap();
            part.lose(Ending::Crashed, &limits, &mut lost)
        };
        let given_up = (0..).find_map(|turn| lose(1 + turn % 2).err()).unwrap();
        assert_eq!(given_up, Failure::too_many_failures(3));
    }

    #[test]
    fn a_child_lost_before_any_page_is_the_documents_fault_the_second_time() {
        let (limits, mut lost) = (limits(), LostPages::default());
        let mut part = Supervision::new(1..=9);
        assert_eq!(part.lose(Ending::Crashed, &limits, &mut lost), Ok(()));
        assert_eq!(part.lose(Ending::Crashed, &limits, &mut lost), Err(Failure::open_crashed()));
    }
}
