//! Whether a page's characters say what its glyphs show.
//!
//! A PDF may lack the map from its fonts' codes to characters, or have a wrong one. What is extracted then is private
//! use characters, or letters in a wrong alphabet: `7KH ZDWHU` for `The water`. Such text is found by its letters: in
//! every language in Latin script some letters are common and some rare (S. Singh, *The Code Book*, 1999, on breaking
//! substitutions by frequency), and the mean of the languages is near each of them but far from a substitution.

use crate::layout::content::Glyph;

/// Less of a page's characters than this known, and its text is not worth keeping.
pub(in crate::layout) const MIN_LEGIBLE: f32 = 0.7;
/// So many letters and signs are needed to judge an alphabet,
const MIN_LETTERS: usize = 150;
/// of at least so many sorts: a listing of numbers in another base, or of genes, is no language and is legible.
const MIN_SORTS: usize = 18;
/// Cosine of the angle between frequencies of letters. Texts of a few hundred letters in the languages of the tests are
/// at .80 (Indonesian) to .94 (French) to the mean; nearly all shifts of them are at .35 to .65.
const MIN_LIKENESS: f32 = 0.7;

/// Frequencies of the letters a to z in per mille: the mean of English, German, French, Spanish, Italian, Portuguese,
/// Dutch, Swedish, Polish and Finnish, each as usually published, without diacritics.
const FREQUENCIES: [f32; 26] = [
    90.0, 13.0, 28.0, 42.0, 138.0, 11.0, 18.0, 22.0, 82.0, 6.0, 19.0, 46.0, 28.0, 80.0, 72.0, 24.0, 4.0,
    64.0, 69.0, 68.0, 38.0, 16.0, 10.0, 2.0, 10.0, 9.0,
];

/// The share of the glyphs whose characters can be trusted, 0 to 1; 1 where there are none.
pub(in crate::layout) fn of(glyphs: &[Glyph]) -> f32 {
    if glyphs.is_empty() {
        return 1.0;
    }
    let mut alphabet = Alphabet::default();
    let mut unknown = 0;
    for glyph in glyphs {
        alphabet.count(glyph.character);
        unknown += usize::from(is_unknown(glyph.character));
    }
    if alphabet.is_substituted() { 0.0 } else { 1.0 - unknown as f32 / glyphs.len() as f32 }
}

/// Whether the character says only that there is a glyph.
fn is_unknown(character: char) -> bool {
    matches!(character,
        '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
        || character.is_control()
}

/// How often each sign of ASCII occurs, and how many are of other scripts.
struct Alphabet {
    letters: [usize; 26],
    /// Of everything that can be printed.
    signs: [usize; 128],
    others: usize,
}

impl Default for Alphabet {
    fn default() -> Self {
        Self { letters: [0; 26], signs: [0; 128], others: 0 }
    }
}

impl Alphabet {
    fn count(&mut self, character: char) {
        if let Some(sign) = self.signs.get_mut(character as usize) {
            *sign += 1;
            if character.is_ascii_alphabetic() {
                self.letters[usize::from(character.to_ascii_lowercase() as u8 - b'a')] += 1;
            }
        } else if character.is_alphabetic() {
            self.others += 1;
        }
    }

    fn is_substituted(&self) -> bool {
        let letters: usize = self.letters.iter().sum();
        let digits: usize = (b'0'..=b'9').map(|digit| self.signs[usize::from(digit)]).sum();
        let signs: usize = self.signs.iter().sum();
        let sorts = self.signs.iter().filter(|count| **count > 0).count();
        // A page of figures or of another script has few letters of this one.
        let is_latin = 2 * letters > signs - digits && self.others < letters && letters > 2 * digits;
        letters >= MIN_LETTERS && is_latin && sorts >= MIN_SORTS && self.likeness() < MIN_LIKENESS
    }

    /// The cosine between the letters' frequencies and those of the languages.
    fn likeness(&self) -> f32 {
        let counts = self.letters.iter().map(|count| *count as f32);
        let product: f32 = counts.clone().zip(FREQUENCIES).map(|(a, b)| a * b).sum();
        let length = |squares: f32| squares.sqrt().max(f32::MIN_POSITIVE);
        product
            / length(counts.map(|count| count * count).sum())
            / length(FREQUENCIES.iter().map(|share| share * share).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 10] = [
        "The tide tables of the harbour were kept by hand for more than two centuries, and the clerks who copied them \
         each winter added notes on storms, on wrecks and on the price of salt. When the office closed, the books were \
         moved to the school, where they are still read by those who want to know how the water behaved before the \
         pier was built across the bay.",
        "Die Gezeitentafeln des Hafens wurden mehr als zwei Jahrhunderte lang von Hand geführt, und die Schreiber, die \
         sie jeden Winter abschrieben, fügten Bemerkungen über Stürme, Wracks und den Preis des Salzes hinzu. Als das \
         Amt geschlossen wurde, brachte man die Bücher in die Schule, wo sie noch heute gelesen werden.",
        "Les tables des marées du port furent tenues à la main pendant plus de deux siècles, et les commis qui les \
         copiaient chaque hiver y ajoutaient des notes sur les tempêtes, les naufrages et le prix du sel. Quand le \
         bureau ferma, les livres furent portés à l'école, où on les lit encore.",
        "Las tablas de mareas del puerto se llevaron a mano durante más de dos siglos, y los escribientes que las \
         copiaban cada invierno añadían notas sobre las tormentas, los naufragios y el precio de la sal. Cuando se \
         cerró la oficina, los libros pasaron a la escuela, donde todavía se leen.",
        "Sataman vuorovesitaulukoita pidettiin käsin yli kahden vuosisadan ajan, ja kirjurit, jotka kopioivat ne joka \
         talvi, lisäsivät merkintöjä myrskyistä, haaksirikoista ja suolan hinnasta. Kun virasto suljettiin, kirjat \
         siirrettiin kouluun, jossa niitä luetaan edelleen.",
        "Tablice pływów portu prowadzono ręcznie przez ponad dwa stulecia, a pisarze, którzy przepisywali je każdej \
         zimy, dodawali uwagi o burzach, wrakach i cenie soli. Kiedy urząd zamknięto, księgi przeniesiono do szkoły, \
         gdzie nadal czytają je ci, którzy chcą wiedzieć, jak zachowywała się woda.",
        "Havnens tidevandstabeller blev ført i hånden i mere end to århundreder, og skriverne, som kopierede dem hver \
         vinter, tilføjede bemærkninger om storme, vrag og prisen på salt. Da kontoret lukkede, blev bøgerne flyttet \
         til skolen, hvor de stadig læses af dem, der vil vide, hvordan vandet opførte sig.",
        "A kikötő árapálytáblázatait több mint két évszázadon át kézzel vezették, és az írnokok, akik minden télen \
         lemásolták őket, megjegyzéseket fűztek hozzájuk a viharokról, a roncsokról és a só áráról. Amikor a hivatal \
         bezárt, a könyveket az iskolába vitték, ahol ma is olvassák őket.",
        "Limanın gelgit çizelgeleri iki yüzyıldan fazla bir süre elle tutuldu ve onları her kış kopyalayan katipler \
         fırtınalar, batıklar ve tuzun fiyatı hakkında notlar eklediler. Daire kapanınca defterler okula taşındı, \
         orada hala okunuyorlar ve suyun nasıl davrandığını merak edenler onlara bakıyor.",
        "Tabel pasang surut pelabuhan dicatat dengan tangan selama lebih dari dua abad, dan para juru tulis yang \
         menyalinnya setiap musim dingin menambahkan catatan tentang badai, bangkai kapal dan harga garam. Ketika \
         kantor ditutup, buku-buku itu dipindahkan ke sekolah, tempat buku itu masih dibaca.",
    ];

    fn legibility(text: &str) -> f32 {
        let glyphs: Vec<Glyph> =
            text.chars().filter(|character| !character.is_whitespace()).map(Glyph::sample).collect();
        of(&glyphs)
    }

    #[test]
    fn languages_are_legible() {
        for text in TEXTS {
            assert!(legibility(text) > 0.99, "{text}");
        }
    }

    #[test]
    fn a_shifted_alphabet_is_not() {
        // Codes of subset fonts often count from the space, 29 too low: `a` becomes `D`, as in a shift by three.
        for text in TEXTS {
            let shift = |by: u32| -> String {
                text.chars()
                    .map(
                        |character| {
                            if character.is_ascii_alphabetic() { rotated(character, by) } else { character }
                        },
                    )
                    .collect()
            };
            for by in [3, 9, 21] {
                assert!(legibility(&shift(by)) < 0.01, "{by}: {text}");
            }
        }
    }

    fn rotated(character: char, by: u32) -> char {
        let base = if character.is_ascii_uppercase() { 'A' } else { 'a' };
        char::from_u32((u32::from(character) - u32::from(base) + by) % 26 + u32::from(base)).unwrap()
    }

    #[test]
    fn listings_are_legible() {
        let genes = "GATTACACCTGAATCG".repeat(30);
        let hexadecimal = "3f7a90bc2de41568".repeat(30);
        let numbers = "Total 1,234.50 12.5% 77 1998 2004 ".repeat(30);
        for text in [genes, hexadecimal, numbers] {
            assert!(legibility(&text) > 0.99, "{text}");
        }
    }

    #[test]
    fn unknown_glyphs_count_by_their_share() {
        assert!((legibility("\u{E001}\u{E002}ab") - 0.5).abs() < 0.01);
        assert!((legibility("") - 1.0).abs() < f32::EPSILON);
    }
}
