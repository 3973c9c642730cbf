//! HTML to text, as `html_text.py` makes it; markup that is out of the ordinary is left to that.

use memchr::memchr2;

use crate::Read;
use crate::vocabulary::{Vocabulary, Word};

const LONGEST_NAME: usize = 32;

/// Returns the text of an HTML fragment: blocks on lines of their own, references resolved.
pub fn text_of(html: &str, vocabulary: &mut Vocabulary) -> Read<String> {
    let mut lines = Lines::new(html.len());
    let mut rest = html;
    let has_tags = html.contains('<');
    while let Some(place) = memchr2(b'<', b'&', rest.as_bytes()) {
        lines.push(&rest[..place], has_tags);
        rest = &rest[place..];
        let end = if rest.starts_with('<') { end_of_tag(rest) } else { end_of_reference(rest) };
        let Some(end) = end else { return vocabulary.text_of(html) };
        let (markup, after) = rest.split_at(end);
        let instead = if markup.contains('\n') { None } else { vocabulary.word(Word::Markup, markup)? };
        match instead {
            Some(text) if !text.contains('<') || markup == "&lt;" => lines.push(&text, false),
            _ => return vocabulary.text_of(html),
        }
        rest = after;
    }
    lines.push(rest, has_tags);
    Ok(lines.text)
}

/// Returns where a tag ends that `text` starts with, `None` if it starts with none.
fn end_of_tag(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let name = if bytes.get(1) == Some(&b'/') { 2 } else { 1 };
    if !bytes.get(name)?.is_ascii_alphabetic() {
        return None;
    }
    let end = bytes[1..].iter().position(|byte| matches!(byte, b'<' | b'>'))? + 1;
    (bytes[end] == b'>').then_some(end + 1)
}

/// Returns where a reference such as `&nbsp;` or `&#160;` ends.
fn end_of_reference(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let start = if bytes.get(1) == Some(&b'#') { 2 } else { 1 };
    let length = bytes[start..].iter().take(LONGEST_NAME).position(|byte| *byte == b';')?;
    let name = &bytes[start..start + length];
    let is_plain = if start == 2 {
        name.len() < 8 && name.iter().all(u8::is_ascii_digit)
    } else {
        name.iter().all(u8::is_ascii_alphanumeric)
    };
    (is_plain && !name.is_empty()).then_some(start + length + 1)
}

/// Text whose lines have no space at their ends and one between words, and of which none is empty.
struct Lines {
    text: String,
    gap: Option<char>,
}

impl Lines {
    fn new(capacity: usize) -> Self {
        Self { text: String::with_capacity(capacity), gap: None }
    }

    /// Appends text; a line break in it is a space if `is_one_line`.
    fn push(&mut self, text: &str, is_one_line: bool) {
        if is_even(text) {
            let trimmed = text.trim_ascii_start();
            if trimmed.len() < text.len() {
                self.gap = self.gap.or(Some(' '));
            }
            let words = trimmed.trim_ascii_end();
            if !words.is_empty() {
                self.close_gap();
                self.text.push_str(words);
            }
            if words.len() < trimmed.len() {
                self.gap = Some(' ');
            }
            return;
        }
        for word in text.split_inclusive(is_space) {
            let (word, end) = match word.char_indices().next_back() {
                Some((place, end)) if is_space(end) => (&word[..place], Some(end)),
                _ => (word, None),
            };
            self.word(word);
            match end {
                Some('\n') if !is_one_line => self.gap = Some('\n'),
                Some(_) => self.gap = self.gap.or(Some(' ')),
                None => {}
            }
        }
    }

    fn word(&mut self, word: &str) {
        let is_control = |character: &char| matches!(character, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\x7f');
        let mut characters = word.chars().filter(|character| !is_control(character)).peekable();
        if characters.peek().is_some() {
            self.close_gap();
            self.text.extend(characters);
        }
    }

    fn close_gap(&mut self) {
        if let Some(gap) = self.gap.take().filter(|_| !self.text.is_empty()) {
            self.text.push(gap);
        }
    }
}

/// Tells white space from control characters, which disappear.
fn is_space(character: char) -> bool {
    character.is_whitespace() && !matches!(character, '\x0b' | '\x0c')
}

/// Tells whether text has one space between words and no other white space, nor control characters.
fn is_even(text: &str) -> bool {
    let bytes = text.as_bytes();
    // bytes that all white space beyond ASCII starts with
    let may_be_space = |byte: u8| (byte == 0xc2) | (byte == 0xe1) | (byte == 0xe2) | (byte == 0xe3);
    let is_odd = |byte: u8| (byte < b' ') | (byte == 0x7f) | may_be_space(byte);
    let are_odd = bytes.iter().fold(false, |odd, &byte| odd | is_odd(byte));
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    let are_wide = pairs.fold(false, |wide, (&one, &next)| wide | ((one == b' ') & (next == b' ')));
    !are_odd & !are_wide
}
