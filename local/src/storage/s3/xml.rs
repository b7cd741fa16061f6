//! The XML of the S3 protocol.

use std::collections::HashMap;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use quick_xml::Reader;
use quick_xml::escape::{partial_escape, resolve_predefined_entity};
use quick_xml::events::Event;

use crate::storage::failure::Failure;

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
/// How deep and how long a document may be that a client sends.
const MAX_DEPTH: usize = 4;
const MAX_RECORDS: usize = 10_000;

/// A document that is being written.
#[derive(Debug)]
pub(crate) struct Document {
    text: String,
    open: Vec<&'static str>,
}

impl Document {
    pub(crate) fn new(root: &'static str) -> Self {
        Self { text: format!("{DECLARATION}<{root} xmlns=\"{NAMESPACE}\">"), open: vec![root] }
    }

    /// An element that holds text.
    pub(crate) fn leaf(&mut self, name: &str, value: &str) -> &mut Self {
        use std::fmt::Write as _;
        let _ = if value.is_empty() {
            write!(self.text, "<{name}/>")
        } else {
            write!(self.text, "<{name}>{}</{name}>", partial_escape(value))
        };
        self
    }

    /// Text of the element that is open.
    pub(crate) fn text(&mut self, value: &str) -> &mut Self {
        self.text.push_str(&partial_escape(value));
        self
    }

    /// An element that holds elements.
    pub(crate) fn element(&mut self, name: &'static str, content: impl FnOnce(&mut Self)) -> &mut Self {
        self.text.extend(["<", name, ">"]);
        self.open.push(name);
        content(self);
        self.close();
        self
    }

    fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.text.extend(["</", name, ">"]);
        }
    }

    /// The finished text.
    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }

    pub(crate) fn into_response(self, status: StatusCode) -> Response {
        (status, [(CONTENT_TYPE, "application/xml; charset=utf-8")], self.finish()).into_response()
    }
}

/// A document of one level of records: `<Root><Record><Field>…</Field></Record><Field>…</Field></Root>`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Records {
    pub(crate) records: Vec<HashMap<String, String>>,
    /// Fields of the root itself.
    pub(crate) fields: HashMap<String, String>,
}

/// Reads a document whose records are elements `record`.
pub(crate) fn read(text: &[u8], record: &str) -> Result<Records, Failure> {
    let malformed = || {
        let message =
            "The XML you provided was not well-formed or did not validate against our published schema.";
        Failure::s3(400, "MalformedXML", message)
    };
    let mut reader = Reader::from_reader(text);
    let mut path: Vec<String> = Vec::new();
    let mut value = String::new();
    let mut result = Records::default();
    loop {
        match reader.read_event().map_err(|_| malformed())? {
            Event::Start(start) => {
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                if path.len() == 1 && name == record {
                    result.records.push(HashMap::new());
                }
                path.push(name);
                value.clear();
                if path.len() > MAX_DEPTH || result.records.len() > MAX_RECORDS {
                    return Err(malformed());
                }
            }
            Event::Text(text) => value.push_str(&text.decode().map_err(|_| malformed())?),
            Event::CData(text) => value.push_str(&text.decode().map_err(|_| malformed())?),
            Event::GeneralRef(reference) => {
                if let Some(character) = reference.resolve_char_ref().map_err(|_| malformed())? {
                    value.push(character);
                } else {
                    let name = reference.decode().map_err(|_| malformed())?;
                    value.push_str(resolve_predefined_entity(&name).ok_or_else(malformed)?);
                }
            }
            Event::End(_) => {
                let name = path.pop().ok_or_else(malformed)?;
                let value = std::mem::take(&mut value);
                match path.len() {
                    1 if name != record => drop(result.fields.insert(name, value)),
                    2 if path[1] == record => {
                        if let Some(fields) = result.records.last_mut() {
                            fields.insert(name, value);
                        }
                    }
                    _ => {}
                }
            }
            Event::Eof if path.is_empty() => return Ok(result),
            Event::Eof | Event::DocType(_) => return Err(malformed()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_escaped_but_for_quotes() {
        let mut document = Document::new("Root");
        document.leaf("A", "\"<&>").leaf("B", "").element("C", |c| {
            c.leaf("D", "x");
        });
        assert_eq!(
            document.finish(),
            format!(
                "{DECLARATION}<Root xmlns=\"{NAMESPACE}\"><A>\"&lt;&amp;&gt;</A><B/><C><D>x</D></C></Root>"
            )
        );
    }

    #[test]
    fn records_and_fields_are_read() {
        let text = b"<?xml version=\"1.0\"?><Delete xmlns=\"x\"><Object><Key>a &amp;&#65;<![CDATA[<]]></Key></Object>\
                     <Object><Key>b</Key><VersionId>1</VersionId></Object><Quiet>true</Quiet></Delete>";
        let read = read(text, "Object").unwrap();
        assert_eq!(read.records.len(), 2);
        assert_eq!(read.records[0]["Key"], "a &A<");
        assert_eq!(read.records[1]["VersionId"], "1");
        assert_eq!(read.fields["Quiet"], "true");
    }

    #[test]
    fn what_is_no_such_document_is_refused() {
        for text in
            ["<a>", "<a></b>", "<!DOCTYPE a><a/>", "<a>&x;</a>", "<a><b><c><d><e/>x<f></f></d></c></b></a>"]
        {
            assert!(read(text.as_bytes(), "Object").is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(text in "[<>/a-z&;!\\[\\]\" =?-]{0,80}") {
            let _ = read(text.as_bytes(), "a");
        }
    }
}
