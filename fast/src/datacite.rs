//! Reads DataCite XML exactly as the server's dumps write it (recordings, read 2026-11-23): compact, each part
//! in its place, holding text and having its usual attributes. Text of that shape is well-formed and has one
//! meaning, so that its parts can be cut out. Elements that nobody foresaw may stand between the parts. It makes
//! of it what `records/datacite.py` makes.

mod cursor;
mod links;
mod parts;
mod rest;
mod unknown;

use std::borrow::Cow;

use memchr::memchr_iter;

use crate::columns::{Row, Text};
use crate::json::Json;
use crate::native::coarse_type;
use crate::text::text_of;
use crate::vocabulary::{Vocabulary, Word};
use crate::{Read, Unforeseen};
use cursor::{Cursor, is_said, plain};
use parts::{funding, leaves, people, place};
use rest::Rest;
use unknown::unknown;

const CLOSED: &str = "info:eu-repo/semantics/closedAccess";
const NAMESPACES: &str = " xmlns=\"http://schema.datacite.org/oai/oai-1.1/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

/// Returns the row of a record; `base_url` is the address of the server, or empty.
pub fn read<'a>(content: &'a str, base_url: &str, vocabulary: &mut Vocabulary) -> Read<Row<'a>> {
    let is_changed_by_parsers = |byte: u8| (byte < b' ') & (byte != b'\t') & (byte != b'\n');
    let is_changed = content.bytes().fold(false, |changed, byte| changed | is_changed_by_parsers(byte));
    let mut starts = memchr_iter(0xef, content.as_bytes());
    let is_no_character = |place: usize| content[place..].starts_with(['\u{fffe}', '\u{ffff}']);
    if is_changed || starts.any(is_no_character) {
        return Err(Unforeseen);
    }
    read_once(content, base_url, vocabulary, false)
        .or_else(|_| read_once(content, base_url, vocabulary, true))
}

/// Reads a document; to look for elements that nobody foresaw takes patience, which few documents need.
fn read_once<'a>(
    content: &'a str,
    base_url: &str,
    vocabulary: &mut Vocabulary,
    is_patient: bool,
) -> Read<Row<'a>> {
    let mut reader = Reader {
        base_url,
        vocabulary,
        xml: Cursor(content),
        is_patient,
        alternates: Vec::new(),
        year: None,
        row: Row::default(),
        rest: Rest::default(),
    };
    reader.document()?;
    reader.row.extra = Json::of(&reader.rest).map(Cow::Owned);
    Ok(reader.row)
}

struct Reader<'r, 'a> {
    base_url: &'r str,
    vocabulary: &'r mut Vocabulary,
    xml: Cursor<'a>,
    is_patient: bool,
    alternates: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    year: Text<'a>,
    row: Row<'a>,
    rest: Rest<'a>,
}

impl<'a> Reader<'_, 'a> {
    fn document(&mut self) -> Read<()> {
        self.head()?;
        for part in Self::PARTS {
            self.others()?;
            part(self)?;
        }
        self.others()?;
        self.rest.others.sort()?;
        self.xml.need("</resource></payload></oai_datacite>")?;
        self.xml.skip("\n");
        if self.xml.0.is_empty() { Ok(()) } else { Err(Unforeseen) }
    }

    /// The parts of a resource in the order in which the server writes them.
    const PARTS: [fn(&mut Self) -> Read<()>; 19] = [
        Self::alternates,
        |this| {
            this.row.creators = people(&mut this.xml, "creators", "creator", "creatorName")?;
            Ok(())
        },
        Self::titles,
        |this| {
            this.row.publisher = this.xml.leaf("publisher")?;
            Ok(())
        },
        |this| {
            this.year = this.xml.leaf("publicationYear")?;
            Ok(())
        },
        |this| {
            this.row.keywords = leaves(&mut this.xml, "subjects", "subject")?;
            Ok(())
        },
        |this| {
            this.row.contributors = people(&mut this.xml, "contributors", "contributor", "contributorName")?;
            Ok(())
        },
        Self::dates,
        Self::language,
        Self::resource_type,
        Self::identifier,
        Self::related,
        |this| {
            this.rest.sizes = this.xml.texts("sizes", "size")?;
            Ok(())
        },
        |this| {
            this.rest.formats = this.xml.texts("formats", "format")?;
            Ok(())
        },
        |this| {
            this.row.version_label = this.xml.leaf("version")?;
            Ok(())
        },
        Self::rights,
        Self::descriptions,
        |this| {
            this.row.locations = this.xml.list("geoLocations", place)?;
            Ok(())
        },
        |this| {
            this.row.funding = this.xml.list("fundingReferences", funding)?;
            Ok(())
        },
    ];

    /// Keeps the elements that nobody foresaw, as whoever reads them with patience does.
    fn others(&mut self) -> Read<()> {
        while self.is_patient
            && let Some((name, value)) = unknown(&mut self.xml)?
        {
            self.rest.others.push(name, value);
        }
        Ok(())
    }

    fn language(&mut self) -> Read<()> {
        if let Some(language) = self.xml.leaf("language")? {
            if language.len() != 3 || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
                return Err(Unforeseen);
            }
            self.row.languages.push(language);
        }
        Ok(())
    }

    fn identifier(&mut self) -> Read<()> {
        if self.xml.skip("<identifier identifierType=\"DOI\">") {
            let doi = self.xml.text("identifier")?;
            self.row.doi = Some(if doi.trim() == doi { doi } else { doi.trim().to_owned().into() });
        }
        Ok(())
    }

    fn head(&mut self) -> Read<()> {
        self.xml.skip("<?xml version='1.0' encoding='UTF-8'?>\n");
        self.xml.need("<oai_datacite")?;
        self.xml.need(NAMESPACES)?;
        self.location()?;
        self.rest.schema = self.xml.leaf("schemaVersion")?;
        is_said(self.rest.schema.as_deref().ok_or(Unforeseen)?)?;
        self.rest.datacentre = self.xml.leaf("datacentreSymbol")?;
        self.rest.datacentre.as_deref().map_or(Ok(()), is_said)?;
        self.xml.need("<payload><resource xmlns=\"http://datacite.org/schema/kernel-4\"")?;
        self.location()
    }

    fn location(&mut self) -> Read<()> {
        self.xml.need(" xsi:schemaLocation=\"")?;
        if self.xml.until(b'"', b'<')?.contains(['>', '&']) {
            return Err(Unforeseen);
        }
        self.xml.need(">")
    }

    fn titles(&mut self) -> Read<()> {
        let titles = self.xml.list("titles", |xml| {
            if !xml.skip("<title") {
                return Ok(None);
            }
            let language = xml.attribute(" xml:lang=\"")?;
            let kind = xml.attribute(" titleType=\"")?;
            xml.need(">")?;
            Ok(Some((language, kind, xml.text("title")?)))
        })?;
        for (place, (language, kind, text)) in titles.into_iter().enumerate() {
            if (place == 0) != kind.is_none() || (place == 0 && language.is_some()) {
                return Err(Unforeseen);
            }
            match kind {
                Some(kind) => {
                    let kind = self.text_type(kind)?;
                    self.row.additional_titles.push([Some(text), Some(kind), language]);
                }
                None => self.row.title = Some(text),
            }
        }
        Ok(())
    }

    fn text_type(&mut self, kind: Cow<'a, str>) -> Read<Cow<'a, str>> {
        let known = self.vocabulary.word(Word::TextType, &kind)?;
        Ok(known.map_or(kind, |id| id.to_string().into()))
    }

    pub fn scheme(&mut self, kind: &Cow<'a, str>) -> Read<Cow<'a, str>> {
        let known = self.vocabulary.word(Word::Scheme, kind)?;
        Ok(known.map_or_else(|| kind.clone(), |scheme| scheme.to_string().into()))
    }

    /// Takes the date of issue and the dates that people typed; the day of the last edit stays.
    fn dates(&mut self) -> Read<()> {
        let dates = self.xml.list("dates", |xml| {
            let Some(kind) = xml.attribute("<date dateType=\"")? else { return Ok(None) };
            let about = xml.attribute(" dateInformation=\"")?;
            xml.need(">")?;
            Ok(Some((kind, about, xml.text("date")?)))
        })?;
        let last = dates.len().saturating_sub(1);
        for (place, (kind, about, text)) in dates.into_iter().enumerate() {
            let mut kept = None;
            if kind == "Issued" && about.is_none() && self.row.publication_date.is_none() {
                self.row.publication_date = Some(text);
            } else if kind == "Updated" && about.is_none() && place == last {
                is_said(&text)?;
                kept = Some(text);
            } else if kind.is_ascii() {
                self.row.dates.push([Some(text), Some(kind.to_ascii_lowercase().into()), about]);
            } else {
                return Err(Unforeseen);
            }
            self.rest.dates.push(kept);
        }
        let issued = self.row.publication_date.as_deref().ok_or(Unforeseen)?;
        let first = issued.char_indices().nth(4).map_or(issued, |(place, _)| &issued[..place]);
        if self.year.as_deref() != Some(first) {
            return Err(Unforeseen);
        }
        let span = self.vocabulary.span(issued)?;
        self.row.publication_year = Some(span.year);
        self.row.publication_start = Some(span.start);
        self.row.publication_end = Some(span.end);
        Ok(())
    }

    fn resource_type(&mut self) -> Read<()> {
        let general = self.xml.attribute("<resourceType resourceTypeGeneral=\"")?.ok_or(Unforeseen)?;
        self.xml.need(">")?;
        let text = plain(self.xml.until(b'<', b'>')?)?;
        self.xml.end("resourceType")?;
        if !general.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(Unforeseen);
        }
        let meant = self.vocabulary.type_of(&general, &text)?;
        let said = match &meant {
            Some(id) => self.vocabulary.word(Word::GeneralType, id)?,
            None => None,
        };
        if said.as_deref() != Some(general.as_ref()) {
            if text.is_empty() {
                return Err(Unforeseen);
            }
            self.rest.general = Some(general);
        }
        self.row.resource_type_general =
            meant.as_deref().and_then(coarse_type).map(|id| id.to_owned().into());
        self.row.resource_type = meant.map(|id| id.to_string().into());
        self.rest.resource_type = (!text.is_empty()).then_some(text);
        Ok(())
    }

    /// Takes the access, the licenses and their addresses; the original of an id stays, as does its name.
    fn rights(&mut self) -> Read<()> {
        let rights = self.xml.list("rightsList", |xml| {
            if !xml.skip("<rights") {
                return Ok(None);
            }
            let url = xml.attribute(" rightsURI=\"")?;
            let scheme = xml.attribute(" rightsIdentifierScheme=\"")?;
            let id = xml.attribute(" rightsIdentifier=\"")?;
            let text = if xml.skip("/>") {
                None
            } else {
                xml.need(">")?;
                Some(xml.text("rights")?)
            };
            Ok(Some((url, scheme, id, text)))
        })?;
        for (url, scheme, id, text) in rights {
            if self.row.access_status.is_none()
                && let Some(url) = &url
                && let Some(access) = self.vocabulary.word(Word::Access, url)?
            {
                if scheme.is_some() || id.is_some() || text.is_some() || url == CLOSED {
                    return Err(Unforeseen);
                }
                self.row.access_status = Some(access.to_string().into());
                self.rest.rights.push([const { None }; 3]);
                continue;
            }
            let name = match &id {
                Some(id) => self.vocabulary.word(Word::License, id)?.map(|name| name.to_string().into()),
                None => text.clone(),
            };
            let other = |text: &Cow<str>| Some(text) != name.as_ref();
            self.rest.rights.push([text.filter(other), id.filter(other), scheme]);
            self.row.licenses.extend(name);
            self.row.license_urls.extend(url);
        }
        Ok(())
    }

    /// Takes the abstract, as HTML and as text, and the other descriptions.
    fn descriptions(&mut self) -> Read<()> {
        let descriptions = self.xml.list("descriptions", |xml| {
            if !xml.skip("<description") {
                return Ok(None);
            }
            let language = xml.attribute(" xml:lang=\"")?;
            let kind = xml.attribute(" descriptionType=\"")?.ok_or(Unforeseen)?;
            xml.need(">")?;
            Ok(Some((language, kind, xml.text("description")?)))
        })?;
        for (language, kind, said) in descriptions {
            if kind != "Abstract" || self.row.description_text.is_some() {
                let kind = self.text_type(kind)?;
                self.row.additional_descriptions.push([Some(said), Some(kind), language]);
            } else if language.is_some() {
                return Err(Unforeseen);
            } else if said.contains('<') && self.vocabulary.is_marked_up(&said)? {
                self.row.description_text = Some(text_of(&said, self.vocabulary)?.into());
                self.row.description_html = Some(said);
            } else {
                self.row.description_text = Some(said);
            }
        }
        Ok(())
    }
}
