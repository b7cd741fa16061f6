//! The child processes of a running `zoned process`, looked at and interfered with from outside.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

mod extraction;
#[allow(dead_code)] // shared with the system's tests
mod support;

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use extraction::executable;
use extraction::pdfs::pdf_with_heavy_second_page;

/// Processor time, in the kernel's ticks of a hundredth of a second, after which a child is at its heavy page: the light
/// ones take a few thousandths.
const AT_HEAVY_PAGE: u64 = 60;

/// A `zoned process` at documents whose second page of three takes many seconds.
struct Run {
    folder: TempDir,
    parent: Child,
}

impl Run {
    fn start(documents: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<PathBuf> =
            (0..documents).map(|number| folder.path().join(format!("{number}.pdf"))).collect();
        for file in &files {
            std::fs::write(file, pdf_with_heavy_second_page(96)).unwrap();
        }
        let parent = Command::new(executable())
            .args(["process", "--format", "json", "--jobs", "2", "--out"])
            .arg(folder.path())
            .args(&files)
            .env("ZONED_EXTRACT_MEMORY_BYTES", "17179869184")
            .env("ZONED_EXTRACT_PROCESSES", "2")
            // Nothing but these tests is to end a child, however slow the machine.
            .env("ZONED_EXTRACT_PAGE_SECONDS", "3600")
            .spawn()
            .unwrap();
        Self { folder, parent }
    }

    /// The process that children are forked from.
    fn zygote(&self) -> Option<Process> {
        processes().into_iter().find(|process| process.parent == self.parent.id())
    }

    fn children(&self) -> Vec<Process> {
        let Some(zygote) = self.zygote() else { return Vec::new() };
        processes().into_iter().filter(|process| process.parent == zygote.id && process.lives).collect()
    }

    /// So many children that are at their heavy page.
    fn children_at_work(&self, count: usize) -> Vec<Process> {
        until(|| {
            let children = self.children();
            let at_work = children.iter().filter(|child| child.ticks > AT_HEAVY_PAGE).count();
            (at_work == count).then_some(children)
        })
    }

    /// What the first document's output says of its pages' errors.
    fn errors(mut self) -> Vec<Value> {
        self.parent.wait().unwrap();
        let output = std::fs::read(self.folder.path().join("0.json")).unwrap();
        let document: Value = serde_json::from_slice(&output).unwrap();
        document["pages"].as_array().unwrap().iter().map(|page| page["error"].clone()).collect()
    }
}

/// Of `/proc/PID/stat` (`proc_pid_stat(5)`).
#[derive(Debug)]
struct Process {
    id: u32,
    parent: u32,
    /// It has not ended: it may have, with nobody to ask how.
    lives: bool,
    ticks: u64,
}

fn processes() -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| process(entry.file_name().to_str()?.parse().ok()?)).collect()
}

fn process(id: u32) -> Option<Process> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // After the program's name in parentheses: the state, the parent; user and system time are the twelfth and thirteenth.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |index: usize| fields[index].parse::<u64>().ok();
    Some(Process {
        id,
        parent: fields[1].parse().ok()?,
        lives: !matches!(fields[0], "Z" | "X"),
        ticks: ticks(11)? + ticks(12)?,
    })
}

fn until<T>(what: impl Fn() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = what() {
            return found;
        }
        assert!(started.elapsed() < Duration::from_mins(5), "waited too long");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn end(process: &Process, signal: Signal) {
    kill_process(Pid::from_raw(process.id as i32).unwrap(), signal).unwrap();
}

#[test]
fn a_page_at_which_its_child_does_what_is_forbidden_fails_alone_and_says_so() {
    let run = Run::start(1);
    // The kernel's way of ending one that breaks its sandbox (seccomp(2)); the page is tried once more.
    let first = run.children_at_work(1).remove(0);
    end(&first, Signal::SYS);
    until(|| run.children().iter().all(|child| child.id != first.id).then_some(()));
    end(&run.children_at_work(1)[0], Signal::SYS);
    let errors = run.errors();
    let [Value::Null, error, Value::Null] = &errors[..] else { panic!("{errors:?}") };
    assert_eq!(error["code"], "page_forbidden");
    assert!(error["message"].as_str().unwrap().contains("do not trust this file"), "{error}");
}

#[test]
fn a_page_at_which_its_child_was_ended_from_outside_once_is_read_by_another() {
    let run = Run::start(1);
    let first = run.children_at_work(1).remove(0);
    end(&first, Signal::KILL);
    let second = until(|| run.children().into_iter().find(|child| child.id != first.id));
    assert_eq!(run.zygote().unwrap().id, second.parent, "nothing else was lost");
}

#[test]
fn a_child_has_its_document_and_its_channel_and_no_descriptor_of_another_child() {
    let run = Run::start(2);
    let descriptors: Vec<Vec<PathBuf>> =
        run.children_at_work(2).iter().map(|child| descriptors(child.id)).collect();
    for own in &descriptors {
        // The channel, twice: it is read and written.
        let document = own.iter().filter(|target| target.extension().is_some_and(|end| end == "pdf")).count();
        assert_eq!(
            (document, of_kind(own, "socket:").len(), of_kind(own, "pipe:").len()),
            (1, 2, 1),
            "{own:?}"
        );
        let others = own.iter().filter(|target| target.as_path() != Path::new("/dev/null"));
        assert_eq!(others.count(), 4, "{own:?}");
    }
    for kind in ["socket:", "pipe:"] {
        let [first, second] = [of_kind(&descriptors[0], kind), of_kind(&descriptors[1], kind)];
        assert!(first.iter().all(|target| !second.contains(target)), "{first:?} {second:?}");
    }
}

fn descriptors(process: u32) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().flatten();
    entries.map(|entry| std::fs::read_link(entry.path()).unwrap()).collect()
}

fn of_kind<'a>(targets: &'a [PathBuf], kind: &str) -> Vec<&'a PathBuf> {
    targets.iter().filter(|target| target.to_string_lossy().starts_with(kind)).collect()
}

#[test]
fn a_zygote_that_is_killed_takes_its_children_with_it_and_the_next_document_has_another() {
    let run = Run::start(3);
    let children = run.children_at_work(2);
    let zygote = run.zygote().unwrap();
    end(&zygote, Signal::KILL);
    gone(&children);
    until(|| run.zygote().filter(|other| other.id != zygote.id));
}

#[test]
fn a_parent_that_is_killed_leaves_no_process_behind() {
    let mut run = Run::start(2);
    let mut all = run.children_at_work(2);
    all.extend(run.zygote());
    run.parent.kill().unwrap();
    run.parent.wait().unwrap();
    gone(&all);
}

#[test]
fn an_interrupt_at_the_terminal_leaves_no_process_behind() {
    let mut run = Run::start(1);
    let mut all = run.children_at_work(1);
    all.extend(run.zygote());
    end(&process(run.parent.id()).unwrap(), Signal::INT);
    assert!(!run.parent.wait().unwrap().success());
    gone(&all);
}

fn gone(all: &[Process]) {
    until(|| all.iter().all(|one| process(one.id).is_none_or(|process| !process.lives)).then_some(()));
}

impl Drop for Run {
    fn drop(&mut self) {
        // Of tests that do not wait for its end.
        let _ = self.parent.kill();
        let _ = self.parent.wait();
    }
}
