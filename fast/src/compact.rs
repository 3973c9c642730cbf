//! Any JSON made compact: with sorted keys, without nulls and without what is empty.

use std::borrow::Cow;

use memchr::memchr;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use crate::json::Json;
use crate::remains::Remains;
use crate::values::{Members, Str};
use crate::{Read, Unforeseen};

/// What lies deeper is left to Python, which has a bound of its own.
const DEEPEST: usize = 64;
const MOST_DIGITS: usize = 300;
/// Parts of an answer that say where to go or how to show it, as `NOT_DATA` in `records/leftover.py`.
const NOT_DATA: [&str; 3] = ["links", "ui", "expanded"];

/// Tells whether a member is data of the record.
pub fn is_data(key: &str) -> bool {
    !NOT_DATA.contains(&key)
}

/// Any JSON that is compact already, empty if nothing is in it.
pub struct Compact<'a>(Cow<'a, str>);

impl<'a> Compact<'a> {
    /// Returns a value, whatever its members are called.
    pub fn all_of(content: &'a RawValue) -> Read<Self> {
        Self::new(content.get(), |_| true)
    }

    /// Returns a value without the members that are no data.
    pub fn data_of(content: &'a RawValue) -> Read<Self> {
        Self::new(content.get(), is_data)
    }

    /// Returns what remains of a value.
    pub fn of(value: &impl Remains) -> Self {
        Self(Cow::Owned(Json::of(value).unwrap_or_default()))
    }

    fn new(content: &'a str, keeps: fn(&str) -> bool) -> Read<Self> {
        if is_compact(content) {
            return Ok(Self(Cow::Borrowed(content)));
        }
        let mut json = Json::new();
        let something = write(content, keeps, 0, &mut json)?;
        Ok(Self(Cow::Owned(if something { json.into_text() } else { String::new() })))
    }
}

impl Remains for Compact<'_> {
    fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    fn write(&self, json: &mut Json) -> bool {
        json.raw(&self.0);
        !self.0.is_empty()
    }
}

/// A text, a number, a truth value or null.
pub struct Leaf<'a>(Compact<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Leaf<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let content = <&RawValue>::deserialize(deserializer)?;
        if content.get().starts_with(['{', '[']) {
            return Err(D::Error::custom("neither an object nor a list was expected"));
        }
        Compact::all_of(content).map(Self).map_err(D::Error::custom)
    }
}

impl Remains for Leaf<'_> {
    fn is_nothing(&self) -> bool {
        self.0.is_nothing()
    }

    fn write(&self, json: &mut Json) -> bool {
        self.0.write(json)
    }
}

/// Tells at a glance whether JSON is one value that is compact as it stands.
fn is_compact(content: &str) -> bool {
    match content.as_bytes() {
        [b'"', inside @ ..] => memchr(b'\\', inside).is_none(),
        [b't' | b'f', ..] => true,
        [b'1'..=b'9', digits @ ..] => digits.len() < MOST_DIGITS && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Writes a value; returns whether it is something.
fn write(content: &str, keeps: fn(&str) -> bool, depth: usize, json: &mut Json) -> Read<bool> {
    if is_compact(content) {
        json.raw(content);
        return Ok(true);
    }
    if depth > DEEPEST {
        return Err(Unforeseen);
    }
    match content.as_bytes()[0] {
        b'n' => Ok(false),
        b'"' => {
            json.quoted(&parsed::<Str>(content)?.0);
            Ok(true)
        }
        b'{' => {
            let open = json.open_object();
            for (key, value) in parsed::<Members<&RawValue>>(content)?.0 {
                let start = json.key(&key);
                if !write(value.get(), keeps, depth + 1, json)? || !keeps(&key) {
                    json.undo(start);
                }
            }
            Ok(json.close(open))
        }
        b'[' => {
            let open = json.open_list();
            let mut something = false;
            for item in parsed::<Vec<&RawValue>>(content)? {
                let start = json.next();
                if write(item.get(), keeps, depth + 1, json)? {
                    something = true;
                } else {
                    json.undo(start);
                    json.null();
                }
            }
            Ok(json.close_if(open, something))
        }
        _ => number(content, json),
    }
}

fn parsed<'a, T: Deserialize<'a>>(content: &'a str) -> Read<T> {
    serde_json::from_str(content).map_err(|_| Unforeseen)
}

/// Writes a number: a whole one with all its digits, a fraction with as many as tell it from others.
fn number(content: &str, json: &mut Json) -> Read<bool> {
    if content.len() > MOST_DIGITS {
        return Err(Unforeseen);
    }
    if !content.contains(['.', 'e', 'E']) {
        json.raw(if content == "-0" { "0" } else { content });
        return Ok(true);
    }
    let fraction: f64 = content.parse().map_err(|_| Unforeseen)?;
    if !fraction.is_finite() {
        return Err(Unforeseen);
    }
    let digits = serde_json::to_string(&fraction).map_err(|_| Unforeseen)?;
    json.raw(&digits.replace("e+", "e"));
    Ok(true)
}
