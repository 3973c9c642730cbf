//! The metadata of a record: titles, people, dates, identifiers, funding and subjects.

use super::{Reader, text};
use crate::columns::{Part, Person, Place, Text};
use crate::meanings::Kind;
use crate::shapes::{
    AdditionalDescription, AdditionalTitle, AnyDate, AnySubject, Creator, Feature, FunderAward, Identifier,
    Metadata, Raw, RelatedIdentifier,
};
use crate::text::text_of;
use crate::values::{Members, Str};
use crate::{Read, Unforeseen};

const SCHEMES: [&str; 4] = ["orcid", "gnd", "isni", "ror"];

impl<'a> Reader<'_, 'a> {
    pub fn metadata(&mut self, metadata: Metadata<'a>) -> Read<()> {
        let open = self.json.object("metadata");
        self.row.additional_descriptions =
            self.each("additional_descriptions", metadata.additional_descriptions, Self::description)?;
        self.row.additional_titles =
            self.each("additional_titles", metadata.additional_titles, Self::title)?;
        self.row.contributors = self.each("contributors", metadata.contributors, Self::person)?;
        self.keep("copyright", &metadata.copyright);
        self.row.creators = self.each("creators", metadata.creators, Self::person)?;
        self.row.dates = self.each("dates", metadata.dates, Self::date)?;
        if let Some(Str(html)) = metadata.description {
            self.row.description_text = Some(text_of(&html, self.meanings)?.into());
            self.row.description_html = Some(html);
        }
        self.texts("formats", &metadata.formats);
        self.row.funding = self.each("funding", metadata.funding, Self::funding)?;
        self.row.alternate = self.each("identifiers", metadata.identifiers, |_, identifier| {
            Ok([text(identifier.identifier), text(identifier.scheme)])
        })?;
        let languages = self.meanings.part(Kind::Languages, metadata.languages)?;
        self.row.languages = languages.list(0);
        self.json.raw("languages", &languages.rest);
        let locations = self.json.object("locations");
        self.row.locations =
            self.each("features", metadata.locations.unwrap_or_default().features, Self::place)?;
        self.json.close(locations);
        self.publication_date(text(metadata.publication_date))?;
        self.row.publisher = text(metadata.publisher);
        let references = self.each("references", metadata.references, |reader, reference| {
            reader.keep("identifier", &reference.identifier);
            reader.keep("scheme", &reference.scheme);
            Ok(text(reference.reference))
        })?;
        self.row.references = references.into_iter().flatten().collect();
        self.row.related = self.each("related_identifiers", metadata.related_identifiers, Self::related)?;
        let resource_type = self.meanings.part(Kind::ResourceType, metadata.resource_type)?;
        self.row.resource_type = resource_type.text(0);
        self.row.resource_type_general = resource_type.text(1);
        self.json.raw("resource_type", &resource_type.rest);
        let rights = self.meanings.part(Kind::Rights, metadata.rights)?;
        self.row.licenses = rights.list(0);
        self.row.license_urls = rights.list(1);
        self.json.raw("rights", &rights.rest);
        self.texts("sizes", &metadata.sizes);
        self.each("subjects", metadata.subjects, Self::subject)?;
        self.row.title = text(metadata.title);
        self.row.version_label = text(metadata.version);
        self.json.close(open);
        Ok(())
    }

    /// Reads the items of a list; what no column holds of each is written while it is read.
    fn each<T, P>(
        &mut self,
        key: &str,
        items: Vec<Option<T>>,
        mut read: impl FnMut(&mut Self, T) -> Read<P>,
    ) -> Read<Vec<P>> {
        let mut found = Vec::with_capacity(items.len());
        let open = self.json.list(key);
        let mut something = false;
        for item in items {
            let Some(item) = item else {
                self.json.null();
                continue;
            };
            let inside = self.json.item();
            found.push(read(self, item)?);
            something |= self.json.close_item(inside);
        }
        self.json.close_if(open, something);
        Ok(found)
    }

    /// Takes the first text that a term means, and keeps what else it says.
    fn term(&mut self, key: &str, kind: Kind, content: Raw<'a>) -> Read<Text<'a>> {
        let meaning = self.meanings.part(kind, content)?;
        self.json.raw(key, &meaning.rest);
        Ok(meaning.text(0))
    }

    fn description(&mut self, description: AdditionalDescription<'a>) -> Read<Part<'a, 3>> {
        let language = self.term("lang", Kind::Term, description.lang)?;
        let kind = self.term("type", Kind::Term, description.kind)?;
        Ok([text(description.description), kind, language])
    }

    fn title(&mut self, title: AdditionalTitle<'a>) -> Read<Part<'a, 3>> {
        let language = self.term("lang", Kind::Term, title.lang)?;
        let kind = self.term("type", Kind::Term, title.kind)?;
        Ok([text(title.title), kind, language])
    }

    fn date(&mut self, date: AnyDate<'a>) -> Read<Part<'a, 3>> {
        let kind = self.term("type", Kind::Term, date.kind)?;
        Ok([text(date.date), kind, text(date.description)])
    }

    fn related(&mut self, related: RelatedIdentifier<'a>) -> Read<Part<'a, 4>> {
        let relation = self.term("relation_type", Kind::Relation, related.relation_type)?;
        let kind = self.term("resource_type", Kind::RelatedType, related.resource_type)?;
        Ok([text(related.identifier), text(related.scheme), relation, kind])
    }

    fn funding(&mut self, funding: FunderAward<'a>) -> Read<Part<'a, 6>> {
        let funder = funding.funder.unwrap_or_default();
        let award = funding.award.unwrap_or_default();
        let open = self.json.object("award");
        self.each("identifiers", award.identifiers, Self::identifier)?;
        self.keep("program", &award.program);
        let inside = self.json.object("title");
        let title = self.in_english(award.title)?;
        self.json.close(inside);
        self.json.close(open);
        let [funder_id, funder_name] = [funder.id, funder.name].map(text);
        Ok([funder_id, funder_name, text(award.id), text(award.number), title, text(award.acronym)])
    }

    /// Takes the English title and keeps the others; without it only one can be taken.
    fn in_english(&mut self, titles: Members<'a, Str<'a>>) -> Read<Text<'a>> {
        let count = titles.0.len();
        let mut english = None;
        for (language, Str(title)) in titles.0 {
            if language == "en" || count == 1 {
                english = Some(title);
            } else {
                self.json.text(&language, Some(&title));
            }
        }
        if english.is_none() && count > 0 { Err(Unforeseen) } else { Ok(english) }
    }

    /// Takes a point; other shapes are left to Python.
    fn place(&mut self, place: Feature<'a>) -> Read<Place<'a>> {
        let (mut latitude, mut longitude) = (None, None);
        if let Some(point) = place.geometry {
            if point.kind.0 != "Point" {
                return Err(Unforeseen);
            }
            [longitude, latitude] = point.coordinates.map(Some);
            let open = self.json.object("geometry");
            self.json.text("type", Some("Point"));
            self.json.close(open);
        }
        self.each("identifiers", place.identifiers.into_iter().map(Some).collect(), Self::identifier)?;
        Ok(Place { texts: [text(place.place), text(place.description), None], latitude, longitude })
    }

    fn identifier(&mut self, identifier: Identifier<'a>) -> Read<()> {
        self.keep("identifier", &identifier.identifier);
        self.keep("scheme", &identifier.scheme);
        Ok(())
    }

    fn publication_date(&mut self, date: Text<'a>) -> Read<()> {
        if let Some(typed) = date.as_deref().filter(|typed| !typed.is_empty()) {
            let span = self.meanings.span(typed)?;
            self.row.publication_year = Some(span.year);
            self.row.publication_start = Some(span.start);
            self.row.publication_end = Some(span.end);
        }
        self.row.publication_date = date;
        Ok(())
    }

    fn texts(&mut self, key: &str, values: &[Str]) {
        let open = self.json.list(key);
        for Str(value) in values {
            self.json.text_item(Some(value));
        }
        self.json.close(open);
    }

    fn person(&mut self, creator: Creator<'a>) -> Read<Person<'a>> {
        let affiliations = self.each("affiliations", creator.affiliations, |reader, place| {
            reader.keep("id", &place.id);
            let identifiers = place.identifiers.into_iter().map(Some).collect();
            reader.each("identifiers", identifiers, Self::identifier)?;
            Ok(text(place.name))
        })?;
        let who = creator.person_or_org.unwrap_or_default();
        let open = self.json.object("person_or_org");
        let [orcid, gnd, isni, ror] = self.identifiers(who.identifiers)?;
        self.json.close(open);
        let role = self.term("role", Kind::Role, creator.role)?;
        let [name, family, given, kind] = [who.name, who.family_name, who.given_name, who.kind].map(text);
        Ok(Person {
            texts: [name, family, given, kind, orcid, gnd, isni, ror, role],
            affiliations: affiliations.into_iter().flatten().collect(),
        })
    }

    /// Returns ORCID, GND, ISNI and ROR; a second one of a kind stays.
    fn identifiers(&mut self, identifiers: Vec<Option<Identifier<'a>>>) -> Read<[Text<'a>; 4]> {
        let mut ids = [const { None }; 4];
        let mut is_taken = [false; 4];
        let taken = self.each("identifiers", identifiers, |reader, each| {
            let place = SCHEMES
                .iter()
                .position(|known| each.scheme.as_ref().is_some_and(|scheme| scheme.0 == *known));
            let place = place.filter(|&place| !is_taken[place]);
            match place {
                Some(place) => is_taken[place] = true,
                None => reader.keep("identifier", &each.identifier),
            }
            reader.keep("scheme", &each.scheme);
            Ok(place.zip(text(each.identifier)))
        })?;
        for (place, id) in taken.into_iter().flatten() {
            ids[place] = Some(id);
        }
        Ok(ids)
    }

    fn subject(&mut self, subject: AnySubject<'a>) -> Read<()> {
        if subject.id.is_some() {
            self.row.subjects.push([subject.id, subject.subject, subject.scheme].map(text));
        } else {
            self.keep("scheme", &subject.scheme);
            self.row.keywords.extend(text(subject.subject));
        }
        Ok(())
    }
}
