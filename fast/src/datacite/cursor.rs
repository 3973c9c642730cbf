//! The XML of a document, taken piece by piece in the order in which the server writes it.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::columns::Text;
use crate::{Read, Unforeseen};

/// The XML that was not read yet.
pub struct Cursor<'a>(pub &'a str);

impl<'a> Cursor<'a> {
    /// Steps over `piece` if it is what comes next.
    pub fn skip(&mut self, piece: &str) -> bool {
        let rest = self.0.strip_prefix(piece);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    pub fn need(&mut self, piece: &str) -> Read<()> {
        self.skip(piece).then_some(()).ok_or(Unforeseen)
    }

    /// Takes what comes before the next `end`, and steps over that; nothing in it may be `never`.
    pub fn until(&mut self, end: u8, never: u8) -> Read<&'a str> {
        let place = memchr2(end, never, self.0.as_bytes()).ok_or(Unforeseen)?;
        if self.0.as_bytes()[place] == never {
            return Err(Unforeseen);
        }
        let found = &self.0[..place];
        self.0 = &self.0[place + 1..];
        Ok(found)
    }

    /// Takes the value of an attribute, to its closing quote.
    pub fn value(&mut self) -> Read<Cow<'a, str>> {
        let value = self.until(b'"', b'<')?;
        if value.is_empty() || value.contains(['>', '\n', '\t']) { Err(Unforeseen) } else { plain(value) }
    }

    /// Takes the value of an attribute that may be absent.
    pub fn attribute(&mut self, start: &str) -> Read<Text<'a>> {
        if self.skip(start) { self.value().map(Some) } else { Ok(None) }
    }

    /// Returns the name that comes next, empty if none does that is in no namespace and plain.
    pub fn name(&self) -> &'a str {
        let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = self.0.bytes().take_while(is_sign).count();
        let (name, after) = self.0.split_at(length);
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic())
            && after.starts_with([' ', '/', '>', '=']);
        if is_name { name } else { "" }
    }

    /// Takes the texts of a list, which must say something.
    pub fn texts(&mut self, name: &str, item: &str) -> Read<Vec<Cow<'a, str>>> {
        let texts = self.list(name, |xml| xml.leaf(item))?;
        texts.iter().try_for_each(|text| is_said(text))?;
        Ok(texts)
    }

    /// Takes text to the end tag `</name>`.
    pub fn text(&mut self, name: &str) -> Read<Cow<'a, str>> {
        let text = self.until(b'<', b'>')?;
        self.end(name)?;
        if text.is_empty() { Err(Unforeseen) } else { plain(text) }
    }

    /// Steps over `/name>`: the `<` before it was taken with the text.
    pub fn end(&mut self, name: &str) -> Read<()> {
        self.need("/")?;
        self.need(name)?;
        self.need(">")
    }

    /// Steps over `<name>` if it is what comes next.
    pub fn start(&mut self, name: &str) -> bool {
        let tag = self
            .0
            .strip_prefix('<')
            .and_then(|rest| rest.strip_prefix(name))
            .and_then(|rest| rest.strip_prefix('>'));
        self.0 = tag.unwrap_or(self.0);
        tag.is_some()
    }

    /// Takes an element of nothing but text that may be absent.
    pub fn leaf(&mut self, name: &str) -> Read<Text<'a>> {
        if self.start(name) { self.text(name).map(Some) } else { Ok(None) }
    }

    /// Takes the items of a list that may be absent.
    pub fn list<T>(
        &mut self,
        name: &str,
        mut item: impl FnMut(&mut Self) -> Read<Option<T>>,
    ) -> Read<Vec<T>> {
        let mut items = Vec::new();
        if self.start(name) {
            while let Some(found) = item(self)? {
                items.push(found);
            }
            self.need("<")?;
            self.end(name)?;
        }
        Ok(items)
    }
}

/// Returns a text with its references resolved.
pub fn plain(text: &str) -> Read<Cow<'_, str>> {
    let Some(first) = memchr(b'&', text.as_bytes()) else { return Ok(Cow::Borrowed(text)) };
    let (mut plain, mut rest) = (text[..first].to_owned(), &text[first..]);
    while !rest.is_empty() {
        let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"')];
        let (reference, character) =
            known.into_iter().find(|(name, _)| rest.starts_with(name)).ok_or(Unforeseen)?;
        plain.push(character);
        rest = &rest[reference.len()..];
        let next = rest.find('&').unwrap_or(rest.len());
        plain.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Ok(Cow::Owned(plain))
}

pub fn is_space(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

pub fn is_said(text: &str) -> Read<()> {
    if is_space(text) { Err(Unforeseen) } else { Ok(()) }
}
