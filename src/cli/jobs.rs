//! `zoned jobs`: looking at jobs and steering them.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::connect;
use crate::config::Config;
use crate::supabase::rest::{Filter, Repeat, Select};
use crate::supabase::{Rest, Schema, Session};

const COLUMNS: &str = "id,kind,state,document_id,export_id,priority,attempts,max_attempts,run_after,created_at,\
                       started_at,finished_at,checkpoint,error";

/// Look at jobs and steer them.
///
/// With SUPABASE_SECRET_KEY set: all jobs of the project. Otherwise those of the user in ZONED_EMAIL and ZONED_PASSWORD.
/// (A worker account sees no jobs but those it claims.)
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List jobs, newest first.
    List(List),
    /// Show one job and its progress.
    Show(One),
    /// Queue a dead or canceled job again; it continues where it stopped.
    Retry(One),
    /// End a queued or running job.
    Cancel(One),
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only jobs in this state.
    #[arg(long, value_parser = ["queued", "running", "succeeded", "dead", "canceled"])]
    state: Option<String>,
    /// Most jobs to list.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Print a JSON array.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct One {
    /// The job's id.
    job: Uuid,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(command: &Command, config: &Config) -> anyhow::Result<ExitCode> {
    connect::runtime()?.block_on(async {
        let rest = rest(config).await?;
        match command {
            Command::List(list) => print_list(list, &rest).await,
            Command::Show(one) => {
                let job = show(one.job, &rest).await?;
                print_one(&job, one.json)
            }
            Command::Retry(one) => steer("retry_job", one, &rest).await,
            Command::Cancel(one) => steer("cancel_job", one, &rest).await,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn rest(config: &Config) -> anyhow::Result<Rest> {
    if let Some(project) = connect::operators_project(config)? {
        return Ok(Rest::as_key(&project));
    }
    let account = connect::user_account().context(
        "set SUPABASE_SECRET_KEY to see all jobs, or ZONED_EMAIL and ZONED_PASSWORD to see a user's",
    )?;
    let project = connect::project(config)?;
    let session = Session::sign_in(&project, account).await.context("cannot sign in as ZONED_EMAIL")?;
    Ok(Rest::as_account(&project, &session))
}

async fn print_list(list: &List, rest: &Rest) -> anyhow::Result<()> {
    let filters = list.state.iter().map(|state| Filter::Eq("state", state)).collect();
    let limit = usize::from(list.limit);
    let select = Select { table: "jobs", columns: COLUMNS, filters, order: "created_at.desc", limit };
    let jobs: Vec<Value> = rest.select(&select).await.context("the jobs could not be read")?;
    if list.json {
        println!("{}", serde_json::to_string_pretty(&jobs)?);
        return Ok(());
    }
    println!("{:36}  {:16}  {:9}  {:8}  {:20}  ERROR", "JOB", "KIND", "STATE", "ATTEMPTS", "CREATED");
    for job in &jobs {
        let attempts = format!("{}/{}", text(&job["attempts"]), text(&job["max_attempts"]));
        let created: String = text(&job["created_at"]).chars().take(19).collect();
        let (id, kind, state) = (text(&job["id"]), text(&job["kind"]), text(&job["state"]));
        println!(
            "{id:36}  {kind:16}  {state:9}  {attempts:8}  {created:20}  {}",
            text(&job["error"]["code"])
        );
    }
    Ok(())
}

async fn show(job: Uuid, rest: &Rest) -> anyhow::Result<Value> {
    let id = job.to_string();
    let of = |table, columns, column| Select {
        table,
        columns,
        filters: vec![Filter::Eq(column, &id)],
        order: "",
        limit: 1,
    };
    let jobs: Vec<Value> =
        rest.select(&of("jobs", COLUMNS, "id")).await.context("the job could not be read")?;
    let mut job = jobs.into_iter().next().with_context(|| {
        format!("there is no job {id}, or it is another user's: `zoned jobs list` shows the ids")
    })?;
    let columns = "stage,pages_done,pages_total,percent,eta_seconds,message,updated_at";
    let progress: Vec<Value> = rest.select(&of("job_progress", columns, "job_id")).await?;
    job["progress"] = progress.into_iter().next().unwrap_or_default();
    Ok(job)
}

async fn steer(function: &str, one: &One, rest: &Rest) -> anyhow::Result<()> {
    let job: Value = rest
        .rpc(Schema::Public, function, &json!({ "job_id": one.job }), Repeat::Never)
        .await
        .with_context(|| format!("job {} is left as it is", one.job))?;
    print_one(&job, one.json)
}

fn print_one(job: &Value, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(job)?);
        return Ok(());
    }
    for (key, value) in job.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        println!("{key:16} {}", text(value));
    }
    Ok(())
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
