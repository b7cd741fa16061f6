//! Files that are not what they should be: each has a clear end, and none hangs, crashes or takes more than its share.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

mod extraction;
#[allow(dead_code)] // shared with the system's tests
mod support;

use std::fs::File;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use zoned::layout::{Page, PageErrorCode, ZoneKind};
use zoned::pipeline::extraction::pool::ChildPool;
use zoned::pipeline::extraction::zygote;
use zoned::pipeline::{ExtractError, FailureCode, Launcher, Options};

use extraction::pdfs::{
    Sheet, pdf_with_heavy_page, pdf_with_heavy_second_page, pdf_with_recursive_second_page,
    pdf_with_ring_of_bookmarks, pdf_with_sheet,
};
use extraction::{executable, extract, file, options};
use support::{encrypted, pdf_with_page_of, pdf_with_pages, truncated};

async fn pages(bytes: &[u8], options: Options) -> Vec<Page> {
    extract(file(bytes), options).await.unwrap().1
}

/// The failure of the document in `source`; its message must say what to do.
async fn failure(source: File, options: Options) -> FailureCode {
    let error = extract(source, options).await.unwrap_err();
    let ExtractError::Document(failure) = error else { panic!("{error}") };
    assert!(failure.message.contains(';'), "no remedy in: {}", failure.message);
    failure.code
}

#[tokio::test]
async fn what_is_no_pdf_is_refused_as_such() {
    assert_eq!(failure(file(b"GIF89a, not a PDF at all"), options()).await, FailureCode::NotAPdf);
}

#[tokio::test]
async fn an_empty_file_is_refused_as_such() {
    assert_eq!(failure(file(b""), options()).await, FailureCode::EmptyFile);
}

#[tokio::test]
async fn a_file_over_the_size_limit_is_refused_before_it_is_read() {
    let mut options = options();
    options.limits.max_input_bytes = 100;
    assert_eq!(failure(file(&[b' '; 101]), options).await, FailureCode::FileTooLarge);
}

#[tokio::test]
async fn a_protected_document_is_refused_as_such() {
    assert_eq!(failure(file(&encrypted()), options()).await, FailureCode::Encrypted);
}

#[tokio::test]
async fn a_truncated_document_is_damaged() {
    assert_eq!(failure(file(&truncated()), options()).await, FailureCode::Damaged);
}

#[tokio::test]
async fn a_document_without_pages_is_refused_as_such() {
    assert_eq!(failure(file(&pdf_with_pages(0)), options()).await, FailureCode::NoPages);
}

#[tokio::test]
async fn ten_thousand_pages_are_too_many() {
    assert_eq!(failure(file(&pdf_with_pages(10_000)), options()).await, FailureCode::TooManyPages);
}

#[tokio::test]
async fn a_page_of_200_inches_is_read() {
    let pages = pages(&pdf_with_page_of(14_400.0, 14_400.0), options()).await;
    assert_eq!((pages[0].width, pages[0].error.as_ref()), (14_400.0, None));
    assert_eq!(pages[0].zones[0].content, "Section 1");
}

#[tokio::test]
async fn a_larger_page_fails_alone() {
    let pages = pages(&pdf_with_page_of(20_000.0, 100.0), options()).await;
    let error = pages[0].error.as_ref().unwrap();
    assert_eq!(error.code, PageErrorCode::PageTooLarge);
    assert!(error.message.contains("20000 by 100 points"), "{}", error.message);
}

#[tokio::test]
async fn boxes_are_on_the_page_as_displayed() {
    let upright = pages(&pdf_with_sheet(Sheet::default()), options()).await;
    let bbox = upright[0].zones[0].bbox;
    // The text stands at (72, 600) from the bottom left of a page of 612 by 792; its box reaches down to the descent.
    assert!((bbox.x - 72.0).abs() < 2.0 && (bbox.y + bbox.height - 192.0).abs() < 6.0, "{bbox:?}");

    let turned = pages(&pdf_with_sheet(Sheet { rotation: 90, ..Sheet::default() }), options()).await;
    let bbox = turned[0].zones[0].bbox;
    assert_eq!((turned[0].width, turned[0].height, turned[0].rotation), (792.0, 612.0, 90));
    assert!((bbox.y - 72.0).abs() < 2.0 && (bbox.x - 600.0).abs() < 6.0, "{bbox:?}");
    assert!(bbox.height > bbox.width);
    assert_eq!(turned[0].zones[0].content, "Hello from the page");
}

#[tokio::test]
async fn an_outline_that_is_a_ring_ends_and_names_its_heading() {
    let pages = pages(&pdf_with_ring_of_bookmarks(), options()).await;
    let zone = &pages[0].zones[0];
    assert_eq!(
        (zone.kind, zone.level, zone.content.as_str()),
        (ZoneKind::Heading, Some(2), "Hello from the page")
    );
}

#[tokio::test]
async fn a_page_that_takes_too_long_fails_alone() {
    let mut options = options();
    options.limits.page_seconds = 1;
    options.limits.memory_bytes = 16 << 30;
    let started = Instant::now();
    // The light pages take some milliseconds, this one many seconds.
    let pages = pages(&pdf_with_heavy_second_page(96), options).await;
    assert!(started.elapsed() < Duration::from_secs(30));
    assert_eq!(codes(&pages), [None, Some(PageErrorCode::PageTimedOut), None]);
}

#[tokio::test]
async fn a_page_that_takes_too_much_memory_fails_alone() {
    let mut options = options();
    options.limits.memory_bytes = 400 << 20;
    let pages = pages(&pdf_with_heavy_second_page(24), options).await;
    assert_eq!(codes(&pages), [None, Some(PageErrorCode::PageMemory), None]);
}

#[tokio::test]
async fn a_page_that_repeats_itself_within_itself_fails_alone_for_want_of_memory() {
    let mut options = options();
    options.limits.memory_bytes = 300 << 20;
    let pages = pages(&pdf_with_recursive_second_page(), options).await;
    assert_eq!(codes(&pages), [None, Some(PageErrorCode::PageMemory), None]);
    let message = &pages[1].error.as_ref().unwrap().message;
    assert!(message.contains("repeat its content") && message.contains("; print it"), "{message}");
}

fn codes(pages: &[Page]) -> Vec<Option<PageErrorCode>> {
    pages.iter().map(|page| page.error.as_ref().map(|error| error.code)).collect()
}

#[tokio::test]
async fn a_document_that_keeps_losing_its_process_is_given_up() {
    let mut options = options();
    options.limits.max_restarts = 0;
    options.limits.memory_bytes = 400 << 20;
    let source = file(&pdf_with_heavy_second_page(24));
    assert_eq!(failure(source, options).await, FailureCode::TooManyFailures);
}

#[tokio::test]
async fn a_missing_library_is_the_operators_problem_and_says_what_to_do() {
    let mut options = options();
    options.launcher = Launcher::new(executable(), "/no/such/libpdfium.so".into());
    assert_eq!(failure(file(&pdf_with_pages(1)), options).await, FailureCode::EngineUnavailable);
}

/// Names the script that children are in [`zygote_of_scripts`].
const SCRIPT: &str = "ZONED_TEST_CHILD";

/// Options whose children are this shell script: its standard input is the document, its standard output the channel.
fn options_with_child(folder: &Path, script: &str) -> Options {
    let write = |name: &str, content: String| {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        path
    };
    let child = write("child", format!("#!/bin/sh\n{script}"));
    let zygote = format!(
        "#!/bin/sh\n{SCRIPT}={} exec {} --exact zygote_of_scripts --ignored --test-threads 1",
        child.display(),
        std::env::current_exe().unwrap().display()
    );
    let mut options = options();
    options.launcher = Launcher::new(write("zygote", zygote), PathBuf::new());
    options
}

#[test]
#[ignore = "run by the other tests, in a process of its own"]
fn zygote_of_scripts() {
    let Some(script) = std::env::var_os(SCRIPT) else { return };
    let control = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let work = |input: File, channel: UnixStream| -> i32 {
        let mut command = Command::new(&script);
        command.stdin(input).stdout(OwnedFd::from(channel)).env_remove(SCRIPT);
        panic!("{}", command.exec());
    };
    zygote::serve(control.into(), work).unwrap();
}

#[tokio::test]
async fn a_child_that_talks_nonsense_or_nothing_costs_the_document_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let nonsense = [
        "head -c 100000 /dev/zero | tr '\\0' x",
        "head -c 5 /dev/zero",
        "exit 0",
        // Forty bytes are announced, and fewer come.
        r"printf '\50\0\0\0\0\0\0\0{}'",
        // Two valid bytes, which are no message.
        r"printf '\2\0\0\0\0\0\0\0{}'",
    ];
    for script in nonsense {
        let options = options_with_child(folder.path(), script);
        assert_eq!(failure(file(b"%PDF-"), options).await, FailureCode::OpenCrashed, "{script}");
    }
    let mut options = options_with_child(folder.path(), "exec sleep 100");
    options.limits.open_seconds = 1;
    assert_eq!(failure(file(b"%PDF-"), options).await, FailureCode::OpenTimedOut);
}

#[tokio::test]
async fn a_page_that_breaks_its_child_fails_alone_whichever_part_it_is_in() {
    let mut options = options();
    options.limits.memory_bytes = 400 << 20;
    options.pool = ChildPool::new(2);
    let bytes = pdf_with_heavy_page(40, 20, 24);
    let codes = codes(&pages(&bytes, options).await);
    assert_eq!(codes.len(), 40);
    let failed: Vec<usize> = (0..40).filter(|index| codes[*index].is_some()).collect();
    assert_eq!(failed, [20], "{codes:?}");
}

#[tokio::test]
async fn a_document_whose_zones_take_too_many_bytes_is_given_up() {
    let mut options = options();
    options.limits.max_output_bytes = 2000;
    assert_eq!(failure(file(&pdf_with_pages(30)), options).await, FailureCode::OutputTooLarge);
}

#[tokio::test]
async fn no_environment_reaches_the_child() {
    // The child is replaced by a program that answers with its environment's size.
    let folder = tempfile::tempdir().unwrap();
    let answer = r#"
if [ -z "$CARGO_MANIFEST_DIR" ]; then code=no_pages; else code=not_a_pdf; fi
message="{\"type\":\"failed\",\"code\":\"$code\",\"message\":\"m;\"}"
# A frame: the lengths of the message and of what is attached, then these.
printf "\\$(printf %o ${#message})\\0\\0\\0\\0\\0\\0\\0%s" "$message"
"#;
    let options = options_with_child(folder.path(), answer);
    assert_eq!(failure(file(b"%PDF-"), options).await, FailureCode::NoPages);
}

/// A shell function that sends a frame with this message: the lengths of the message and of what is attached, then these.
const SAY: &str = r#"
say() { printf "\\$(printf %o ${#1})\\0\\0\\0\\0\\0\\0\\0%s" "$1"; }
document='{"type":"document","page_count":1,"metadata":{},"pdf_version":null}'
"#;

#[tokio::test]
async fn a_child_that_floods_its_parent_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let floods = [
        // The same page again and again, which is out of turn.
        "while :; do say '{\"type\":\"working\",\"page_number\":1,\"stage\":\"reading\"}'; done",
        "exec cat /dev/zero",
        // The longest message is announced, and never ends.
        r"printf '\0\0\0\3\0\0\0\0'; exec tr '\0' ' ' < /dev/zero",
    ];
    for flood in floods {
        let script =
            format!("{SAY}\nsay '{{\"type\":\"ready\",\"enforced\":null}}'\nsay \"$document\"\n{flood}");
        let options = options_with_child(folder.path(), &script);
        let started = Instant::now();
        let code = failure(file(b"%PDF-"), options).await;
        // Which of them depends on whether the flood is a wrong message or only the beginning of one.
        let stopped = [FailureCode::TooManyFailures, FailureCode::OpenCrashed, FailureCode::OpenTimedOut]
            .contains(&code);
        assert!(stopped, "{flood}: {code:?}");
        assert!(started.elapsed() < Duration::from_mins(1), "{flood}");
    }
}

#[tokio::test]
async fn a_document_that_takes_too_long_as_a_whole_is_given_up() {
    let mut options = options();
    options.limits.document_seconds = 1;
    options.limits.memory_bytes = 16 << 30;
    let started = Instant::now();
    // Its second page takes many seconds, which the page alone might.
    let code = failure(file(&pdf_with_heavy_second_page(96)), options).await;
    assert_eq!(code, FailureCode::DocumentTimedOut);
    assert!(started.elapsed() < Duration::from_secs(30));
}
