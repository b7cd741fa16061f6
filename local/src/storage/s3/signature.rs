//! AWS Signature Version 4, as the header `Authorization` or as a presigned URL carries it.
//!
//! Source: the AWS General Reference, "Signature Version 4 signing process", and the S3 API Reference,
//! "Authenticating requests".

use axum::http::HeaderMap;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use crate::storage::blobs::hex;
use crate::storage::failure::Failure;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// How far a client's clock may be off, in seconds.
const SKEW: i64 = 15 * 60;
/// The longest a presigned URL may be good for, in seconds.
const MAX_EXPIRES: i64 = 7 * 24 * 3600;
/// What AWS leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What a request says about who signed it, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) access_key: String,
    /// `YYYYMMDD/region/service/aws4_request`.
    pub(crate) scope: String,
    /// `YYYYMMDDThhmmssZ`.
    pub(crate) time: String,
    headers: Vec<String>,
    pub(crate) signature: String,
    /// The value that stands for the body.
    pub(crate) payload: String,
    pub(crate) session_token: Option<String>,
    /// Seconds a presigned URL is good for.
    expires: Option<i64>,
}

/// A request, as far as its signature covers it.
#[derive(Debug)]
pub(crate) struct Covered<'a> {
    pub(crate) method: &'a str,
    /// As sent, percent-encoded, from the root of the host.
    pub(crate) path: &'a str,
    /// Decoded.
    pub(crate) query: &'a [(String, String)],
    pub(crate) headers: &'a HeaderMap,
}

impl Signed {
    /// Reads what the request says, without believing it.
    pub(crate) fn parse(request: &Covered<'_>) -> Result<Self, Failure> {
        let signed = if request.headers.contains_key("authorization") {
            Self::from_header(request.headers)
        } else if request.query.iter().any(|(name, _)| name == "X-Amz-Signature") {
            Self::from_query(request.query)
        } else {
            return Err(Failure::access_denied("Missing signature"));
        };
        signed.ok_or_else(|| {
            Failure::s3(400, "InvalidSignature", "The signature is not one of Signature Version 4")
        })
    }

    fn from_header(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        let authorization = text("authorization")?;
        let fields = authorization.strip_prefix(ALGORITHM)?.trim();
        let field = |name: &str| {
            fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
        };
        let (access_key, scope) = field("Credential")?.split_once('/')?;
        Some(Self {
            access_key: access_key.to_owned(),
            scope: scope.to_owned(),
            time: text("x-amz-date")?,
            headers: field("SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature: field("Signature")?.to_owned(),
            payload: text("x-amz-content-sha256")?,
            session_token: text("x-amz-security-token"),
            expires: None,
        })
    }

    fn from_query(query: &[(String, String)]) -> Option<Self> {
        let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.to_owned());
        let credential = value("X-Amz-Credential")?;
        let (access_key, scope) = credential.split_once('/')?;
        if value("X-Amz-Algorithm")? != ALGORITHM {
            return None;
        }
        Some(Self {
            access_key: access_key.to_owned(),
            scope: scope.to_owned(),
            time: value("X-Amz-Date")?,
            headers: value("X-Amz-SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature: value("X-Amz-Signature")?,
            payload: value("X-Amz-Content-Sha256").unwrap_or_else(|| "UNSIGNED-PAYLOAD".to_owned()),
            session_token: value("X-Amz-Security-Token"),
            expires: Some(value("X-Amz-Expires")?.parse().ok()?),
        })
    }

    /// Refuses a signature of another time than now.
    pub(crate) fn check_time(&self, now: Timestamp) -> Result<(), Failure> {
        let Some(signed) = parse_time(&self.time) else {
            return Err(Failure::access_denied("The date of the signature is not valid"));
        };
        let age = now.as_second() - signed;
        let skewed = || {
            let message = "The difference between the request time and the current time is too large.";
            Failure::s3(403, "RequestTimeTooSkewed", message)
        };
        match self.expires {
            Some(expires) if !(1..=MAX_EXPIRES).contains(&expires) => Err(Failure::s3(
                400,
                "AuthorizationQueryParametersError",
                "X-Amz-Expires must be 1 to 604800 seconds",
            )),
            Some(_) if age < -SKEW => Err(skewed()),
            Some(expires) if age > expires => {
                Err(Failure::s3(400, "ExpiredToken", "The provided token has expired."))
            }
            None if age.abs() > SKEW => Err(skewed()),
            _ => Ok(()),
        }
    }

    /// Finds which of `secrets` made the signature, for `region`. Returns the key that signs the chunks of the body.
    pub(crate) fn verify(
        &self,
        request: &Covered<'_>,
        region: &str,
        secrets: &[&str],
    ) -> Result<SigningKey, Failure> {
        let mismatch = || {
            let message = "The request signature we calculated does not match the signature you provided. \
                           Check your key and signing method.";
            Failure::s3(403, "SignatureDoesNotMatch", message)
        };
        let expected_scope = self.time.get(..8).map(|day| format!("{day}/{region}/s3/aws4_request"));
        if expected_scope.as_deref() != Some(&self.scope) || !self.headers.iter().any(|name| name == "host") {
            return Err(mismatch());
        }
        let canonical = hex(&Sha256::digest(self.canonical_request(request)));
        let text = format!("{ALGORITHM}\n{}\n{}\n{canonical}", self.time, self.scope);
        let keys = secrets.iter().map(|secret| SigningKey::derive(secret, &self.scope));
        keys.into_iter().find(|key| key.verifies(&text, &self.signature)).ok_or_else(mismatch)
    }

    fn canonical_request(&self, request: &Covered<'_>) -> String {
        let headers: Vec<String> =
            self.headers.iter().map(|name| canonical_header(name, request.headers)).collect();
        format!(
            "{}\n{}\n{}\n{}\n\n{}\n{}",
            request.method,
            canonical_path(request.path),
            canonical_query(request.query),
            headers.join("\n"),
            self.headers.join(";"),
            self.payload
        )
    }
}

/// The key of one day, region and service.
#[derive(Debug, Clone)]
pub(crate) struct SigningKey(Vec<u8>);

impl SigningKey {
    fn derive(secret: &str, scope: &str) -> Self {
        let start = format!("AWS4{secret}").into_bytes();
        Self(scope.split('/').fold(start, |key, part| hmac(&key, part.as_bytes())))
    }

    /// Whether `signature` is this key's of `text`.
    pub(crate) fn verifies(&self, text: &str, signature: &str) -> bool {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return false };
        mac.update(text.as_bytes());
        unhex(signature).is_some_and(|signature| mac.verify_slice(&signature).is_ok())
    }

    #[cfg(test)]
    pub(crate) fn of(secret: &str, scope: &str) -> Self {
        Self::derive(secret, scope)
    }

    #[cfg(test)]
    pub(crate) fn sign(secret: &str, scope: &str, text: &str) -> String {
        hex(&hmac(&Self::derive(secret, scope).0, text.as_bytes()))
    }
}

/// Keys of any length are fine for HMAC, so there is no failure to speak of.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(text);
            mac.finalize().into_bytes().to_vec()
        },
    )
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

fn parse_time(text: &str) -> Option<i64> {
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// A header's values, with single blanks.
fn canonical_header(name: &str, headers: &HeaderMap) -> String {
    let values = headers.get_all(name).iter().map(|value| {
        let value = String::from_utf8_lossy(value.as_bytes());
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    format!("{name}:{}", values.collect::<Vec<_>>().join(","))
}

/// Encoded once more in AWS' own way: clients differ in what they leave as it is.
fn canonical_path(path: &str) -> String {
    let segments = path.split('/').map(|segment| encode(&percent_decode_str(segment).decode_utf8_lossy()));
    segments.collect::<Vec<_>>().join("/")
}

fn canonical_query(query: &[(String, String)]) -> String {
    let mut pairs: Vec<String> = query
        .iter()
        .filter(|(name, _)| name != "X-Amz-Signature")
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.sort_unstable();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    // The example of the S3 API Reference, "Signature calculations for the Authorization header": GET Object.
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn example() -> HeaderMap {
        let mut headers = HeaderMap::new();
        let pairs = [
            ("host", "examplebucket.s3.amazonaws.com"),
            ("range", "bytes=0-9"),
            ("x-amz-content-sha256", EMPTY),
            ("x-amz-date", "20130524T000000Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                 SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
                 Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            ),
        ];
        for (name, value) in pairs {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers
    }

    fn covered<'a>(path: &'a str, headers: &'a HeaderMap) -> Covered<'a> {
        Covered { method: "GET", path, query: &[], headers }
    }

    #[test]
    fn the_published_example_is_verified_with_whichever_secret_fits() {
        let headers = example();
        let request = covered("/test.txt", &headers);
        let signed = Signed::parse(&request).unwrap();
        assert_eq!(signed.access_key, "AKIAIOSFODNN7EXAMPLE");
        assert!(signed.verify(&request, "us-east-1", &["another", SECRET]).is_ok());
        assert!(signed.verify(&request, "us-east-1", &["another"]).is_err());
        assert!(signed.verify(&request, "eu-west-9", &[SECRET]).is_err());
        assert!(signed.verify(&covered("/other.txt", &headers), "us-east-1", &[SECRET]).is_err());
    }

    #[test]
    fn a_signature_of_another_day_is_refused() {
        let headers = example();
        let signed = Signed::parse(&covered("/test.txt", &headers)).unwrap();
        let then: Timestamp = "2013-05-24T00:10:00Z".parse().unwrap();
        assert!(signed.check_time(then).is_ok());
        assert_eq!(signed.check_time(Timestamp::now()).unwrap_err().code, "RequestTimeTooSkewed");
        let presigned = Signed { expires: Some(60), ..signed };
        assert_eq!(presigned.check_time(then).unwrap_err().code, "ExpiredToken");
    }

    #[test]
    fn no_signature_is_said_to_be_missing() {
        let headers = HeaderMap::new();
        assert_eq!(Signed::parse(&covered("/", &headers)).unwrap_err().message, "Missing signature");
    }

    #[test]
    fn paths_and_queries_have_one_form() {
        assert_eq!(canonical_path("/a%20b/[x]/%5Bx%5D//c+d"), "/a%20b/%5Bx%5D/%5Bx%5D//c%2Bd");
        let query = [("b".to_owned(), "2 /".to_owned()), ("a".to_owned(), String::new())];
        assert_eq!(canonical_query(&query), "a=&b=2%20%2F");
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(text in "(AWS4-HMAC-SHA256 )?[ -~]{0,120}", time in "[ -~]{0,20}") {
            let mut headers = example();
            headers.insert("authorization", HeaderValue::from_str(&text).unwrap());
            headers.insert("x-amz-date", HeaderValue::from_str(&time).unwrap());
            let request = covered("/", &headers);
            if let Ok(signed) = Signed::parse(&request) {
                prop_assert!(signed.verify(&request, "us-east-1", &[SECRET]).is_err());
                let _ = signed.check_time(Timestamp::now());
            }
        }
    }
}
