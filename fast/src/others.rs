//! Members that nobody foresaw: they are kept where they stood.

use std::borrow::Cow;
use std::slice::Iter;

use serde::de::{Error, IgnoredAny, MapAccess};

use crate::compact::{Compact, is_data};
use crate::json::Json;
use crate::values::Str;
use crate::{Read, Unforeseen};

type Other<'a> = (Cow<'a, str>, Compact<'a>);

/// The members of an object that nobody foresaw.
#[derive(Default)]
pub struct Others<'a>(Vec<Other<'a>>);

impl<'a> Others<'a> {
    /// Reads the value of the member `key`, unless it is no data.
    #[cold]
    pub fn read<A: MapAccess<'a>>(&mut self, key: Str<'a>, map: &mut A) -> Result<(), A::Error> {
        if !is_data(&key.0) {
            return map.next_value::<IgnoredAny>().map(|_| ());
        }
        let value = Compact::data_of(map.next_value()?).map_err(A::Error::custom)?;
        self.0.push((key.0, value));
        Ok(())
    }

    /// Reads the value of the member `key`, whatever it is called.
    pub fn read_all<A: MapAccess<'a>>(&mut self, key: Str<'a>, map: &mut A) -> Result<(), A::Error> {
        let value = Compact::all_of(map.next_value()?).map_err(A::Error::custom)?;
        self.0.push((key.0, value));
        Ok(())
    }

    pub fn push(&mut self, key: Cow<'a, str>, value: Compact<'a>) {
        self.0.push((key, value));
    }

    /// Sorts them by name; one that comes twice is for Python to read.
    pub fn sort(&mut self) -> Read<()> {
        self.0.sort_by(|(one, _), (other, _)| one.cmp(other));
        if self.0.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Unforeseen);
        }
        Ok(())
    }

    /// Tells whether one of some names is among them.
    pub fn have_any(&self, names: &[&str]) -> bool {
        self.0.iter().any(|(key, _)| names.contains(&key.as_ref()))
    }

    pub fn in_order(&self) -> InOrder<'_, 'a> {
        InOrder(self.0.iter())
    }
}

/// Those that are not written yet.
pub struct InOrder<'o, 'a>(Iter<'o, Other<'a>>);

impl InOrder<'_, '_> {
    /// Writes those whose place is before the member `key`.
    pub fn write_before(&mut self, key: &str, json: &mut Json) {
        while let Some((name, value)) = self.0.as_slice().first()
            && name.as_ref() < key
        {
            json.member(name, value);
            self.0.next();
        }
    }

    pub fn write_all(&mut self, json: &mut Json) {
        for (name, value) in &mut self.0 {
            json.member(name, value);
        }
    }
}
