//! Writes what no column holds as compact JSON with sorted keys: the caller names keys in alphabetical order.
//! Objects and lists with nothing in them are left out; items of a list keep their places with `null`.

use crate::values::{Members, Value};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// JSON of one object, as it grows.
pub struct Json {
    out: Vec<u8>,
}

/// An object or a list that is open.
#[must_use]
pub struct Open {
    start: usize,
    inside: usize,
    end: u8,
}

impl Json {
    pub fn new() -> Self {
        let mut out = Vec::with_capacity(2048);
        out.push(b'{');
        Self { out }
    }

    /// Returns the object, `None` if there is nothing in it.
    pub fn finish(mut self) -> Option<String> {
        self.out.push(b'}');
        (self.out.len() > 2).then(|| String::from_utf8(self.out).expect("texts and JSON are UTF-8"))
    }

    /// Opens the member `key` as an object.
    pub fn object(&mut self, key: &str) -> Open {
        let start = self.out.len();
        self.key(key);
        self.open(start, b'{', b'}')
    }

    /// Opens the member `key` as a list.
    pub fn list(&mut self, key: &str) -> Open {
        let start = self.out.len();
        self.key(key);
        self.open(start, b'[', b']')
    }

    /// Opens an item of a list as an object.
    pub fn item(&mut self) -> Open {
        self.begin(b'{', b'}')
    }

    /// Closes an object or a list, which disappears if nothing was written in it.
    pub fn close(&mut self, open: Open) -> bool {
        let something = self.out.len() > open.inside;
        self.close_if(open, something)
    }

    /// Closes an item of a list, which becomes `null` if nothing was written in it.
    pub fn close_item(&mut self, open: Open) -> bool {
        self.close(open) || self.null()
    }

    /// Closes an object or a list, which disappears unless there is something in it.
    pub fn close_if(&mut self, open: Open, something: bool) -> bool {
        if something {
            self.out.push(open.end);
        } else {
            self.out.truncate(open.start);
        }
        something
    }

    /// Writes the member `key` as text.
    pub fn text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.key(key);
            self.quoted(value);
        }
    }

    /// Writes the member `key` as a truth value.
    pub fn flag(&mut self, key: &str, value: Option<bool>) {
        if let Some(value) = value {
            self.raw(key, if value { b"true" } else { b"false" });
        }
    }

    /// Writes the member `key` as a whole number.
    pub fn whole(&mut self, key: &str, value: Option<i64>) {
        if let Some(value) = value {
            self.raw(key, value.to_string().as_bytes());
        }
    }

    /// Writes the member `key` as JSON that is compact and sorted already; nothing if it is empty.
    pub fn raw(&mut self, key: &str, value: &[u8]) {
        if !value.is_empty() {
            self.key(key);
            self.out.extend_from_slice(value);
        }
    }

    /// Writes the member `key` as it came.
    pub fn value(&mut self, key: &str, value: &Value) {
        match value {
            Value::Null => {}
            Value::Text(text) => self.text(key, Some(text)),
            Value::Whole(number) => self.whole(key, Some(*number)),
            Value::Flag(flag) => self.flag(key, Some(*flag)),
            Value::List(items) => {
                let open = self.list(key);
                self.items(open, items);
            }
            Value::Object(members) => {
                let open = self.object(key);
                self.members(members);
                self.close(open);
            }
        }
    }

    /// Writes the members of the object that is open.
    pub fn members(&mut self, members: &Members<Value>) {
        members.0.iter().for_each(|(key, value)| self.value(key, value));
    }

    fn items(&mut self, open: Open, items: &[Value]) -> bool {
        let mut something = false;
        for item in items {
            something |= match item {
                Value::Null => self.null(),
                Value::Text(text) => self.text_item(Some(text)),
                Value::Whole(number) => self.raw_item(number.to_string().as_bytes()),
                Value::Flag(flag) => self.raw_item(if *flag { b"true" } else { b"false" }),
                Value::List(items) => {
                    let open = self.begin(b'[', b']');
                    self.items(open, items) || self.null()
                }
                Value::Object(members) => {
                    let open = self.item();
                    self.members(members);
                    self.close_item(open)
                }
            };
        }
        self.close_if(open, something)
    }

    /// Writes a text as an item of a list, `null` for none; returns whether it is something.
    pub fn text_item(&mut self, value: Option<&str>) -> bool {
        let Some(value) = value else { return self.null() };
        self.comma();
        self.quoted(value);
        true
    }

    /// Writes JSON as an item of a list, `null` if it is empty; returns whether it is something.
    pub fn raw_item(&mut self, value: &[u8]) -> bool {
        if value.is_empty() {
            return self.null();
        }
        self.comma();
        self.out.extend_from_slice(value);
        true
    }

    /// Writes `null` as an item of a list, which is nothing.
    pub fn null(&mut self) -> bool {
        self.comma();
        self.out.extend_from_slice(b"null");
        false
    }

    fn begin(&mut self, begin: u8, end: u8) -> Open {
        let start = self.out.len();
        self.comma();
        self.open(start, begin, end)
    }

    fn open(&mut self, start: usize, begin: u8, end: u8) -> Open {
        self.out.push(begin);
        Open { start, inside: self.out.len(), end }
    }

    fn key(&mut self, key: &str) {
        self.comma();
        self.quoted(key);
        self.out.push(b':');
    }

    fn comma(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
    }

    fn quoted(&mut self, text: &str) {
        self.out.push(b'"');
        let bytes = text.as_bytes();
        let mut plain = 0;
        for (place, &byte) in bytes.iter().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.out.extend_from_slice(&bytes[plain..place]);
            plain = place + 1;
            let short = match byte {
                b'"' | b'\\' => byte,
                0x08 => b'b',
                0x0c => b'f',
                b'\n' => b'n',
                b'\r' => b'r',
                b'\t' => b't',
                _ => {
                    self.out.extend_from_slice(b"\\u00");
                    self.out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
                    continue;
                }
            };
            self.out.extend_from_slice(&[b'\\', short]);
        }
        self.out.extend_from_slice(&bytes[plain..]);
        self.out.push(b'"');
    }
}
