//! Edge Functions as their callers meet them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may end")]

use std::path::Path;
use std::time::Duration;

use local_supabase::{LocalSupabase, Options};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

const CONFIG: &str = "
[api]
schemas = ['public', 'told_by_config']
[functions.open]
verify_jwt = false
[functions.crash]
verify_jwt = false
[functions.broken]
verify_jwt = false
[functions.packages]
verify_jwt = false
[functions.exported]
verify_jwt = false
[functions.elsewhere]
verify_jwt = false
entrypoint = './functions/open/other.ts'
[functions.off]
enabled = false
";

/// Answers with everything a function is told.
const ECHO: &str = "
Deno.serve({ port: 8000 }, async (request) => Response.json({
  method: request.method, url: request.url, body: await request.text(),
  authorization: request.headers.get('authorization'), apikey: request.headers.get('apikey'),
  environment: Deno.env.toObject(),
}, { status: 201, headers: { 'x-from': 'function' } }));
";

const CRASH: &str = "
Deno.serve((request) => {
  if (request.url.endsWith('/exit')) Deno.exit(3);
  if (request.url.endsWith('/throw')) throw new Error('on purpose');
  return new Response(String(Deno.pid));
});
";

struct Project {
    stand_in: LocalSupabase,
    client: reqwest::Client,
    dir: TempDir,
}

impl Project {
    /// The project lies below the repository, where the npm packages are.
    async fn start() -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        write(dir.path(), "config.toml", CONFIG);
        write(dir.path(), "functions/.env", "MY_SECRET=from the file\n");
        let options = Options { supabase_dir: Some(dir.path().to_owned()), ..Options::default() };
        let stand_in = LocalSupabase::start(options).await.unwrap();
        Self { stand_in, client: reqwest::Client::new(), dir }
    }

    fn function(&self, name: &str, source: &str) {
        write(self.dir.path(), &format!("functions/{name}/index.ts"), source);
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/functions/v1/{path}", self.stand_in.url()))
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }
}

fn write(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn code(body: &str) -> Value {
    serde_json::from_str::<Value>(body).unwrap()["code"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn functions_answer_as_on_a_hosted_project() {
    let project = Project::start().await;
    a_function_gets_the_request_and_the_hosted_environment(&project).await;
    only_tokens_of_the_project_pass_unless_told_otherwise(&project).await;
    a_crash_stays_with_its_function_and_the_next_request_starts_it_again(&project).await;
    a_change_counts_from_the_next_request(&project).await;
    default_exports_packages_and_other_entrypoints_work(&project).await;
    what_cannot_be_served_is_refused_with_the_reason(&project).await;
    project.stand_in.stop();
}

async fn a_function_gets_the_request_and_the_hosted_environment(project: &Project) {
    project.function("open", ECHO);
    let answer = project.request(Method::POST, "open/deeper?x=1").body("text").send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["x-from"], "function");
    let told: Value = answer.json().await.unwrap();
    let host = project.stand_in.url();
    assert_eq!(told["url"], format!("{host}/open/deeper?x=1"));
    assert_eq!((&told["method"], &told["body"]), (&json!("POST"), &json!("text")));

    let keys = project.stand_in.keys();
    let environment = &told["environment"];
    assert_eq!(environment["SUPABASE_URL"], project.stand_in.url());
    assert_eq!(environment["SUPABASE_DB_URL"], project.stand_in.database_url());
    assert_eq!(environment["SUPABASE_ANON_KEY"], keys.anon_key);
    assert_eq!(environment["SUPABASE_SERVICE_ROLE_KEY"], keys.service_role_key);
    let named = |name: &str| environment[name].as_str().unwrap().parse::<Value>().unwrap();
    assert_eq!(named("SUPABASE_PUBLISHABLE_KEYS"), json!({"default": keys.publishable_key}));
    assert_eq!(named("SUPABASE_SECRET_KEYS"), json!({"default": keys.secret_key}));
    assert_eq!(named("SUPABASE_JWKS"), json!({"keys": []}));
    assert_eq!(environment["MY_SECRET"], "from the file");
    assert!(environment.get("CARGO_MANIFEST_DIR").is_none(), "our own environment stays ours");
}

async fn only_tokens_of_the_project_pass_unless_told_otherwise(project: &Project) {
    project.function("closed", ECHO);
    let keys = project.stand_in.keys();
    let (status, body) = project.get("closed").await;
    assert_eq!((status.as_u16(), code(&body)), (401, json!(401)));
    let publishable = &keys.publishable_key;
    for request in [
        project.request(Method::GET, "closed").header("apikey", publishable),
        project.request(Method::GET, "closed").bearer_auth(publishable),
        project.request(Method::GET, "closed").bearer_auth("a.b.c"),
    ] {
        assert_eq!(request.send().await.unwrap().status(), 401);
    }
    for request in [
        project.request(Method::GET, "closed").bearer_auth(&keys.anon_key),
        project.request(Method::OPTIONS, "closed"),
    ] {
        assert_eq!(request.send().await.unwrap().status(), 201);
    }
    let open = project.request(Method::GET, "open").header("apikey", publishable).send().await.unwrap();
    let told: Value = open.json().await.unwrap();
    assert_eq!((&told["apikey"], &told["authorization"]), (&json!(publishable), &Value::Null));
}

async fn a_crash_stays_with_its_function_and_the_next_request_starts_it_again(project: &Project) {
    project.function("crash", CRASH);
    let (_, first) = project.get("crash").await;
    let (status, _) = project.get("crash/throw").await;
    assert_eq!(status, 500);
    assert_eq!(project.get("crash").await, (StatusCode::OK, first.clone()), "a thrown error ends no process");
    let (status, body) = project.get("crash/exit").await;
    assert_eq!((status.as_u16(), code(&body)), (500, json!("WORKER_ERROR")));
    assert_eq!(project.get("open").await.0, 201);
    // The end of the process may be noticed a moment later.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (status, second) = project.get("crash").await;
    assert_eq!(status, 200);
    assert_ne!(first, second);
}

async fn a_change_counts_from_the_next_request(project: &Project) {
    let slow = "Deno.serve(async () => { await new Promise((done) => setTimeout(done, 1500)); return new Response('old'); });";
    project.function("open", slow);
    let old = tokio::spawn(project.request(Method::GET, "open").send());
    tokio::time::sleep(Duration::from_millis(700)).await;
    project.function("open", "Deno.serve(() => new Response('new'));");
    assert_eq!(project.get("open").await, (StatusCode::OK, "new".to_owned()));
    assert_eq!(old.await.unwrap().unwrap().text().await.unwrap(), "old", "what runs is finished");
    write(project.dir.path(), "functions/_shared/word.ts", "export const word = 'shared';");
    project
        .function("open", "import { word } from '../_shared/word.ts'; Deno.serve(() => new Response(word));");
    assert_eq!(project.get("open").await.1, "shared");
    write(project.dir.path(), "functions/_shared/word.ts", "export const word = 'changed';");
    assert_eq!(project.get("open").await.1, "changed");
}

async fn default_exports_packages_and_other_entrypoints_work(project: &Project) {
    project.function("exported", "export default { fetch: () => new Response('exported') };");
    assert_eq!(project.get("exported").await, (StatusCode::OK, "exported".to_owned()));
    let packages = "import { createClient } from 'npm:@supabase/supabase-js@2';
        Deno.serve(() => new Response(typeof createClient));";
    project.function("packages", packages);
    assert_eq!(project.get("packages").await, (StatusCode::OK, "function".to_owned()));
    write(project.dir.path(), "functions/open/other.ts", "Deno.serve(() => new Response('elsewhere'));");
    assert_eq!(project.get("elsewhere").await, (StatusCode::OK, "elsewhere".to_owned()));
}

async fn what_cannot_be_served_is_refused_with_the_reason(project: &Project) {
    project.function("broken", "this is no program");
    let (status, body) = project.get("broken").await;
    assert_eq!((status.as_u16(), code(&body)), (503, json!("BOOT_ERROR")));
    project.function("off", ECHO);
    for path in ["missing", "off", "..%2f..%2fetc", ".env"] {
        let (status, body) = project.get(path).await;
        assert_eq!((status.as_u16(), code(&body)), (404, json!("NOT_FOUND")), "{path}");
    }
    let large = project.request(Method::POST, "open").body(vec![0; (10 << 20) + 1]).send().await;
    assert!(large.is_err() || large.unwrap().status() == 413);
    let socket =
        project.request(Method::GET, "open").header("connection", "upgrade").header("upgrade", "websocket");
    assert_eq!(socket.send().await.unwrap().status(), 501);
}

#[tokio::test]
async fn the_configuration_names_the_exposed_schemas() {
    let project = Project::start().await;
    let (database, connection) =
        tokio_postgres::connect(&project.stand_in.database_url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let schema = "create schema told_by_config; grant usage on schema told_by_config to anon;
        create function told_by_config.f() returns int language sql return 7;
        create schema worker; grant usage on schema worker to anon";
    database.batch_execute(schema).await.unwrap();
    let call = async |schema: &str| {
        let keys = project.stand_in.keys();
        let request = project.client.get(format!("{}/rest/v1/rpc/f", project.stand_in.url()));
        let answer =
            request.header("apikey", &keys.publishable_key).header("accept-profile", schema).send().await;
        answer.unwrap().status().as_u16()
    };
    tokio::time::timeout(Duration::from_secs(5), async {
        while call("told_by_config").await != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(call("worker").await, 406, "it is not named");
}

#[tokio::test]
async fn secrets_and_a_standby_key_are_taken_from_files() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    write(dir.path(), "supabase/config.toml", CONFIG);
    write(dir.path(), "supabase/functions/open/index.ts", ECHO);
    write(dir.path(), "supabase/functions/.env", "MY_SECRET=not this one\n");
    write(dir.path(), "secrets.env", "MY_SECRET=from elsewhere\n");
    // The example key of RFC 7517, appendix A.1.
    let key = json!({"kty": "EC", "crv": "P-256", "kid": "on-standby",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"});
    write(dir.path(), "standby.json", &key.to_string());
    let options = Options {
        supabase_dir: Some(dir.path().join("supabase")),
        functions_env_file: Some(dir.path().join("secrets.env")),
        standby_key_file: Some(dir.path().join("standby.json")),
        ..Options::default()
    };
    let stand_in = LocalSupabase::start(options).await.unwrap();
    let get = async |path: &str| -> Value {
        reqwest::get(format!("{}{path}", stand_in.url())).await.unwrap().json().await.unwrap()
    };
    assert_eq!(get("/functions/v1/open").await["environment"]["MY_SECRET"], "from elsewhere");
    assert_eq!(get("/auth/v1/.well-known/jwks.json").await["keys"][0]["kid"], "on-standby");
    stand_in.stop();
}
