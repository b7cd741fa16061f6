//! What came out: each document's zones as a table, and the exports as files.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use zoned::supabase::realtime::{EventFeed, Realtime};
use zoned::supabase::rest::{Filter, Repeat, Select};
use zoned::supabase::storage::{EXPORTS, signed};
use zoned::supabase::{Project, Rest, Schema, Session};

use crate::Document;

/// Zones shown of each document; the rest is counted.
const SHOWN: usize = 12;
/// How long one export may take.
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(Deserialize)]
struct Zone {
    page_number: u32,
    reading_order: u32,
    kind: String,
    confidence: f32,
    content: String,
}

/// Prints the first zones and how many there are of each kind.
pub(crate) async fn print_zones(rest: &Rest, document: &Document) -> anyhow::Result<()> {
    let id = document.id.to_string();
    let zones: Vec<Zone> = rest
        .select(&Select {
            table: "zones",
            columns: "page_number,reading_order,kind,confidence,content",
            filters: vec![Filter::Eq("document_id", &id)],
            order: "page_number,reading_order",
            limit: 1000,
        })
        .await?;
    println!("\n{}", document.name);
    println!("  page  #    kind          sure  content");
    for zone in zones.iter().take(SHOWN) {
        println!(
            "  {:>4}  {:<3}  {:<12}  {:.2}  {}",
            zone.page_number,
            zone.reading_order,
            zone.kind,
            zone.confidence,
            first_line(&zone.content)
        );
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for zone in &zones {
        *kinds.entry(&zone.kind).or_default() += 1;
    }
    let summary: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    println!("  in all: {}", summary.join(", "));
    Ok(())
}

fn first_line(content: &str) -> String {
    let line: String = content.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 70 {
        line
    } else {
        format!("{}…", line.chars().take(69).collect::<String>())
    }
}

#[derive(Deserialize)]
struct Export {
    id: Uuid,
    object_path: String,
}

/// Asks for Markdown, JSON and JSONL of each document, and downloads them by signed URL.
pub(crate) async fn download_exports(
    project: &Project,
    session: &Session,
    rest: &Rest,
    documents: &[Document],
    out: &Path,
) -> anyhow::Result<()> {
    println!();
    let realtime = Realtime::connect(project, session);
    for document in documents {
        let mut feed = EventFeed::of_document(&realtime, rest, document.id, 0).await?;
        for (format, extension) in [("markdown", "md"), ("json", "json"), ("jsonl", "jsonl")] {
            let arguments = json!({ "document_id": document.id, "format": format });
            let export: Export =
                rest.rpc(Schema::Public, "request_export", &arguments, Repeat::Never).await?;
            tokio::time::timeout(PATIENCE, wait_for(&mut feed, export.id))
                .await
                .context("the export took too long")??;
            let url =
                signed::sign(project, session, EXPORTS, &export.object_path, Duration::from_mins(1)).await?;
            let bytes = reqwest::get(url.expose())
                .await?
                .error_for_status()
                .map_err(reqwest::Error::without_url)?
                .bytes()
                .await?;
            let target =
                out.join(document.path.with_extension(extension).file_name().context("a file name")?);
            tokio::fs::write(&target, &bytes).await?;
            println!("{:>9} bytes  {}", bytes.len(), target.display());
        }
    }
    Ok(())
}

async fn wait_for(feed: &mut EventFeed, export: Uuid) -> anyhow::Result<()> {
    loop {
        let event = feed.next().await?;
        if event.kind == "export.status" && event.payload["export_id"] == export.to_string() {
            match event.payload["status"].as_str() {
                Some("ready") => return Ok(()),
                Some("failed") => bail!("the export failed: {}", event.payload["error"]["message"]),
                _ => {}
            }
        }
    }
}
