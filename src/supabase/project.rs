//! Which Supabase project, and with which keys.

use std::fmt;
use std::time::Duration;

use url::Url;

/// A project's address and the key requests are made with.
#[derive(Debug, Clone)]
pub struct Project {
    url: Url,
    key: ApiKey,
    limits: Limits,
    s3: S3Access,
}

/// Time limits of every call.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// To reach the service.
    pub connect: Duration,
    /// From sending a request to the end of its answer; for transfers, the longest silence.
    pub request: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), request: Duration::from_secs(30) }
    }
}

/// How the S3 protocol addresses the project.
#[derive(Debug, Clone)]
pub struct S3Access {
    /// Region name the signature is made for.
    pub region: String,
    /// Access key: the project reference, `stub` on self-hosted projects.
    pub access_key: String,
}

/// An API key. Its `Debug` form shows the kind only.
#[derive(Clone)]
pub struct ApiKey {
    value: String,
    kind: KeyKind,
}

/// The two generations of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// `sb_publishable_…`, `sb_secret_…`: goes in the `apikey` header only, never as a bearer token.
    Opaque,
    /// The `anon` or `service_role` JWT: good as a bearer token too.
    Jwt,
}

/// Why there is no usable project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProjectError {
    /// Nothing says where the project is.
    #[error(
        "no Supabase project is set: set SUPABASE_URL to its address (https://YOUR-PROJECT.supabase.co, or what \
         `supabase status` prints)"
    )]
    NoUrl,
    /// The address is none.
    #[error(
        "SUPABASE_URL is not a usable address ({0}): it should look like https://YOUR-PROJECT.supabase.co"
    )]
    BadUrl(String),
    /// A key is missing.
    #[error(
        "{0} is not set: copy the key from the project's API settings, or from what `supabase status` prints"
    )]
    NoKey(&'static str),
    /// A key has characters no key has.
    #[error("{0} is not an API key: it should start with `sb_` or `eyJ`, with no spaces or line breaks")]
    BadKey(&'static str),
}

impl ApiKey {
    /// Reads a key; `name` is the variable it came from, for the error.
    pub fn parse(value: &str, name: &'static str) -> Result<Self, ProjectError> {
        let value = value.trim();
        if value.is_empty() {
            return Err(ProjectError::NoKey(name));
        }
        if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ProjectError::BadKey(name));
        }
        let kind = if value.starts_with("sb_") {
            KeyKind::Opaque
        } else if value.starts_with("eyJ") {
            KeyKind::Jwt
        } else {
            return Err(ProjectError::BadKey(name));
        };
        Ok(Self { value: value.to_owned(), kind })
    }

    /// For the `apikey` header.
    pub(super) fn expose(&self) -> &str {
        &self.value
    }

    /// For the `Authorization` header of a call without a session: legacy keys only.
    pub(super) fn bearer(&self) -> Option<&str> {
        (self.kind == KeyKind::Jwt).then_some(self.value.as_str())
    }

    /// Which generation.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({:?})", self.kind)
    }
}

impl Project {
    /// A project at `url` (its base address, without `/rest/v1` and the like), called with `key`.
    pub fn new(url: &str, key: ApiKey) -> Result<Self, ProjectError> {
        let mut url = Url::parse(url.trim()).map_err(|error| ProjectError::BadUrl(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(ProjectError::BadUrl("neither http nor https".into()));
        }
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(ProjectError::BadUrl("it has a user, a query or a fragment".into()));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        let access_key = reference(&url);
        Ok(Self {
            url,
            key,
            limits: Limits::default(),
            s3: S3Access { region: "us-east-1".into(), access_key },
        })
    }

    /// The same project with other time limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same project with another S3 region and, unless empty, access key.
    #[must_use]
    pub fn with_s3(mut self, region: &str, access_key: &str) -> Self {
        region.clone_into(&mut self.s3.region);
        if !access_key.is_empty() {
            access_key.clone_into(&mut self.s3.access_key);
        }
        self
    }

    /// The same project called with another key.
    #[must_use]
    pub fn with_key(mut self, key: ApiKey) -> Self {
        self.key = key;
        self
    }

    /// Time limits of calls.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The key calls are made with.
    pub fn key(&self) -> &ApiKey {
        &self.key
    }

    /// How the S3 protocol addresses the project.
    pub fn s3(&self) -> &S3Access {
        &self.s3
    }

    /// Base address without a trailing slash.
    pub fn base(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// Address of a service: `endpoint("/rest/v1")`.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// Address of the realtime socket, without its query.
    pub(super) fn socket(&self) -> String {
        // `http` → `ws`, `https` → `wss`.
        format!("ws{}/realtime/v1/websocket", self.base().trim_start_matches("http"))
    }
}

/// Project reference: first label of a hosted name; self-hosted ones call themselves `stub`.
fn reference(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let hosted = [".supabase.co", ".supabase.in"].iter().find_map(|suffix| host.strip_suffix(suffix));
    hosted.and_then(|name| name.split('.').next()).unwrap_or("stub").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(url: &str) -> Result<Project, ProjectError> {
        Project::new(url, ApiKey::parse("sb_publishable_x", "K")?)
    }

    #[test]
    fn the_reference_is_the_first_label_of_a_hosted_name_and_stub_elsewhere() {
        assert_eq!(project("https://abcdef.supabase.co").unwrap().s3().access_key, "abcdef");
        assert_eq!(project("http://127.0.0.1:54321/").unwrap().s3().access_key, "stub");
        let named = project("https://pdf.example.org").unwrap().with_s3("eu-west-1", "mine");
        assert_eq!((named.s3().access_key.as_str(), named.s3().region.as_str()), ("mine", "eu-west-1"));
    }

    #[test]
    fn addresses_are_joined_without_double_slashes() {
        let project = project("https://h.example/base/").unwrap();
        assert_eq!(project.endpoint("/rest/v1"), "https://h.example/base/rest/v1");
        assert_eq!(project.socket(), "wss://h.example/base/realtime/v1/websocket");
    }

    #[test]
    fn unusable_addresses_are_refused() {
        for url in ["", "abc", "ftp://x", "https://user:pw@h", "https://h?x=1"] {
            assert!(matches!(project(url), Err(ProjectError::BadUrl(_))), "{url}");
        }
    }

    #[test]
    fn new_keys_are_never_bearer_tokens() {
        let new = ApiKey::parse("sb_secret_abc", "K").unwrap();
        let old = ApiKey::parse(" eyJhbGciOi.x.y\n", "K").unwrap();
        assert_eq!((new.bearer(), old.bearer()), (None, Some("eyJhbGciOi.x.y")));
        assert_eq!(ApiKey::parse("eyJ a", "K").unwrap_err(), ProjectError::BadKey("K"));
    }

    #[test]
    fn keys_do_not_show_in_debug_output() {
        let shown = format!("{:?}", project("https://h.example").unwrap());
        assert!(!shown.contains("sb_publishable"), "{shown}");
    }
}
