//! `zoned doctor`: is everything there that the daemon needs?

use std::io::{Seek as _, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::connect;
use crate::config::Config;
use crate::ocr::Tesseract;
use crate::picture::GreyPicture;
use crate::pipeline::extraction::sandbox::Sandbox;
use crate::pipeline::protocol::{PROTOCOL_VERSION, WorkerRpc};
use crate::pipeline::{Event, Extraction, Options};
use crate::supabase::realtime::{Next, Notice};
use crate::supabase::storage::s3::S3;
use crate::supabase::storage::{DOCUMENTS, EXPORTS};
use crate::supabase::{Auth, Project, Realtime, Rest, Session, SupabaseError};

/// Time for each check.
const LIMIT: Duration = Duration::from_secs(15);

/// A PDF of one empty page.
const TINY_PDF: &[u8] = b"%PDF-1.4\n\
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\n\
trailer<</Size 4/Root 1 0 R>>\n%%EOF\n";

/// Check what the daemon needs, and say what to do about what is missing.
///
/// Uses the same environment as `zoned work`. Exit code 1 if a check failed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print one JSON object: ok, and checks with name, ok, skipped, detail, remedy.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    /// Whether it was left out because another check failed.
    skipped: bool,
    /// What was found.
    detail: String,
    /// What to do; empty if it is well.
    remedy: String,
}

/// What went wrong and what to do.
struct Finding {
    detail: String,
    remedy: String,
}

impl Finding {
    fn new(detail: impl std::fmt::Display, remedy: impl Into<String>) -> Self {
        Self { detail: detail.to_string(), remedy: remedy.into() }
    }
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let checks = connect::runtime()?.block_on(examine(config));
    let well = checks.iter().all(|check| check.ok);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&json!({ "ok": well, "checks": checks }))?);
    } else {
        checks.iter().for_each(print);
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(check: &Check) {
    let verdict = match check {
        Check { ok: true, .. } => "ok",
        Check { skipped: true, .. } => "skipped",
        Check { .. } => "failed",
    };
    println!("{verdict:7}  {:9}  {}", check.name, check.detail);
    if !check.remedy.is_empty() {
        println!("                    → {}", check.remedy);
    }
}

/// The checks in order; one that needs another that failed says so.
#[derive(Default)]
struct Examination(Vec<Check>);

impl Examination {
    /// Runs a check and gives on what it found for later ones.
    async fn check<T>(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Result<(T, String), Finding>>,
    ) -> Option<T> {
        let late = || {
            Finding::new(
                format!("nothing within {} s", LIMIT.as_secs()),
                "Try again; then look at the service's logs.",
            )
        };
        match tokio::time::timeout(LIMIT, work).await.unwrap_or_else(|_| Err(late())) {
            Ok((found, detail)) => {
                self.0.push(Check { name, ok: true, skipped: false, detail, remedy: String::new() });
                Some(found)
            }
            Err(Finding { detail, remedy }) => {
                self.0.push(Check { name, ok: false, skipped: false, detail, remedy });
                None
            }
        }
    }

    fn skip(&mut self, names: &[&'static str], needed: &str) {
        for name in names {
            let remedy = format!("Correct {needed} first.");
            self.0.push(Check { name, ok: false, skipped: true, detail: "not checked".into(), remedy });
        }
    }
}

async fn examine(config: &Config) -> Vec<Check> {
    let mut examination = Examination::default();
    examine_project(config, &mut examination).await;
    examination.check("pdfium", check_pdfium(config)).await;
    examination.check("ocr", check_ocr(config)).await;
    examination.0
}

async fn examine_project(config: &Config, examination: &mut Examination) {
    let project = examination.check("settings", async { check_settings(config) }).await;
    let Some(project) = project else {
        return examination.skip(&["service", "sign-in", "protocol", "storage", "realtime"], "the settings");
    };
    if examination.check("service", check_service(&project)).await.is_none() {
        return examination.skip(&["sign-in", "protocol", "storage", "realtime"], "the address or the key");
    }
    let Some(session) = examination.check("sign-in", check_sign_in(&project)).await else {
        return examination.skip(&["protocol", "storage", "realtime"], "the sign-in");
    };
    let rpc = WorkerRpc::new(Rest::as_account(&project, &session));
    examination.check("protocol", check_protocol(&rpc)).await;
    examination.check("storage", check_storage(&project, &session)).await;
    examination.check("realtime", check_realtime(&project, &session, &rpc)).await;
}

fn check_settings(config: &Config) -> Result<(Project, String), Finding> {
    let project = connect::project(config).map_err(|error| {
        Finding::new(&error, "Set the variable, for example in the daemon's service file.")
    })?;
    let detail = format!("{} with a key of kind {:?}", project.base(), project.key().kind());
    Ok((project, detail))
}

async fn check_service(project: &Project) -> Result<((), String), Finding> {
    let begun = Instant::now();
    let auth = Auth::new(project).map_err(|error| Finding::new(error, "Check SUPABASE_URL."))?;
    match auth.health().await {
        Ok(()) => Ok(((), format!("answers in {} ms", begun.elapsed().as_millis()))),
        Err(error @ (SupabaseError::Unauthorised { .. } | SupabaseError::Forbidden { .. })) => {
            Err(Finding::new(
                error,
                "Copy the publishable key from the project's API settings to SUPABASE_PUBLISHABLE_KEY.",
            ))
        }
        Err(error) => Err(Finding::new(
            error,
            "Check SUPABASE_URL, and that the project is running and reachable from this machine.",
        )),
    }
}

async fn check_sign_in(project: &Project) -> Result<(Session, String), Finding> {
    let account = connect::worker_account().map_err(|error| {
        Finding::new(error.root_cause(), "Make an account with `zoned worker create` and set what it prints.")
    })?;
    match Session::sign_in(project, account).await {
        Ok(session) => {
            let detail = format!("account {}", session.user_id());
            Ok((session, detail))
        }
        Err(error) => Err(Finding::new(
            error,
            "Check ZONED_WORKER_EMAIL and ZONED_WORKER_PASSWORD, or make an account with `zoned worker create`.",
        )),
    }
}

async fn check_protocol(rpc: &WorkerRpc) -> Result<((), String), Finding> {
    match rpc.hello("doctor", 1).await {
        Ok(hello) => {
            let detail =
                format!("version {PROTOCOL_VERSION}, the database speaks {}", hello.protocol_version);
            Ok(((), detail))
        }
        Err(error @ SupabaseError::Forbidden { .. }) => {
            Err(Finding::new(error, "The account is not a worker: make one with `zoned worker create`."))
        }
        Err(error) if error.refusal().is_some_and(|refusal| refusal.status == 426) => {
            Err(Finding::new(error, "Install a newer zoned on this machine."))
        }
        Err(error) if error.refusal().is_some_and(|refusal| refusal.code.starts_with("PGRST")) => {
            Err(Finding::new(
                error,
                "Apply the migrations (`supabase db push`) and add schema `worker` to the exposed schemas of the project's API settings.",
            ))
        }
        Err(error) => Err(Finding::new(error, "Look at the database's logs.")),
    }
}

async fn check_storage(project: &Project, session: &Session) -> Result<((), String), Finding> {
    let s3 = S3::new(project, session);
    for bucket in [DOCUMENTS, EXPORTS] {
        let finding = |error: SupabaseError| {
            let remedy = match &error {
                SupabaseError::NotFound { refusal, .. } if refusal.code == "NoSuchBucket" => {
                    "Apply the migrations (`supabase db push`): they make the buckets."
                }
                SupabaseError::Forbidden { .. } | SupabaseError::Unauthorised { .. } => {
                    "Check supabase.s3_region and supabase.s3_access_key (the project reference), and that the S3 \
                     protocol is enabled in the project's storage settings."
                }
                _ => "Check that Storage and its S3 endpoint are running.",
            };
            Finding::new(format!("bucket {bucket}: {error}"), remedy)
        };
        s3.probe(bucket).await.map_err(finding)?;
    }
    Ok(((), format!("buckets {DOCUMENTS} and {EXPORTS} over S3")))
}

/// Has the database send a message to the account's own topic and waits for it.
async fn check_realtime(
    project: &Project,
    session: &Session,
    rpc: &WorkerRpc,
) -> Result<((), String), Finding> {
    let broken = |error: SupabaseError| {
        Finding::new(
            error,
            "Check that Realtime is running and websockets pass; without it the daemon polls.",
        )
    };
    let realtime = Realtime::connect(project, session);
    let mut subscription = realtime.join(&format!("worker:{}", session.user_id())).await.map_err(broken)?;
    let nonce = Uuid::new_v4();
    let mut sent = Instant::now();
    loop {
        match subscription.next().await.map_err(broken)? {
            Next::Notice(Notice::Joined) => {
                sent = Instant::now();
                rpc.ping(nonce).await.map_err(broken)?;
            }
            Next::Notice(Notice::Refused(reason)) => {
                let remedy =
                    "Apply the migrations (`supabase db push`): they let workers listen on their topics.";
                return Err(Finding::new(reason, remedy));
            }
            Next::Notice(Notice::Broadcast(broadcast)) if broadcast.payload["nonce"] == json!(nonce) => {
                return Ok(((), format!("a message came round in {} ms", sent.elapsed().as_millis())));
            }
            Next::Notice(Notice::Broadcast(_) | Notice::Interrupted) | Next::Missed => {}
        }
    }
}

async fn check_pdfium(config: &Config) -> Result<((), String), Finding> {
    let remedy =
        "Run `make setup`, or set pdfium.library (ZONED_PDFIUM_LIBRARY) to the PDFium shared library.";
    let options = Options::new(config).map_err(|error| Finding::new(error, "Mend what it names."))?;
    let library = options.launcher.pdfium().display().to_string();
    match read_tiny(options).await {
        Ok((1, sandbox)) => {
            let sandbox = match sandbox {
                Some(Sandbox::Enforced) => "in a sandbox",
                _ => "without a sandbox, which this system does not offer",
            };
            Ok(((), format!("reads a page with {library}, {sandbox}")))
        }
        Ok((pages, _)) => Err(Finding::new(format!("{pages} pages of 1 read with {library}"), remedy)),
        Err(error) => Err(Finding::new(format!("{library}: {error:#}"), remedy)),
    }
}

/// That there is no Tesseract is no failure: pages that are pictures stay without text.
async fn check_ocr(config: &Config) -> Result<((), String), Finding> {
    if !config.ocr.is_enabled() {
        return Ok(((), "off: pages that are pictures stay without text (ocr.enabled)".to_owned()));
    }
    let command = config.ocr.command.display();
    let Some(tesseract) = Tesseract::find(&config.ocr) else {
        let detail = format!(
            "{command} is not there: pages that are pictures stay without text; install tesseract-ocr to have them read"
        );
        return Ok(((), detail));
    };
    let languages = config.ocr.languages.join(", ");
    let remedy = "Install the languages (on Debian tesseract-ocr-deu and so on), or correct ocr.languages.";
    let blank = GreyPicture { width: 64, height: 64, pixels: vec![255; 64 * 64] };
    match tesseract.read(&blank, 72).await {
        Ok(_) => Ok(((), format!("reads pictures with {}, {languages}", tesseract.command.display()))),
        Err(error) => Err(Finding::new(error, remedy)),
    }
}

async fn read_tiny(options: Options) -> anyhow::Result<(u32, Option<Sandbox>)> {
    let mut file = tempfile::tempfile().context("no temporary file")?;
    file.write_all(TINY_PDF)?;
    file.rewind()?;
    let mut extraction = Extraction::start(file, options);
    let mut pages = 0;
    while let Some(event) = extraction.next().await? {
        pages += u32::from(matches!(event, Event::Page(page) if page.error.is_none()));
    }
    Ok((pages, extraction.sandbox()))
}
