//! Parts that many records repeat word for word, such as licenses: each is read once for all of them.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::columns::Text;
use crate::json::Json;
use crate::remains::Remains;
use crate::vocabulary::Known;
use crate::{Read, Unforeseen};

/// What is read of a part, and what no column holds of it, as JSON.
#[derive(Default)]
pub struct Meaning {
    pub texts: [Option<String>; 2],
    pub lists: [Vec<String>; 2],
    pub rest: String,
}

impl Meaning {
    pub fn text<'a>(&self, place: usize) -> Text<'a> {
        self.texts[place].clone().map(Cow::Owned)
    }

    pub fn list<'a>(&self, place: usize) -> Vec<Cow<'a, str>> {
        self.lists[place].iter().cloned().map(Cow::Owned).collect()
    }
}

/// A part as it came, until it is read; then what remains of it.
#[derive(Default)]
pub struct Repeated<'a> {
    content: Option<&'a RawValue>,
    meaning: Option<Arc<Meaning>>,
}

impl<'a> Repeated<'a> {
    /// Returns what the part means, `None` if there is none.
    ///
    /// `take` reads a part that is not known yet, and leaves in it what no column holds.
    pub fn read<P: Deserialize<'a> + Remains>(
        &mut self,
        known: &mut Known<Arc<Meaning>>,
        take: impl FnOnce(&mut P) -> Read<Meaning>,
    ) -> Read<Option<&Meaning>> {
        if let Some(content) = self.content.take() {
            self.meaning = Some(known.get(content.get(), || {
                let mut part: P = serde_json::from_str(content.get()).map_err(|_| Unforeseen)?;
                let mut meaning = take(&mut part)?;
                meaning.rest = Json::of(&part).unwrap_or_default();
                Ok(Arc::new(meaning))
            })?);
        }
        Ok(self.meaning.as_deref())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Repeated<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let content = Option::deserialize(deserializer)?;
        Ok(Self { content, meaning: None })
    }
}

impl Remains for Repeated<'_> {
    fn is_nothing(&self) -> bool {
        self.meaning.as_ref().is_none_or(|meaning| meaning.rest.is_empty())
    }

    fn write(&self, json: &mut Json) -> bool {
        let rest = self.meaning.as_ref().map_or("", |meaning| &meaning.rest);
        json.raw(rest);
        !rest.is_empty()
    }
}
