//! The `Range` header and `Content-Range`.

use axum::http::header::RANGE;
use axum::http::{HeaderMap, StatusCode};

use super::error::RestError;
use super::query::Window;

/// `window` narrowed by the `Range` header (`0-9` or `10-`); another form is ignored.
pub(crate) fn narrowed(window: Window, headers: &HeaderMap) -> Result<Window, RestError> {
    let Some((first, last)) = headers.get(RANGE).and_then(|value| bounds(value.to_str().ok()?)) else {
        return Ok(window);
    };
    if last.is_some_and(|last| last < first) {
        return Err(RestError::range(
            "The lower boundary must be lower than or equal to the upper boundary in the Range header.",
        ));
    }
    let offset = window.offset.max(first);
    let end = |limit: u64| window.offset.saturating_add(limit);
    let header_end = last.map(|last| last.saturating_add(1));
    let end = super::plan::smaller(window.limit.map(end), header_end);
    Ok(Window { offset, limit: end.map(|end| end.saturating_sub(offset)) })
}

fn bounds(text: &str) -> Option<(u64, Option<u64>)> {
    let (first, last) = text.split_once('-')?;
    let last = if last.is_empty() { None } else { Some(last.parse().ok()?) };
    Some((first.parse().ok()?, last))
}

/// `0-9/100`; `*` for no rows and for an unknown total.
pub(crate) fn content_range(offset: u64, rows: u64, total: Option<u64>) -> String {
    let total = total.map_or_else(|| "*".to_owned(), |total| total.to_string());
    if rows == 0 { format!("*/{total}") } else { format!("{offset}-{}/{total}", offset + rows - 1) }
}

/// The status of a read: partial only when the total is known and larger.
pub(crate) fn status(offset: u64, rows: u64, total: Option<u64>) -> StatusCode {
    match total {
        Some(total) if offset > total => StatusCode::RANGE_NOT_SATISFIABLE,
        Some(total) if rows < total => StatusCode::PARTIAL_CONTENT,
        _ => StatusCode::OK,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_range(text: &'static str, window: Window) -> Result<Window, RestError> {
        narrowed(window, &[(RANGE, text.parse().unwrap())].into_iter().collect())
    }

    #[test]
    fn the_header_and_the_query_string_are_both_kept() {
        let window = Window { offset: 2, limit: Some(10) };
        assert_eq!(with_range("5-7", window).unwrap(), Window { offset: 5, limit: Some(3) });
        assert_eq!(with_range("0-", window).unwrap(), window);
        assert!(with_range("5-1", window).is_err());
    }

    #[test]
    fn a_range_past_the_end_is_refused_only_when_the_total_is_known() {
        assert_eq!(status(100, 0, Some(4)), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(status(100, 0, None), StatusCode::OK);
        assert_eq!(status(0, 2, Some(4)), StatusCode::PARTIAL_CONTENT);
        assert_eq!(content_range(1, 2, None), "1-2/*");
    }
}
