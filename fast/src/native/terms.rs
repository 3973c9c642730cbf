//! Parts that many records repeat: terms of vocabularies, licenses, languages and communities.

use std::sync::Arc;

use super::Reader;
use crate::columns::Text;
use crate::repeated::{Meaning, Repeated};
use crate::shapes::{Community, Right, Term};
use crate::values::{Members, Str};
use crate::vocabulary::{Known, Vocabulary, Word};
use crate::{Read, Unforeseen};

type Meanings = Known<Arc<Meaning>>;

/// What is known of such parts.
#[derive(Default)]
pub struct Parts {
    pub communities: Meanings,
    languages: Meanings,
    relations: Meanings,
    resource_types: Meanings,
    rights: Meanings,
    roles: Meanings,
    terms: Meanings,
    types: Meanings,
}

impl<'a> Reader<'_, 'a> {
    /// Takes the id of a term.
    pub fn term(&mut self, term: &mut Repeated<'a>) -> Read<Text<'a>> {
        let meaning = term.read(&mut self.parts.terms, |term: &mut Term| {
            Ok(Meaning { texts: [id(&mut term.id), None], ..Meaning::default() })
        })?;
        Ok(meaning.and_then(|meaning| meaning.text(0)))
    }

    /// Takes the role of a contributor as DataCite spells it.
    pub fn role(&mut self, role: &mut Repeated<'a>) -> Read<Text<'a>> {
        renamed(role, &mut self.parts.roles, self.vocabulary, Word::Role)
    }

    /// Takes a relation to another work as DataCite spells it.
    pub fn relation(&mut self, relation: &mut Repeated<'a>) -> Read<Text<'a>> {
        renamed(relation, &mut self.parts.relations, self.vocabulary, Word::Relation)
    }

    /// Takes the resource type of another work, by today's id.
    pub fn type_of_other(&mut self, kind: &mut Repeated<'a>) -> Read<Text<'a>> {
        renamed(kind, &mut self.parts.types, self.vocabulary, Word::ResourceType)
    }

    /// Takes the resource type, by today's id, with and without its subtype.
    pub fn resource_type(&mut self, kind: &mut Repeated<'a>) -> Read<()> {
        let vocabulary = &mut *self.vocabulary;
        let meaning = kind.read(&mut self.parts.resource_types, |term: &mut Term| {
            let id = changed(&mut term.id, vocabulary, Word::ResourceType)?;
            let general = id.as_deref().and_then(coarse_type).map(str::to_owned);
            Ok(Meaning { texts: [id, general], ..Meaning::default() })
        })?;
        if let Some(meaning) = meaning {
            self.row.resource_type = meaning.text(0);
            self.row.resource_type_general = meaning.text(1);
        }
        Ok(())
    }

    pub fn languages(&mut self, languages: &mut Repeated<'a>) -> Read<()> {
        let meaning = languages.read(&mut self.parts.languages, |terms: &mut Vec<Option<Term>>| {
            let ids = terms.iter_mut().flatten().filter_map(|term| id(&mut term.id));
            Ok(Meaning { lists: [ids.collect(), Vec::new()], ..Meaning::default() })
        })?;
        self.row.languages = meaning.map(|meaning| meaning.list(0)).unwrap_or_default();
        Ok(())
    }

    /// Takes the licenses, by the ids of SPDX, and their addresses.
    pub fn rights(&mut self, rights: &mut Repeated<'a>) -> Read<()> {
        let vocabulary = &mut *self.vocabulary;
        let meaning = rights.read(&mut self.parts.rights, |rights: &mut Vec<Option<Right>>| {
            let [mut names, mut urls] = [const { Vec::new() }; 2];
            for right in rights.iter_mut().flatten() {
                names.extend(if right.id.is_some() {
                    changed(&mut right.id, vocabulary, Word::License)?
                } else {
                    in_english(&mut right.title)?.map(|Str(title)| title.into_owned())
                });
                let page = right.props.as_mut().and_then(|props| props.url.take());
                urls.extend(page.or_else(|| right.link.take()).map(|Str(url)| url.into_owned()));
            }
            Ok(Meaning { lists: [names, urls], ..Meaning::default() })
        })?;
        if let Some(meaning) = meaning {
            self.row.licenses = meaning.list(0);
            self.row.license_urls = meaning.list(1);
        }
        Ok(())
    }
}

/// Takes the slug and the id of a community.
pub fn community(community: &mut Community) -> Meaning {
    Meaning { texts: [id(&mut community.slug), id(&mut community.id)], ..Meaning::default() }
}

/// Returns a resource type without its subtype.
pub fn coarse_type(id: &str) -> Option<&str> {
    id.split('-').next().filter(|_| !id.is_empty())
}

/// Takes the English text, or the only one.
pub fn in_english<'a>(words: &mut Members<'a, Str<'a>>) -> Read<Option<Str<'a>>> {
    let place = words.0.iter().position(|(language, _)| language == "en");
    match (place, words.0.len()) {
        (Some(place), _) => Ok(Some(words.0.remove(place).1)),
        (None, 0 | 1) => Ok(words.0.pop().map(|(_, title)| title)),
        (None, _) => Err(Unforeseen),
    }
}

fn renamed<'a>(
    term: &mut Repeated<'a>,
    known: &mut Meanings,
    vocabulary: &mut Vocabulary,
    word: Word,
) -> Read<Text<'a>> {
    let meaning = term.read(known, |term: &mut Term| {
        Ok(Meaning { texts: [changed(&mut term.id, vocabulary, word)?, None], ..Meaning::default() })
    })?;
    Ok(meaning.and_then(|meaning| meaning.text(0)))
}

fn id(id: &mut Option<Str>) -> Option<String> {
    id.take().map(|Str(id)| id.into_owned())
}

/// Returns what an id means; the original stays unless it is the same.
fn changed(id: &mut Option<Str>, vocabulary: &mut Vocabulary, word: Word) -> Read<Option<String>> {
    let Some(Str(original)) = id else { return Ok(None) };
    let meant = vocabulary.word(word, original)?.ok_or(Unforeseen)?;
    if *meant == **original {
        *id = None;
    }
    Ok(Some(meant.to_string()))
}
