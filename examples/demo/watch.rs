//! Progress bars fed by Realtime: every movement is an event that was broadcast, nothing is polled.

use std::collections::HashMap;

use anyhow::bail;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;
use uuid::Uuid;
use zoned::supabase::realtime::{EventFeed, JobEvent};

/// One bar a document.
#[derive(Debug)]
pub(crate) struct Screen {
    bars: MultiProgress,
    rows: HashMap<Uuid, Row>,
}

#[derive(Debug)]
struct Row {
    name: String,
    bar: ProgressBar,
    settled: bool,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self { bars: MultiProgress::new(), rows: HashMap::new() }
    }

    /// A new row, at first for the upload's bytes.
    pub(crate) fn add(&mut self, id: Uuid, name: &str, bytes: u64) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new(bytes));
        bar.set_style(style("{prefix:12} {bar:30} {bytes:>10} of {total_bytes} uploaded"));
        bar.set_prefix(name.to_owned());
        self.rows.insert(id, Row { name: name.to_owned(), bar: bar.clone(), settled: false });
        bar
    }

    /// Follows the events until every document is ready.
    pub(crate) async fn follow(&mut self, mut feed: EventFeed) -> anyhow::Result<()> {
        while self.rows.values().any(|row| !row.settled) {
            let event = feed.next().await?;
            if let Some(row) = self.rows.get_mut(&event.document_id) {
                row.show(&event)?;
            }
        }
        Ok(())
    }
}

impl Row {
    fn show(&mut self, event: &JobEvent) -> anyhow::Result<()> {
        match event.kind.as_str() {
            "progress" => self.show_progress(&event.payload),
            "document.status" => return self.show_status(&event.payload),
            _ => {}
        }
        Ok(())
    }

    fn show_progress(&self, payload: &Value) {
        let number = |key: &str| payload[key].as_u64();
        let eta = payload["eta_seconds"]
            .as_f64()
            .filter(|eta| *eta > 0.0)
            .map_or(String::new(), |eta| format!("{eta:.0} s left"));
        if let Some(total) = number("pages_total") {
            self.bar.set_style(style("{prefix:12} {bar:30} page {pos:>4} of {len:4} {msg}"));
            self.bar.set_length(total);
            self.bar.set_position(number("pages_done").unwrap_or(0));
        }
        self.bar.set_message(format!("{} {eta}", payload["stage"].as_str().unwrap_or_default()));
    }

    fn show_status(&mut self, payload: &Value) -> anyhow::Result<()> {
        match payload["status"].as_str() {
            Some("ready") => {
                self.bar.finish_with_message("ready");
                // Where standard error is no terminal the bar is not drawn: say it at least.
                if self.bar.is_hidden() {
                    println!("{}: ready, {} pages", self.name, payload["page_count"]);
                }
                self.settled = true;
            }
            Some("failed") => bail!("{} failed: {}", self.name, payload["error"]["message"]),
            Some(status) => self.bar.set_message(status.to_owned()),
            None => {}
        }
        Ok(())
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
