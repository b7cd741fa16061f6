//! "Perhaps you meant …": the nearest of known names, by the method of the `fuzzyset` libraries, which PostgREST
//! uses: candidates share letter groups of two or three, the closest by edit distance wins.

use std::collections::HashMap;

/// Below this likeness (0 to 1) nothing is suggested.
const MIN_SCORE: f64 = 0.33;

/// How many candidates are compared letter by letter.
const COMPARED: usize = 50;

/// The one of `names` nearest to `wanted`.
pub(crate) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let names: Vec<&str> = names.into_iter().collect();
    [3, 2].into_iter().find_map(|size| nearest_by_grams(wanted, &names, size))
}

fn nearest_by_grams<'a>(wanted: &str, names: &[&'a str], size: usize) -> Option<&'a str> {
    let grams_wanted = grams(wanted, size);
    let mut candidates: Vec<(f64, &str)> = names
        .iter()
        .map(|name| (cosine(&grams_wanted, &grams(name, size)), *name))
        .filter(|(score, _)| *score > 0.0)
        .collect();
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    candidates.truncate(COMPARED);
    let mut best: Option<(f64, &str)> = None;
    for (_, name) in candidates {
        let score = likeness(&wanted.to_lowercase(), &name.to_lowercase());
        if score >= MIN_SCORE && best.is_none_or(|(top, _)| score > top) {
            best = Some((score, name));
        }
    }
    best.map(|(_, name)| name)
}

fn grams(text: &str, size: usize) -> HashMap<Vec<char>, f64> {
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ',' | ' '));
    let letters: Vec<char> =
        std::iter::once('-').chain(kept.flat_map(char::to_lowercase)).chain(std::iter::once('-')).collect();
    let mut grams = HashMap::new();
    for gram in letters.windows(size) {
        *grams.entry(gram.to_vec()).or_insert(0.0) += 1.0;
    }
    grams
}

fn cosine(a: &HashMap<Vec<char>, f64>, b: &HashMap<Vec<char>, f64>) -> f64 {
    let norm = |grams: &HashMap<_, f64>| grams.values().map(|count| count * count).sum::<f64>().sqrt();
    let dot: f64 = a.iter().map(|(gram, count)| count * b.get(gram).copied().unwrap_or(0.0)).sum();
    if dot == 0.0 { 0.0 } else { dot / (norm(a) * norm(b)) }
}

fn likeness(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longest = a.len().max(b.len());
    if longest == 0 { 0.0 } else { 1.0 - edit_distance(&a, &b) as f64 / longest as f64 }
}

/// Levenshtein's distance.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut previous = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replace = row[j] + usize::from(left != right);
            let next = replace.min(row[j + 1] + 1).min(previous + 1);
            row[j] = previous;
            previous = next;
        }
        row[b.len()] = previous;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested() {
        let names = ["contract_jobs", "contract_notes", "contract_pages"];
        assert_eq!(nearest("contract_nope", names), Some("contract_notes"));
        assert_eq!(nearest("contract_job", names), Some("contract_jobs"));
    }

    #[test]
    fn nothing_is_suggested_when_nothing_is_near() {
        assert_eq!(nearest("items", ["contract_jobs", "contract_feed"]), None);
        assert_eq!(nearest("(x)", ["(p)", "(a, b)"]), None);
    }

    #[test]
    fn distances_count_edits() {
        let distance =
            |a: &str, b: &str| edit_distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
