//! What Python is asked for: the meaning of parts that many records repeat, such as licenses, and of those
//! that few have. So there is one place, in Python, that knows vocabularies, dates and HTML.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use memchr::memmem;
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;
use serde_json::value::RawValue;

use crate::columns::Text;
use crate::{Read, Unforeseen};

const MOST: usize = 2048;
const LONGEST: usize = 4096;

/// What is read of a part, and what no column holds of it, as JSON.
#[derive(FromPyObject, Default)]
pub struct Meaning {
    texts: Vec<Option<String>>,
    lists: Vec<Vec<String>>,
    numbers: Vec<Option<i64>>,
    pub rest: Vec<u8>,
}

impl Meaning {
    pub fn text<'a>(&self, place: usize) -> Text<'a> {
        self.texts.get(place)?.clone().map(Cow::Owned)
    }

    pub fn list<'a>(&self, place: usize) -> Vec<Cow<'a, str>> {
        let texts = self.lists.get(place).into_iter().flatten();
        texts.cloned().map(Cow::Owned).collect()
    }

    pub fn number(&self, place: usize) -> Option<i64> {
        *self.numbers.get(place)?
    }
}

/// The first and the last day of a date, in days since 1970, and its year.
#[derive(Clone, Copy, FromPyObject)]
pub struct Span {
    pub year: i64,
    pub start: i32,
    pub end: i32,
}

macro_rules! named {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $name {
            const COUNT: usize = [$($text),*].len();

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

named! {
    /// Parts that many records repeat, by the names that Python knows them by.
    Kind {
        Access = "access",
        Community = "community",
        DeletionStatus = "deletion_status",
        Languages = "languages",
        MediaFiles = "media_files",
        RelatedType = "related_type",
        Relation = "relation",
        ResourceType = "resource_type",
        Rights = "rights",
        Role = "role",
        Term = "term",
        Versions = "versions",
    }
}

named! {
    /// Vocabularies, by the names of the functions that know them.
    Vocabulary {
        /// HTML tags and references such as `&amp;`, and what stands for them in text.
        Markup = "markup",
        /// Addresses that stand for an access status.
        Access = "access",
        /// Ids of licenses, and those of SPDX.
        License = "license_id",
        /// DataCite's names of identifiers, and their schemes.
        Scheme = "scheme",
        /// DataCite's types of titles and descriptions, and their ids.
        TextType = "text_type",
        /// DataCite's general types, and the resource types they mean by themselves.
        GeneralType = "general_type",
        /// A general type and, on the next line, the text beside it; and the resource type they mean.
        ResourceType = "resource_type",
    }
}

/// What is known already.
struct Known<T>(HashMap<Box<str>, T, RandomState>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<T: Clone> Known<T> {
    /// Returns what is known of `key`, or what `ask` returns, which is remembered unless `key` is long.
    fn get(&mut self, key: &str, ask: impl FnOnce() -> Read<T>) -> Read<T> {
        if let Some(known) = self.0.get(key) {
            return Ok(known.clone());
        }
        let answer = ask()?;
        if key.len() <= LONGEST {
            if self.0.len() >= MOST {
                self.0.clear();
            }
            self.0.insert(Box::from(key), answer.clone());
        }
        Ok(answer)
    }
}

/// Asks Python and remembers the answers.
pub struct Meanings {
    python: Py<PyAny>,
    parts: [Known<Arc<Meaning>>; Kind::COUNT],
    spans: Known<Span>,
    words: [Known<Option<Arc<str>>>; Vocabulary::COUNT],
    nothing: Arc<Meaning>,
}

impl Meanings {
    pub fn new(python: Py<PyAny>) -> Self {
        Self {
            python,
            parts: Default::default(),
            spans: Known::default(),
            words: Default::default(),
            nothing: Arc::default(),
        }
    }

    /// Returns the meaning of a part.
    pub fn part(&mut self, kind: Kind, content: Option<&RawValue>) -> Read<Arc<Meaning>> {
        let Some(content) = content else { return Ok(self.nothing.clone()) };
        let content = content.get();
        let python = &self.python;
        self.parts[kind as usize]
            .get(content, || ask(python, "part", (kind.name(), content.as_bytes())).map(Arc::new))
    }

    /// Returns the days that a publication date means.
    pub fn span(&mut self, date: &str) -> Read<Span> {
        self.spans.get(date, || ask(&self.python, "span", (date,)))
    }

    /// Returns what a word of some vocabulary means; `None` if it means nothing.
    pub fn word(&mut self, vocabulary: Vocabulary, word: &str) -> Read<Option<Arc<str>>> {
        let python = &self.python;
        self.words[vocabulary as usize].get(word, || {
            let meaning: Option<String> = ask(python, vocabulary.name(), (word,))?;
            Ok(meaning.map(Arc::from))
        })
    }

    /// Returns the text of an HTML fragment.
    pub fn text_of(&self, html: &str) -> Read<String> {
        ask(&self.python, "text_of", (html,))
    }

    /// Tells whether a description is HTML; where an end tag such as `</p>` does not tell, Python does.
    pub fn is_marked_up(&self, text: &str) -> Read<bool> {
        let mut ends = memmem::find_iter(text.as_bytes(), "</").map(|place| &text[place + 2..]);
        let is_tag = |end: &str| {
            let after = end.trim_start_matches(|character: char| character.is_ascii_alphabetic());
            after.len() < end.len() && after.starts_with('>')
        };
        if ends.any(is_tag) {
            return Ok(true);
        }
        ask(&self.python, "is_marked_up", (text,))
    }
}

/// Calls a function of Python; that it raises or returns None means that the record is for Python to read.
fn ask<T, A>(python: &Py<PyAny>, name: &str, arguments: A) -> Read<T>
where
    T: for<'p, 'py> FromPyObject<'p, 'py>,
    A: for<'py> PyCallArgs<'py>,
{
    Python::attach(|py| {
        let answer = python.bind(py).call_method1(name, arguments).map_err(|_| Unforeseen)?;
        answer.extract().map_err(|_| Unforeseen)
    })
}
