//! What Python is asked for: what words of vocabularies mean, dates, and HTML. So there is one place, in Python,
//! that knows them (`records/compiled.py`).

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use memchr::memmem;
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;

use crate::columns::{Part, Text};
use crate::{Read, Unforeseen};

const MOST: usize = 2048;
const LONGEST: usize = 4096;

/// The first and the last day of a date, in days since 1970, and its year.
#[derive(Clone, Copy, FromPyObject)]
pub struct Span {
    pub year: i64,
    pub start: i32,
    pub end: i32,
}

macro_rules! words {
    ($($(#[$about:meta])* $name:ident = $method:literal,)*) => {
        /// Kinds of words, by the methods that know what they mean.
        #[derive(Clone, Copy)]
        pub enum Word { $($(#[$about])* $name),* }

        impl Word {
            const COUNT: usize = [$($method),*].len();

            fn method(self) -> &'static str {
                match self { $(Self::$name => $method),* }
            }
        }
    };
}

words! {
    /// Ids of licenses, and those of SPDX.
    License = "license_id",
    /// Roles of contributors, and DataCite's names of them.
    Role = "role",
    /// Relations between works, and DataCite's names of them.
    Relation = "relation",
    /// Resource types, and today's ids of them.
    ResourceType = "resource_type",
    /// Today's ids of resource types, and DataCite's general types.
    GeneralType = "general_type",
    /// DataCite's general types, and the resource types they mean by themselves.
    TypeOfGeneral = "type_of_general",
    /// DataCite's names of identifiers, and their schemes.
    Scheme = "scheme",
    /// DataCite's types of titles and descriptions, and their ids.
    TextType = "text_type",
    /// Addresses that stand for an access status.
    Access = "access",
    /// HTML tags and references such as `&amp;`, and what stands for them in text.
    Markup = "markup",
}

/// What is known already.
pub struct Known<T>(HashMap<Box<str>, T, RandomState>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<T: Clone> Known<T> {
    /// Returns what is known of `key`, or what `ask` returns, which is remembered unless `key` is long.
    pub fn get(&mut self, key: &str, ask: impl FnOnce() -> Read<T>) -> Read<T> {
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
pub struct Vocabulary {
    python: Py<PyAny>,
    spans: Known<Span>,
    repositories: Known<Option<Arc<str>>>,
    types: Known<Option<Arc<str>>>,
    words: [Known<Option<Arc<str>>>; Word::COUNT],
}

impl Vocabulary {
    pub fn new(python: Py<PyAny>) -> Self {
        Self {
            python,
            spans: Known::default(),
            repositories: Known::default(),
            types: Known::default(),
            words: Default::default(),
        }
    }

    /// Returns the days that a publication date means.
    pub fn span(&mut self, date: &str) -> Read<Span> {
        self.spans.get(date, || ask(&self.python, "span", (date,)))
    }

    /// Returns what a word means; `None` if it means nothing.
    pub fn word(&mut self, kind: Word, word: &str) -> Read<Option<Arc<str>>> {
        self.words[kind as usize].get(word, || meaning(&self.python, kind.method(), (word,)))
    }

    /// Returns the resource type that DataCite's general type and the text beside it mean.
    pub fn type_of(&mut self, general: &str, text: &str) -> Read<Option<Arc<str>>> {
        self.types.get(&format!("{general}\n{text}"), || meaning(&self.python, "type_of", (general, text)))
    }

    /// Returns the repository of the first related work that is the code of a record.
    pub fn linked_repository<'a>(&mut self, related: &[Part<'_, 4>]) -> Read<Text<'a>> {
        for [identifier, _, relation, _] in related {
            let (Some(identifier), Some(relation)) = (identifier, relation) else { continue };
            if !identifier.starts_with("http") {
                continue;
            }
            let ask = || meaning(&self.python, "code_repository", (relation.as_ref(), identifier.as_ref()));
            if let Some(found) = self.repositories.get(&format!("{relation}\n{identifier}"), ask)? {
                return Ok(Some(found.to_string().into()));
            }
        }
        Ok(None)
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

fn meaning<A>(python: &Py<PyAny>, name: &str, arguments: A) -> Read<Option<Arc<str>>>
where
    A: for<'py> PyCallArgs<'py>,
{
    let meaning: Option<String> = ask(python, name, arguments)?;
    Ok(meaning.map(Arc::from))
}

/// Calls a method in Python; that it raises, or returns None where something was expected, means that the
/// record is for Python to read.
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
