//! The metadata of a record: titles, people, dates, identifiers, funding and subjects.

use super::terms::in_english;
use super::{Reader, text};
use crate::columns::{Part, Person, Place, Text};
use crate::shapes::{
    AdditionalDescription, AdditionalTitle, AnyDate, AnySubject, Creator, Feature, FunderAward, Identifier,
    Metadata, PersonOrOrg, RelatedIdentifier,
};
use crate::text::text_of;
use crate::values::Str;
use crate::{Read, Unforeseen};

const SCHEMES: [&str; 4] = ["orcid", "gnd", "isni", "ror"];
/// Up to here every whole number is a float as well.
const EXACT: f64 = (1_i64 << 53) as f64;

impl<'a> Reader<'_, 'a> {
    pub fn metadata(&mut self, metadata: &mut Metadata<'a>) -> Read<()> {
        self.row.title = text(&mut metadata.title);
        self.resource_type(&mut metadata.resource_type)?;
        if let Some(Str(html)) = metadata.description.take() {
            self.row.description_text = Some(text_of(&html, self.vocabulary)?.into());
            self.row.description_html = Some(html);
        }
        self.languages(&mut metadata.languages)?;
        self.row.publisher = text(&mut metadata.publisher);
        metadata.subjects.iter_mut().flatten().for_each(|subject| self.subject(subject));
        self.row.version_label = text(&mut metadata.version);
        self.publication_date(text(&mut metadata.publication_date))?;
        self.row.creators = self.each(&mut metadata.creators, Self::person)?;
        self.row.contributors = self.each(&mut metadata.contributors, Self::person)?;
        self.rights(&mut metadata.rights)?;
        self.row.related = self.each(&mut metadata.related_identifiers, Self::related)?;
        self.row.alternate = self.each(&mut metadata.identifiers, |_, identifier| {
            Ok([text(&mut identifier.identifier), text(&mut identifier.scheme)])
        })?;
        let references = metadata.references.iter_mut().flatten();
        self.row.references = references.filter_map(|each| text(&mut each.reference)).collect();
        self.row.funding = self.each(&mut metadata.funding, |_, funding| award(funding))?;
        self.row.dates = self.each(&mut metadata.dates, Self::date)?;
        self.row.additional_titles = self.each(&mut metadata.additional_titles, Self::title)?;
        self.row.additional_descriptions =
            self.each(&mut metadata.additional_descriptions, Self::description)?;
        if let Some(locations) = &mut metadata.locations {
            self.row.locations = self.each(&mut locations.features, |_, feature| place(feature))?;
        }
        Ok(())
    }

    /// Reads the items of a list.
    fn each<T, P>(
        &mut self,
        items: &mut [Option<T>],
        mut read: impl FnMut(&mut Self, &mut T) -> Read<P>,
    ) -> Read<Vec<P>> {
        let mut found = Vec::with_capacity(items.len());
        for item in items.iter_mut().flatten() {
            found.push(read(self, item)?);
        }
        Ok(found)
    }

    fn description(&mut self, description: &mut AdditionalDescription<'a>) -> Read<Part<'a, 3>> {
        let kind = self.term(&mut description.kind)?;
        let language = self.term(&mut description.lang)?;
        Ok([text(&mut description.description), kind, language])
    }

    fn title(&mut self, title: &mut AdditionalTitle<'a>) -> Read<Part<'a, 3>> {
        let kind = self.term(&mut title.kind)?;
        let language = self.term(&mut title.lang)?;
        Ok([text(&mut title.title), kind, language])
    }

    fn date(&mut self, date: &mut AnyDate<'a>) -> Read<Part<'a, 3>> {
        let kind = self.term(&mut date.kind)?;
        Ok([text(&mut date.date), kind, text(&mut date.description)])
    }

    fn related(&mut self, related: &mut RelatedIdentifier<'a>) -> Read<Part<'a, 4>> {
        let relation = self.relation(&mut related.relation_type)?;
        let kind = self.type_of_other(&mut related.resource_type)?;
        Ok([text(&mut related.identifier), text(&mut related.scheme), relation, kind])
    }

    fn publication_date(&mut self, date: Text<'a>) -> Read<()> {
        if let Some(typed) = date.as_deref().filter(|typed| !typed.is_empty()) {
            let span = self.vocabulary.span(typed)?;
            self.row.publication_year = Some(span.year);
            self.row.publication_start = Some(span.start);
            self.row.publication_end = Some(span.end);
        }
        self.row.publication_date = date;
        Ok(())
    }

    fn person(&mut self, creator: &mut Creator<'a>) -> Read<Person<'a>> {
        let mut person = Person::default();
        if let Some(who) = &mut creator.person_or_org {
            let [orcid, gnd, isni, ror] = identifiers(&mut who.identifiers);
            let PersonOrOrg { name, family_name, given_name, kind, .. } = who;
            let [name, family, given, kind] = [name, family_name, given_name, kind].map(text);
            if name.is_none() && (family.is_some() || given.is_some()) {
                return Err(Unforeseen);
            }
            person.texts = [name, family, given, kind, orcid, gnd, isni, ror, None];
        }
        person.texts[8] = self.role(&mut creator.role)?;
        for place in creator.affiliations.iter_mut().flatten() {
            let (name, id) = (text(&mut place.name), text(&mut place.id));
            if let Some(name) = name.or_else(|| id.clone()) {
                person.affiliations.push((name, id));
            }
        }
        Ok(person)
    }

    /// Takes a subject of a vocabulary, or a keyword.
    fn subject(&mut self, subject: &mut AnySubject<'a>) {
        let AnySubject { id, subject, scheme, .. } = subject;
        if id.is_some() {
            self.row.subjects.push([id, subject, scheme].map(text));
        } else {
            self.row.keywords.extend(text(subject));
        }
    }
}

/// Takes ORCID, GND, ISNI and ROR, of which the scheme stays; a second one of a kind stays.
fn identifiers<'a>(identifiers: &mut [Option<Identifier<'a>>]) -> Part<'a, 4> {
    let mut ids = [const { None }; 4];
    let mut is_taken = [false; 4];
    for each in identifiers.iter_mut().flatten() {
        let is_scheme = |known: &&str| each.scheme.as_ref().is_some_and(|scheme| scheme.0 == *known);
        if let Some(place) = SCHEMES.iter().position(is_scheme).filter(|place| !is_taken[*place]) {
            is_taken[place] = true;
            ids[place] = text(&mut each.identifier);
        }
    }
    ids
}

fn award<'a>(funding: &mut FunderAward<'a>) -> Read<Part<'a, 6>> {
    let mut part = [const { None }; 6];
    if let Some(funder) = &mut funding.funder {
        part[0] = text(&mut funder.id);
        part[1] = text(&mut funder.name);
    }
    if let Some(award) = &mut funding.award {
        part[2] = text(&mut award.id);
        part[3] = text(&mut award.number);
        part[4] = in_english(&mut award.title)?.map(|Str(title)| title);
        part[5] = text(&mut award.acronym);
    }
    Ok(part)
}

/// Takes a point; other shapes are left to Python.
fn place<'a>(place: &mut Feature<'a>) -> Read<Place<'a>> {
    let (mut latitude, mut longitude) = (None, None);
    if let Some(point) = &mut place.geometry {
        if point.kind.as_ref().is_none_or(|kind| kind.0 != "Point") {
            return Err(Unforeseen);
        }
        let coordinates = point.coordinates.take().ok_or(Unforeseen)?;
        if coordinates.iter().any(|degrees| degrees.abs() > EXACT) {
            return Err(Unforeseen);
        }
        [longitude, latitude] = coordinates.map(Some);
    }
    Ok(Place { texts: [text(&mut place.place), text(&mut place.description), None], latitude, longitude })
}
