//! Writes compact JSON: whoever writes an object names its members in alphabetical order. Members that are
//! nothing are left out; items of a list keep their places with `null`.

use crate::remains::Remains;

const HEX: &[u8; 16] = b"0123456789abcdef";
const CAPACITY: usize = 1024;

/// JSON as it grows.
pub struct Json {
    out: String,
}

/// An object or a list that is open.
#[must_use]
pub struct Open {
    inside: usize,
    end: char,
}

impl Json {
    pub fn new() -> Self {
        Self { out: String::with_capacity(CAPACITY) }
    }

    /// Returns what remains of a value, `None` if that is nothing.
    pub fn of(value: &impl Remains) -> Option<String> {
        let mut json = Self::new();
        value.write(&mut json).then(|| json.into_text())
    }

    pub fn into_text(self) -> String {
        self.out
    }

    /// Writes the member `key` of the object that is open.
    pub fn member(&mut self, key: &str, value: &impl Remains) {
        if !value.is_nothing() {
            let start = self.key(key);
            if !value.write(self) {
                self.undo(start);
            }
        }
    }

    /// Writes a member whose key is `"key":` as it stands in JSON.
    pub fn known_member(&mut self, key: &'static str, value: &impl Remains) {
        if !value.is_nothing() {
            let start = self.next();
            self.raw(key);
            if !value.write(self) {
                self.undo(start);
            }
        }
    }

    /// Writes an item of the list that is open, `null` if it is nothing; returns whether it is something.
    pub fn item(&mut self, value: &impl Remains) -> bool {
        let start = self.next();
        let something = !value.is_nothing() && value.write(self);
        if !something {
            self.undo(start);
            self.null();
        }
        something
    }

    /// Writes `null` as an item of the list that is open.
    pub fn null(&mut self) {
        self.next();
        self.raw("null");
    }

    /// Begins the next member or item; returns where, for `undo`.
    pub fn next(&mut self) -> usize {
        let start = self.out.len();
        if !matches!(self.out.as_bytes().last(), None | Some(b'{' | b'[')) {
            self.out.push(',');
        }
        start
    }

    /// Begins the member `key`; returns where, for `undo`.
    pub fn key(&mut self, key: &str) -> usize {
        let start = self.next();
        self.quoted(key);
        self.out.push(':');
        start
    }

    /// Takes back what was written from `start` on.
    pub fn undo(&mut self, start: usize) {
        self.out.truncate(start);
    }

    pub fn open_object(&mut self) -> Open {
        self.open('{', '}')
    }

    pub fn open_list(&mut self) -> Open {
        self.open('[', ']')
    }

    /// Closes an object or a list; returns whether something was written in it.
    pub fn close(&mut self, open: Open) -> bool {
        let something = self.out.len() > open.inside;
        self.close_if(open, something)
    }

    /// Closes a list; returns whether it holds something.
    pub fn close_if(&mut self, open: Open, something: bool) -> bool {
        self.out.push(open.end);
        something
    }

    /// Writes a value that is compact JSON already.
    pub fn raw(&mut self, value: &str) {
        self.out.push_str(value);
    }

    fn open(&mut self, begin: char, end: char) -> Open {
        self.out.push(begin);
        Open { inside: self.out.len(), end }
    }

    /// Writes a text.
    pub fn quoted(&mut self, text: &str) {
        self.out.push('"');
        if text.bytes().fold(false, |found, byte| found | is_escaped(byte)) {
            self.escaped(text);
        } else {
            self.out.push_str(text);
        }
        self.out.push('"');
    }

    fn escaped(&mut self, text: &str) {
        let mut plain = 0;
        for (place, byte) in text.bytes().enumerate().filter(|(_, byte)| is_escaped(*byte)) {
            self.out.push_str(&text[plain..place]);
            plain = place + 1;
            match byte {
                b'"' => self.out.push_str("\\\""),
                b'\\' => self.out.push_str("\\\\"),
                0x08 => self.out.push_str("\\b"),
                0x0c => self.out.push_str("\\f"),
                b'\n' => self.out.push_str("\\n"),
                b'\r' => self.out.push_str("\\r"),
                b'\t' => self.out.push_str("\\t"),
                _ => {
                    self.out.push_str("\\u00");
                    self.out.extend([byte >> 4, byte & 15].map(|digit| char::from(HEX[usize::from(digit)])));
                }
            }
        }
        self.out.push_str(&text[plain..]);
    }
}

fn is_escaped(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\')
}
