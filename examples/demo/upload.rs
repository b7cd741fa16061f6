//! Uploading as a user does: a document row, then the file through the resumable endpoint.

use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use zoned::supabase::rest::Repeat;
use zoned::supabase::storage::{DOCUMENTS, tus};
use zoned::supabase::{Project, Rest, Schema, Session};

use crate::Document;
use crate::watch::Screen;

#[derive(Deserialize)]
struct Created {
    id: Uuid,
    object_path: String,
}

/// Uploads one file, showing how far it is.
pub(crate) async fn upload(
    project: &Project,
    session: &Session,
    rest: &Rest,
    path: &Path,
    screen: &mut Screen,
) -> anyhow::Result<Document> {
    let name = path.file_name().and_then(|name| name.to_str()).context("a file name")?.to_owned();
    let mut file =
        tokio::fs::File::open(path).await.with_context(|| format!("cannot open {}", path.display()))?;
    let length = file.metadata().await?.len();
    let arguments = json!({ "name": name, "byte_size": length });
    let created: Created = rest.rpc(Schema::Public, "create_document", &arguments, Repeat::Never).await?;
    let bar = screen.add(created.id, &name, length);
    let target =
        tus::Target { bucket: DOCUMENTS, key: &created.object_path, content_type: "application/pdf", length };
    let upload = tus::Upload::begin(project, session, target).await?;
    upload
        .send(&mut file, |sent| bar.set_position(sent))
        .await
        .with_context(|| format!("cannot upload {name}"))?;
    Ok(Document { id: created.id, name, path: path.to_owned() })
}
