//! `/storage/v1` as a service: what an upload means to the database, whichever protocol brings it, and what it does
//! when things go wrong.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may end")]

use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::Client as S3;
use aws_sdk_s3::config::{Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream;
use local_supabase::{LocalSupabase, Options};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_postgres::{Client, NoTls};

const MIB: usize = 1 << 20;

/// What a migration makes: a bucket, a policy by the first folder, and a trigger that notes each finished upload.
const MIGRATION: &str = "
    insert into storage.buckets (id, name, file_size_limit, allowed_mime_types)
    values ('files', 'files', 8000000, null), ('pdfs', 'pdfs', null, '{application/pdf}');
    create policy own_folder on storage.objects for all to authenticated
      using ((storage.foldername(name))[1] = (select auth.uid())::text)
      with check ((storage.foldername(name))[1] = (select auth.uid())::text);
    create table public.finished (name text, size bigint, owner_id text);
    create function public.note_upload() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      insert into public.finished
      values (new.name, (new.metadata ->> 'size')::bigint, new.owner_id);
      return null;
    end $$;
    create trigger note_upload after insert or update of metadata on storage.objects
      for each row execute function public.note_upload();
";

struct User {
    id: String,
    token: String,
}

struct Project {
    stand_in: LocalSupabase,
    data_dir: tempfile::TempDir,
    http: reqwest::Client,
    database: Client,
}

impl Project {
    async fn start() -> Self {
        // The client is built with TLS, though loopback needs none; several tests may have set it up already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let data_dir = tempfile::tempdir().unwrap();
        let options = Options { data_dir: Some(data_dir.path().to_owned()), ..Options::default() };
        let stand_in = LocalSupabase::start(options).await.unwrap();
        let (database, connection) = tokio_postgres::connect(&stand_in.database_url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        database.batch_execute(MIGRATION).await.unwrap();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Self { stand_in, data_dir, http, database }
    }

    async fn user(&self, name: &str) -> User {
        let body = json!({"email": format!("{name}@example.com"), "password": "a long password"});
        let request = self
            .http
            .post(format!("{}/auth/v1/signup", self.stand_in.url()))
            .header("apikey", &self.stand_in.keys().publishable_key)
            .body(body.to_string());
        let session: Value =
            serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        User { id: text(&session["user"]["id"]), token: text(&session["access_token"]) }
    }

    fn request(&self, method: Method, path: &str, user: &User) -> RequestBuilder {
        self.http
            .request(method, format!("{}/storage/v1{path}", self.stand_in.url()))
            .header("apikey", &self.stand_in.keys().publishable_key)
            .bearer_auth(&user.token)
    }

    /// A client with the defaults of the library, signed in as a user, its secret a key of the new style.
    fn s3(&self, user: &User) -> S3 {
        let secret = &self.stand_in.keys().publishable_key;
        let credentials = Credentials::new("stub", secret, Some(user.token.clone()), None, "test");
        // The library joins endpoint and bucket as they are: without the last slash they would be one word.
        let config = aws_sdk_s3::Config::builder()
            .endpoint_url(format!("{}/storage/v1/s3/", self.stand_in.url()))
            .region(Region::new("us-east-1"))
            .force_path_style(true)
            .credentials_provider(credentials)
            .build();
        S3::from_conf(config)
    }

    async fn begin_resumable(&self, user: &User, name: &str, length: usize) -> Response {
        let encoded = |text: &str| STANDARD.encode(text);
        let metadata = format!(
            "bucketName {},objectName {},contentType {}",
            encoded("files"),
            encoded(name),
            encoded("text/plain")
        );
        let request = self.request(Method::POST, "/upload/resumable", user);
        let request = request.header("tus-resumable", "1.0.0").header("upload-metadata", metadata);
        request.header("upload-length", length).send().await.unwrap()
    }

    fn patch(&self, user: &User, location: &str, offset: usize, chunk: &'static str) -> RequestBuilder {
        self.http
            .patch(location)
            .bearer_auth(&user.token)
            .header("tus-resumable", "1.0.0")
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", offset)
            .body(chunk)
    }

    async fn finished(&self, name: &str) -> Vec<(i64, String)> {
        let query = "select size, owner_id from public.finished where name = $1";
        let rows = self.database.query(query, &[&name]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    fn files(&self, directory: &str) -> usize {
        let path: &Path = self.data_dir.path();
        std::fs::read_dir(path.join("objects").join(directory)).unwrap().count()
    }
}

async fn body(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// Sends what there is of a first chunk of `announced` bytes, over a connection that the caller may cut.
async fn send_chunk(url: &reqwest::Url, user: &User, announced: usize, bytes: &[u8]) -> TcpStream {
    let mut socket = TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.unwrap();
    let head = format!(
        "PATCH {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: {announced}\r\n\r\n",
        url.path(),
        user.token
    );
    socket.write_all(&[head.as_bytes(), bytes].concat()).await.unwrap();
    socket
}

async fn upload_by_parts(s3: &S3, key: &str, parts: Vec<Vec<u8>>) {
    let upload = s3.create_multipart_upload().bucket("files").key(key).send().await.unwrap();
    let id = upload.upload_id().unwrap();
    let mut done = CompletedMultipartUpload::builder();
    for (number, part) in (1..).zip(parts) {
        let request = s3.upload_part().bucket("files").key(key).upload_id(id).part_number(number);
        let answer = request.body(ByteStream::from(part)).send().await.unwrap();
        let part = CompletedPart::builder().part_number(number).set_e_tag(answer.e_tag);
        done = done.parts(part.set_checksum_crc32(answer.checksum_crc32).build());
    }
    let request = s3.complete_multipart_upload().bucket("files").key(key).upload_id(id);
    request.multipart_upload(done.build()).send().await.unwrap();
}

#[tokio::test]
async fn an_upload_by_any_protocol_fires_its_trigger_once_with_size_and_owner() {
    let project = Project::start().await;
    let ada = project.user("ada").await;
    let name = |file: &str| format!("{}/{file}", ada.id);
    let expected = |size: i64| vec![(size, ada.id.clone())];

    let plain = project.request(Method::POST, &format!("/object/files/{}", name("plain")), &ada);
    assert_eq!(plain.body("12345").send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(project.finished(&name("plain")).await, expected(5));

    let begun = project.begin_resumable(&ada, &name("resumable"), 10).await;
    let location = begun.headers()["location"].to_str().unwrap().to_owned();
    project.patch(&ada, &location, 0, "01234").send().await.unwrap().error_for_status().unwrap();
    assert_eq!(project.finished(&name("resumable")).await, vec![]);
    project.patch(&ada, &location, 5, "56789").send().await.unwrap().error_for_status().unwrap();
    assert_eq!(project.finished(&name("resumable")).await, expected(10));

    let path = format!("/object/upload/sign/files/{}", name("signed"));
    let signed = body(project.request(Method::POST, &path, &ada).send().await.unwrap()).await;
    let url = format!("{}/storage/v1{}", project.stand_in.url(), signed["url"].as_str().unwrap());
    project.http.put(url).body("123").send().await.unwrap().error_for_status().unwrap();
    assert_eq!(project.finished(&name("signed")).await, expected(3));

    let s3 = project.s3(&ada);
    let put = s3.put_object().bucket("files").key(name("s3")).body(ByteStream::from_static(b"1234"));
    put.send().await.unwrap();
    assert_eq!(project.finished(&name("s3")).await, expected(4));

    upload_by_parts(&s3, &name("parts"), vec![vec![7; 5 * MIB], vec![8; 10]]).await;
    assert_eq!(project.finished(&name("parts")).await, expected(5 * MIB as i64 + 10));
    assert_eq!((project.files("incoming"), project.files("multipart")), (0, 0));
}

#[tokio::test]
async fn a_stranger_neither_writes_nor_reads_and_leaves_no_bytes() {
    let project = Project::start().await;
    let (ada, eve) = (project.user("ada").await, project.user("eve").await);
    let name = format!("{}/secret.txt", ada.id);
    let path = format!("/object/files/{name}");
    project.request(Method::POST, &path, &ada).body("secret").send().await.unwrap();

    let upsert = project.request(Method::POST, &path, &eve).header("x-upsert", "true").body("mine");
    assert_eq!(body(upsert.send().await.unwrap()).await["statusCode"], "403");
    let read = project.request(Method::GET, &path, &eve).send().await.unwrap();
    assert_eq!(body(read).await["code"], "NoSuchKey");
    assert_eq!(project.begin_resumable(&eve, &name, 3).await.status(), StatusCode::FORBIDDEN);

    let s3 = project.s3(&eve);
    let get = s3.get_object().bucket("files").key(&name).send().await.unwrap_err();
    assert_eq!(get.raw_response().unwrap().status().as_u16(), 404);
    let put = s3.put_object().bucket("files").key(&name).body(ByteStream::from_static(b"mine"));
    assert_eq!(put.send().await.unwrap_err().raw_response().unwrap().status().as_u16(), 403);
    let delete = s3.delete_object().bucket("files").key(&name).send().await.unwrap_err();
    assert_eq!(delete.raw_response().unwrap().status().as_u16(), 403);

    let own = project.request(Method::GET, &path, &ada).send().await.unwrap();
    assert_eq!(own.text().await.unwrap(), "secret");
    assert_eq!((project.files("versions"), project.files("resumable"), project.files("incoming")), (1, 0, 0));
}

#[tokio::test]
async fn a_resumable_upload_goes_on_where_its_connection_broke() {
    let project = Project::start().await;
    let ada = project.user("ada").await;
    let name = format!("{}/broken.txt", ada.id);
    let begun = project.begin_resumable(&ada, &name, 10).await;
    let location = begun.headers()["location"].to_str().unwrap().to_owned();

    let url = reqwest::Url::parse(&location).unwrap();
    let mut socket = send_chunk(&url, &ada, 10, b"0123").await;
    let nothing = tokio::time::timeout(Duration::from_millis(500), socket.read_u8()).await;
    assert!(nothing.is_err(), "an answer came before the body was complete");
    drop(socket);

    let state = project.http.head(&location).bearer_auth(&ada.token).header("tus-resumable", "1.0.0");
    assert_eq!(state.send().await.unwrap().headers()["upload-offset"], "4");
    let rest = project.patch(&ada, &location, 4, "456789").send().await.unwrap();
    assert_eq!(rest.headers()["tus-complete"], "1");
    let path = format!("/object/files/{name}");
    let whole = project.request(Method::GET, &path, &ada).send().await.unwrap();
    assert_eq!(whole.text().await.unwrap(), "0123456789");
    assert_eq!(project.finished(&name).await.len(), 1);
}

#[tokio::test]
async fn a_resumable_upload_whose_client_hangs_up_after_the_last_byte_becomes_an_object() {
    let project = Project::start().await;
    let ada = project.user("ada").await;
    // Whether a connection ends before, while or after its object is made is a matter of chance: of several, some do.
    for count in 0..10 {
        let name = format!("{}/cut-{count}.txt", ada.id);
        let begun = project.begin_resumable(&ada, &name, 10).await;
        let url = reqwest::Url::parse(begun.headers()["location"].to_str().unwrap()).unwrap();
        drop(send_chunk(&url, &ada, 10, b"0123456789").await);
    }
    for count in 0..10 {
        let name = format!("{}/cut-{count}.txt", ada.id);
        let finished = async {
            while project.finished(&name).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(20), finished).await;
        assert!(in_time.is_ok(), "{name} was complete, and no object was made of it");
        assert_eq!(project.finished(&name).await, vec![(10, ada.id.clone())]);
    }
    assert_eq!(project.files("versions"), 10);
}

#[tokio::test]
async fn a_bucket_bounds_size_and_type_even_of_a_body_without_a_length() {
    let project = Project::start().await;
    let ada = project.user("ada").await;
    let pieces = (0..20).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![0; MIB])));
    let endless = reqwest::Body::wrap_stream(stream::iter(pieces));
    let request = project.request(Method::POST, &format!("/object/files/{}/big", ada.id), &ada).body(endless);
    // The service answers and hangs up in the middle of the body: the client sees the one or the other.
    if let Ok(response) = request.send().await {
        assert_eq!(body(response).await["statusCode"], "413");
    }
    let wrong = project.request(Method::POST, &format!("/object/pdfs/{}/x", ada.id), &ada);
    let wrong = wrong.header("content-type", "text/plain").body("x").send().await.unwrap();
    assert_eq!(body(wrong).await["code"], "InvalidMimeType");
    assert_eq!((project.files("versions"), project.files("incoming")), (0, 0));
}

#[tokio::test]
async fn the_aws_library_works_with_its_defaults() {
    let project = Project::start().await;
    let ada = project.user("ada").await;
    let s3 = project.s3(&ada);
    let key = format!("{}/a b+(1).bin", ada.id);
    let put = s3.put_object().bucket("files").key(&key).body(ByteStream::from(vec![1; 3 * MIB]));
    put.content_type("application/pdf").metadata("source", "test").send().await.unwrap();

    let head = s3.head_object().bucket("files").key(&key).send().await.unwrap();
    assert_eq!((head.content_length(), head.content_type()), (Some(3 * MIB as i64), Some("application/pdf")));
    assert_eq!(head.metadata().unwrap()["source"], "test");
    let part = s3.get_object().bucket("files").key(&key).range("bytes=10-19").send().await.unwrap();
    assert_eq!(part.content_range(), Some("bytes 10-19/3145728"));
    assert_eq!(part.body.collect().await.unwrap().into_bytes().len(), 10);

    let copy = format!("{}/copy.bin", ada.id);
    s3.copy_object()
        .bucket("files")
        .key(&copy)
        .copy_source(format!("files/{copy}x"))
        .send()
        .await
        .unwrap_err();
    let source = format!("files/{}/a%20b%2B(1).bin", ada.id);
    s3.copy_object().bucket("files").key(&copy).copy_source(source).send().await.unwrap();
    let list = s3.list_objects_v2().bucket("files").prefix(format!("{}/", ada.id)).send().await.unwrap();
    assert_eq!(list.contents().len(), 2);

    let objects = [&key, &copy].map(|key| ObjectIdentifier::builder().key(key).build().unwrap());
    let delete = Delete::builder().set_objects(Some(objects.to_vec())).build().unwrap();
    let deleted = s3.delete_objects().bucket("files").delete(delete).send().await.unwrap();
    assert_eq!(deleted.deleted().len(), 2);
    assert_eq!(project.files("versions"), 0);
}

#[tokio::test]
async fn the_tables_of_the_service_are_guarded_from_migrations_as_on_a_hosted_project() {
    let project = Project::start().await;
    let refused = async |statement: &str| {
        let error = project.database.batch_execute(statement).await.unwrap_err();
        error.code().unwrap().code().to_owned()
    };
    assert_eq!(refused("delete from storage.objects").await, "42501");
    assert_eq!(refused("alter table storage.objects add column mine text").await, "42501");
    assert_eq!(refused("drop table storage.buckets").await, "42501");
    project.database.batch_execute("drop policy own_folder on storage.objects").await.unwrap();
}
