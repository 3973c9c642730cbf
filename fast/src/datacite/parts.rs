//! People, places, funding and addresses of a document.

use std::borrow::Cow;

use super::cursor::Cursor;
use crate::columns::{Part, Person, Place};
use crate::{Read, Unforeseen};

const MINTED: [&str; 2] = ["10.5281/zenodo.", "10.5072/zenodo."];

/// Takes the texts of a list.
pub fn leaves<'a>(xml: &mut Cursor<'a>, name: &str, item: &str) -> Read<Vec<Cow<'a, str>>> {
    xml.list(name, |xml| xml.leaf(item))
}

pub fn people<'a>(xml: &mut Cursor<'a>, list: &str, item: &str, name: &str) -> Read<Vec<Person<'a>>> {
    let contributor = format!("<{item} contributorType=\"");
    let has_type = format!("<{name} nameType=\"");
    xml.list(list, |xml| {
        let mut person = Person::default();
        if item == "creator" {
            if !xml.start(item) {
                return Ok(None);
            }
        } else {
            person.texts[8] = xml.attribute(&contributor)?;
            if person.texts[8].is_none() {
                return Ok(None);
            }
            xml.need(">")?;
        }
        if xml.skip(&has_type) {
            person.texts[3] = match xml.value()?.as_ref() {
                "Personal" => Some("personal".into()),
                "Organizational" => Some("organizational".into()),
                _ => return Err(Unforeseen),
            };
            xml.need(">")?;
        } else if !xml.start(name) {
            return Err(Unforeseen);
        }
        person.texts[0] = Some(xml.text(name)?);
        person.texts[2] = xml.leaf("givenName")?;
        person.texts[1] = xml.leaf("familyName")?;
        identifiers(xml, &mut person)?;
        while let Some(affiliation) = xml.leaf("affiliation")? {
            person.affiliations.push((affiliation, None));
        }
        xml.need("<")?;
        xml.end(item)?;
        Ok(Some(person))
    })
}

/// Takes ORCID, which comes first, GND, ISNI and ROR.
fn identifiers<'a>(xml: &mut Cursor<'a>, person: &mut Person<'a>) -> Read<()> {
    let mut is_first = true;
    while let Some(scheme) = xml.attribute("<nameIdentifier nameIdentifierScheme=\"")? {
        let place = match scheme.as_ref() {
            "ORCID" if is_first => 4,
            "GND" => 5,
            "ISNI" => 6,
            "ROR" => 7,
            _ => return Err(Unforeseen),
        };
        is_first = false;
        xml.need(">")?;
        let id = xml.text("nameIdentifier")?;
        if person.texts[place].is_some()
            || id.contains(|character: char| character == '/' || character.is_whitespace())
        {
            return Err(Unforeseen);
        }
        person.texts[place] = Some(id);
    }
    Ok(())
}

pub fn place<'a>(xml: &mut Cursor<'a>) -> Read<Option<Place<'a>>> {
    if !xml.start("geoLocation") {
        return Ok(None);
    }
    let mut place = Place { texts: [xml.leaf("geoLocationPlace")?, None, None], ..Place::default() };
    if xml.start("geoLocationPoint") {
        let longitude = xml.leaf("pointLongitude")?.ok_or(Unforeseen)?;
        let latitude = xml.leaf("pointLatitude")?.ok_or(Unforeseen)?;
        xml.need("</geoLocationPoint>")?;
        place.longitude = Some(degrees(&longitude)?);
        place.latitude = Some(degrees(&latitude)?);
    }
    xml.need("</geoLocation>")?;
    Ok(Some(place))
}

/// Returns a number of at most three digits before the point.
fn degrees(text: &str) -> Read<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 3 || !are_digits(whole) || !are_digits(fraction) {
        return Err(Unforeseen);
    }
    text.parse().ok().filter(|degrees: &f64| degrees.abs() <= 360.0).ok_or(Unforeseen)
}

pub fn funding<'a>(xml: &mut Cursor<'a>) -> Read<Option<Part<'a, 6>>> {
    if !xml.start("fundingReference") {
        return Ok(None);
    }
    let name = xml.leaf("funderName")?.ok_or(Unforeseen)?;
    let is_identified = xml.skip("<funderIdentifier funderIdentifierType=\"ROR\">");
    let id = if is_identified { Some(xml.text("funderIdentifier")?) } else { None };
    let number = xml.leaf("awardNumber")?;
    let title = xml.leaf("awardTitle")?;
    xml.need("</fundingReference>")?;
    Ok(Some([id, Some(name), None, number, title, None]))
}

/// Returns the id at the end of a DOI that Zenodo mints.
pub fn minted_id(doi: &str) -> Option<&str> {
    let id = MINTED.iter().find_map(|start| doi.strip_prefix(start))?;
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

/// Returns the site and the id in the address of a record's page, `None` for any other address.
pub fn page_of(url: &str) -> Read<Option<(&str, &str)>> {
    if url.contains('\n') {
        return Err(Unforeseen);
    }
    let Some((head, id)) = url.rsplit_once('/') else { return Ok(None) };
    let site = head.strip_suffix("/records").or_else(|| head.strip_suffix("/record"));
    let is_site = |site: &&str| {
        let host = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://"));
        host.is_some_and(|host| !host.is_empty())
    };
    Ok(site.filter(is_site).filter(|_| !id.is_empty()).map(|site| (site, id)))
}
