//! Counting tokens as language models do.
//!
//! `bpe-openai` ships its vocabularies, agrees with `tiktoken`, and counts in linear time whatever the text
//! (<https://github.com/github/rust-gems/tree/main/crates/bpe>).

use super::options::Tokenizer;

/// How many tokens the text is.
pub(super) fn count(tokenizer: Tokenizer, text: &str) -> usize {
    match tokenizer {
        Tokenizer::O200kBase => bpe_openai::o200k_base().count(text),
        Tokenizer::Cl100kBase => bpe_openai::cl100k_base().count(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts as `tiktoken` gives them.
    #[test]
    fn the_counts_are_those_of_the_models_own_tokenizer() {
        let text = "Water rises twice a day; Gezeiten, 潮汐.";
        assert_eq!(count(Tokenizer::Cl100kBase, "hello world"), 2);
        assert_eq!(count(Tokenizer::O200kBase, "hello world"), 2);
        assert!(count(Tokenizer::O200kBase, text) < count(Tokenizer::Cl100kBase, text));
    }
}
