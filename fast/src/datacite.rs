//! Reads DataCite XML exactly as the server's dumps write it (recordings, read 2026-11-23): compact, each part
//! in its place, holding text and having its usual attributes. Text of that shape is well-formed and has one
//! meaning, so that its parts can be cut out. It makes of it what `records/datacite.py` makes.

mod cursor;
mod parts;
mod rest;

use std::borrow::Cow;
use std::collections::BTreeSet;

use memchr::memchr_iter;

use crate::columns::{Row, Text};
use crate::json::Json;
use crate::text::text_of;
use crate::values::is_id;
use crate::vocabulary::{Vocabulary, Word};
use crate::{Read, Unforeseen};
use cursor::{Cursor, is_said, plain};
use parts::{funding, leaves, minted_id, page_of, people, place};
use rest::{Link, Rest};

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
    let mut reader =
        Reader { base_url, vocabulary, xml: Cursor(content), row: Row::default(), rest: Rest::default() };
    reader.document()?;
    reader.row.extra = Json::of(&reader.rest).map(Cow::Owned);
    Ok(reader.row)
}

struct Reader<'r, 'a> {
    base_url: &'r str,
    vocabulary: &'r mut Vocabulary,
    xml: Cursor<'a>,
    row: Row<'a>,
    rest: Rest<'a>,
}

impl<'a> Reader<'_, 'a> {
    fn document(&mut self) -> Read<()> {
        self.head()?;
        let alternates = self.xml.list("alternateIdentifiers", |xml| {
            let Some(kind) = xml.attribute("<alternateIdentifier alternateIdentifierType=\"")? else {
                return Ok(None);
            };
            xml.need(">")?;
            Ok(Some((kind, xml.text("alternateIdentifier")?)))
        })?;
        self.row.creators = people(&mut self.xml, "creators", "creator", "creatorName")?;
        self.titles()?;
        self.row.publisher = self.xml.leaf("publisher")?;
        let year = self.xml.leaf("publicationYear")?;
        self.row.keywords = leaves(&mut self.xml, "subjects", "subject")?;
        self.row.contributors = people(&mut self.xml, "contributors", "contributor", "contributorName")?;
        self.dates(year)?;
        if let Some(language) = self.xml.leaf("language")? {
            if language.len() != 3 || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
                return Err(Unforeseen);
            }
            self.row.languages.push(language);
        }
        self.resource_type()?;
        let doi = if self.xml.skip("<identifier identifierType=\"DOI\">") {
            Some(self.xml.text("identifier")?)
        } else {
            None
        };
        self.row.doi = doi.map(|doi| if doi.trim() == doi { doi } else { doi.trim().to_owned().into() });
        let site = self.own(alternates)?;
        self.related(site)?;
        self.rest.sizes = leaves(&mut self.xml, "sizes", "size")?;
        self.rest.formats = leaves(&mut self.xml, "formats", "format")?;
        self.rest.sizes.iter().chain(&self.rest.formats).try_for_each(|text| is_said(text))?;
        self.row.version_label = self.xml.leaf("version")?;
        self.rights()?;
        self.descriptions()?;
        self.row.locations = self.xml.list("geoLocations", place)?;
        self.row.funding = self.xml.list("fundingReferences", funding)?;
        self.xml.need("</resource></payload></oai_datacite>")?;
        self.xml.skip("\n");
        if self.xml.0.is_empty() { Ok(()) } else { Err(Unforeseen) }
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

    fn scheme(&mut self, kind: &Cow<'a, str>) -> Read<Cow<'a, str>> {
        let known = self.vocabulary.word(Word::Scheme, kind)?;
        Ok(known.map_or_else(|| kind.clone(), |scheme| scheme.to_string().into()))
    }

    /// Takes the date of issue and the dates that people typed; the day of the last edit stays.
    fn dates(&mut self, year: Text<'a>) -> Read<()> {
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
        if year.as_deref() != Some(first) {
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
        self.row.resource_type = meant.map(|id| id.to_string().into());
        self.row.resource_type_general = Some(general);
        self.rest.resource_type = (!text.is_empty()).then_some(text);
        Ok(())
    }

    /// Takes the OAI identifier, the id, the page and the other identifiers of the work; returns the site.
    fn own(&mut self, found: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Read<Option<String>> {
        let mut oai_ids = found.iter().filter(|(kind, _)| kind == "oai").map(|(_, text)| text.clone());
        self.row.oai_id = oai_ids.next();
        if oai_ids.next().is_some() {
            return Err(Unforeseen);
        }
        self.row.id = match (&self.row.oai_id, &self.row.doi) {
            (Some(oai_id), _) if oai_id.ends_with(':') => return Err(Unforeseen),
            (Some(oai_id), _) => oai_id.rsplit(':').next().map(|id| id.to_owned().into()),
            (None, Some(doi)) => minted_id(doi).map(|id| id.to_owned().into()),
            (None, None) => None,
        };
        let mut site = None;
        for (kind, text) in found {
            let mut kept = None;
            let page = if kind == "URL" && self.row.url.as_ref().is_none_or(|url| *url == text) {
                page_of(&text)?
            } else {
                None
            };
            let page = page.filter(|(_, id)| {
                self.row.id.as_deref().filter(|known| !known.is_empty()).is_none_or(|known| known == *id)
            });
            if let Some((its_site, its_id)) = page {
                site = Some(its_site.to_owned());
                self.row.id = Some(its_id.to_owned().into());
                self.row.url = Some(text);
            } else if kind != "oai" {
                let scheme = self.scheme(&kind)?;
                let is_renamed = scheme == "ads" && kind != "ads";
                self.row.alternate.push([Some(text), Some(scheme)]);
                kept = is_renamed.then_some(kind);
            }
            self.rest.alternate_types.push(kept);
        }
        if !self.row.id.as_deref().is_some_and(is_id) {
            return Err(Unforeseen);
        }
        if self.row.url.is_none() && !self.base_url.is_empty() {
            let id = self.row.id.as_deref().filter(|id| !id.is_empty());
            self.row.url = id.map(|id| format!("{}/records/{id}", self.base_url).into());
        }
        Ok(site)
    }

    /// Takes the DOI and id of the concept, the communities, the journal and the related works.
    fn related(&mut self, site: Option<String>) -> Read<()> {
        let links = self.xml.list("relatedIdentifiers", |xml| {
            let Some(relation) = xml.attribute("<relatedIdentifier relationType=\"")? else {
                return Ok(None);
            };
            let general = xml.attribute(" resourceTypeGeneral=\"")?;
            let kind = xml.attribute(" relatedIdentifierType=\"")?.ok_or(Unforeseen)?;
            xml.need(">")?;
            Ok(Some(Link { relation, general, kind, text: xml.text("relatedIdentifier")? }))
        })?;
        let sites =
            [site.as_deref(), Some(self.base_url)].into_iter().flatten().filter(|site| !site.is_empty());
        let communities: Vec<String> = sites.map(|site| format!("{site}/communities/")).collect();
        let id = self.row.id.clone().filter(|id| !id.is_empty());
        let stem = match (&self.row.doi, &id) {
            (Some(doi), Some(id)) => {
                doi.strip_suffix(id.as_ref()).filter(|stem| !stem.is_empty()).map(str::to_owned)
            }
            _ => None,
        };
        let mut slugs = BTreeSet::new();
        let mut concept = None;
        for link in links {
            let is_part = link.relation == "IsPartOf";
            if is_part
                && link.kind == "URL"
                && link.general.is_none()
                && communities.iter().any(|start| link.text.starts_with(start))
            {
                slugs.insert(
                    link.text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned(),
                );
                self.rest.related.push(None);
                continue;
            }
            if is_part
                && link.kind == "ISSN"
                && link.general.as_deref() == Some("Collection")
                && self.row.journal.is_none()
            {
                self.row.journal = Some([None, None, None, None, Some(link.text)]);
                self.rest.related.push(None);
                continue;
            }
            if link.relation == "IsVersionOf"
                && link.kind == "DOI"
                && stem.as_deref().is_some_and(|stem| link.text.starts_with(stem))
            {
                concept = Some(self.row.related.len());
            }
            let meant = match &link.general {
                Some(general) => self.vocabulary.word(Word::TypeOfGeneral, general)?,
                None => None,
            };
            let scheme = self.scheme(&link.kind)?;
            let is_kept = (link.general.is_some() && meant.is_none()) || scheme == "ads";
            if is_kept {
                is_said(&link.text)?;
            }
            self.rest.related.push(is_kept.then(|| link.clone()));
            let meant = meant.map(|id| id.to_string().into());
            self.row.related.push([Some(link.text), Some(scheme), Some(link.relation), meant]);
        }
        if let Some([doi, ..]) = concept.map(|place| self.row.related.remove(place)) {
            self.row.concept_id = doi
                .as_deref()
                .zip(stem)
                .map(|(doi, stem)| doi.strip_prefix(&stem).unwrap_or(doi).to_owned().into());
            self.row.concept_doi = doi;
        }
        self.row.communities = slugs.into_iter().map(Cow::Owned).collect();
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
