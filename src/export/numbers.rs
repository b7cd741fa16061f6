//! Which texts of cells are numbers, and which only look like some.

/// A text that is a number beyond doubt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    pub(super) value: f64,
    /// Digits after the point, as written.
    pub(super) decimals: usize,
    /// Whether thousands are set apart by commas.
    pub(super) grouped: bool,
    /// Whether it is a share; the value is already a hundredth of what is written.
    pub(super) percent: bool,
}

/// A double holds so many decimal digits exactly.
const MAX_DIGITS: usize = 15;

/// The number a cell holds. What may mean something else stays text: `007` (a code), `1,234` (one and a bit where the
/// comma is the decimal sign), `12/11` (a date), more digits than a double keeps, units and currencies.
pub(super) fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['-', '\u{2212}', '+']).unwrap_or(text);
    let negative = text.starts_with(['-', '\u{2212}']);
    let (unsigned, percent) = match unsigned.strip_suffix('%') {
        Some(rest) => (rest.trim_end(), true),
        None => (unsigned, false),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
        Some(_) => return None,
        None => (unsigned, ""),
    };
    let grouped = whole.contains(',');
    if grouped && !is_grouped(whole, !fraction.is_empty()) {
        return None;
    }
    let whole: String = whole.chars().filter(|character| *character != ',').collect();
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if !is_digits(&whole) || leading_zero || whole.len() + fraction.len() > MAX_DIGITS {
        return None;
    }
    let shifted: f64 = format!("{whole}.{fraction}0").parse().ok()?;
    let value = if percent { shifted / 100.0 } else { shifted };
    let value = if negative { -value } else { value };
    Some(Number { value, decimals: fraction.len(), grouped, percent })
}

/// Whether a text is a figure of some kind, for telling a head from a row: a number with whatever sign, unit or mark.
pub(super) fn looks_numeric(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    let is_year = digits == 4 && text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    digits > 0 && letters <= 2 && digits >= letters && !is_year
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Groups of three after one to three digits. A single group without a decimal point could be a decimal comma.
fn is_grouped(whole: &str, has_point: bool) -> bool {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    (1..=3).contains(&first.len())
        && is_digits(first)
        && rest.iter().all(|group| group.len() == 3 && is_digits(group))
        && (rest.len() >= 2 || has_point)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        number(text).map(|number| number.value)
    }

    #[test]
    fn numbers_are_numbers() {
        assert_eq!(value("-3.5"), Some(-3.5));
        assert_eq!(value("\u{2212}12"), Some(-12.0));
        assert_eq!(value("0"), Some(0.0));
        assert_eq!(value("1,234,567"), Some(1_234_567.0));
        assert_eq!(value("1,234.50"), Some(1234.5));
        assert_eq!(
            number("12.5 %").map(|found| (found.value, found.percent, found.decimals)),
            Some((0.125, true, 1))
        );
    }

    #[test]
    fn what_may_be_something_else_is_text() {
        for text in [
            "",
            "-",
            "007",
            "1,234",
            "12/11",
            "1.2.3",
            "(5)",
            "$3",
            "3 kg",
            "1e5",
            "1234567890123456",
            "1,23,456.0",
            ".5",
            "5.",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn figures_with_signs_and_units_look_numeric() {
        assert!(["3", "-3.5%", "$1,200", "12 m", "4.2*", "<0.01"].into_iter().all(looks_numeric));
        assert!(!["", "Tides", "2019", "Table 4"].into_iter().any(looks_numeric));
    }
}
