//! The `Range` header, one range of bytes.

use super::failure::Failure;

/// Bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) first: u64,
    pub(crate) length: u64,
    /// Of the whole file.
    pub(crate) total: u64,
    /// False when the whole file was asked for.
    pub(crate) partial: bool,
}

impl Span {
    /// A whole file of `total` bytes.
    pub(crate) fn whole(total: u64) -> Self {
        Self { first: 0, length: total, total, partial: false }
    }

    /// What `header` asks of a file of `total` bytes. A header that is not one range of bytes is ignored, as HTTP has
    /// it; a range past the end is refused.
    pub(crate) fn parse(header: Option<&str>, total: u64) -> Result<Self, Failure> {
        let Some(range) = header.and_then(parse) else { return Ok(Self::whole(total)) };
        let (first, last) = match range {
            Asked::From(first) => (first, u64::MAX),
            Asked::Between(first, last) => (first, last),
            Asked::Last(0) => return Err(Failure::invalid_range()),
            Asked::Last(count) => (total.saturating_sub(count), u64::MAX),
        };
        if first >= total {
            return Err(Failure::invalid_range());
        }
        let last = last.min(total - 1);
        Ok(Self { first, length: last - first + 1, total, partial: true })
    }

    /// The value of `Content-Range`, for a part.
    pub(crate) fn content_range(&self) -> Option<String> {
        self.partial.then(|| format!("bytes {}-{}/{}", self.first, self.first + self.length - 1, self.total))
    }
}

enum Asked {
    From(u64),
    Between(u64, u64),
    Last(u64),
}

fn parse(header: &str) -> Option<Asked> {
    let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
    match (first.is_empty(), last.is_empty()) {
        (true, true) => None,
        (true, false) => Some(Asked::Last(number(last)?)),
        (false, true) => Some(Asked::From(number(first)?)),
        (false, false) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Asked::Between(first, last))
        }
    }
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(header: &str) -> Option<(u64, u64)> {
        let span = Span::parse(Some(header), 13).ok()?;
        Some((span.first, span.length))
    }

    #[test]
    fn closed_open_and_suffix_ranges_are_understood() {
        assert_eq!(span("bytes=6-10"), Some((6, 5)));
        assert_eq!(span("bytes=6-"), Some((6, 7)));
        assert_eq!(span("bytes=-3"), Some((10, 3)));
        assert_eq!(span("bytes=-300"), Some((0, 13)));
        assert_eq!(span("bytes=6-1000"), Some((6, 7)));
    }

    #[test]
    fn a_range_past_the_end_is_refused() {
        for header in ["bytes=13-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(span(header), None, "{header}");
        }
        assert!(Span::parse(Some("bytes=0-0"), 0).is_err());
    }

    #[test]
    fn what_is_no_single_range_of_bytes_is_ignored() {
        for header in ["", "bytes=", "bytes=-", "bytes=5-1", "bytes=0-1,3-4", "lines=1-2", "bytes=+1-2"] {
            assert_eq!(span(header), Some((0, 13)), "{header}");
        }
    }

    proptest! {
        #[test]
        fn a_span_lies_within_its_file(header in ".{0,40}|bytes=[0-9]{0,20}-[0-9]{0,20}", total in any::<u64>()) {
            if let Ok(span) = Span::parse(Some(&header), total) {
                prop_assert!(span.first.checked_add(span.length).is_some_and(|end| end <= total));
            }
        }
    }
}
