//! What no column holds of a document, in the layout of its XML.

use std::borrow::Cow;

use crate::columns::{Part, Text};
use crate::json::Json;
use crate::others::Others;
use crate::remains::Remains;

/// What no column holds, in the layout of the XML.
#[derive(Default)]
pub struct Rest<'a> {
    pub alternate_types: Vec<Text<'a>>,
    pub datacentre: Text<'a>,
    pub dates: Vec<Text<'a>>,
    pub formats: Vec<Cow<'a, str>>,
    /// The general type, where the resource type does not say it.
    pub general: Text<'a>,
    /// Elements that nobody foresaw.
    pub others: Others<'a>,
    pub related: Vec<Option<Link<'a>>>,
    pub resource_type: Text<'a>,
    /// Text, id and scheme.
    pub rights: Vec<Part<'a, 3>>,
    pub schema: Text<'a>,
    pub sizes: Vec<Cow<'a, str>>,
}

#[derive(Clone)]
pub struct Link<'a> {
    pub relation: Cow<'a, str>,
    pub general: Text<'a>,
    pub kind: Cow<'a, str>,
    pub text: Cow<'a, str>,
}

impl Remains for Rest<'_> {
    fn write(&self, json: &mut Json) -> bool {
        let open = json.open_object();
        let others = &mut self.others.in_order();
        others.write_before("alternateIdentifiers", json);
        list(json, "alternateIdentifiers", &self.alternate_types, |json, kind| {
            json.member("@alternateIdentifierType", kind);
        });
        others.write_before("datacentreSymbol", json);
        json.member("datacentreSymbol", &self.datacentre);
        others.write_before("dates", json);
        list(json, "dates", &self.dates, |json, date| {
            json.member("#text", date);
            json.member("@dateType", &date.as_ref().map(|_| Cow::Borrowed("Updated")));
        });
        others.write_before("formats", json);
        texts(json, "formats", "format", &self.formats);
        others.write_before("relatedIdentifiers", json);
        list(json, "relatedIdentifiers", &self.related, |json, link| {
            if let Some(link) = link {
                json.member("#text", &link.text);
                json.member("@relatedIdentifierType", &link.kind);
                json.member("@relationType", &link.relation);
                json.member("@resourceTypeGeneral", &link.general);
            }
        });
        others.write_before("resourceType", json);
        if self.general.is_some() {
            json.member(
                "resourceType",
                &Object(|json: &mut Json| {
                    json.member("#text", &self.resource_type);
                    json.member("@resourceTypeGeneral", &self.general);
                }),
            );
        } else {
            json.member("resourceType", &self.resource_type);
        }
        others.write_before("rightsList", json);
        list(json, "rightsList", &self.rights, |json, [text, id, scheme]| {
            json.member("#text", text);
            json.member("@rightsIdentifier", id);
            json.member("@rightsIdentifierScheme", scheme);
        });
        others.write_before("schemaVersion", json);
        json.member("schemaVersion", &self.schema);
        others.write_before("sizes", json);
        texts(json, "sizes", "size", &self.sizes);
        others.write_all(json);
        json.close(open)
    }
}

/// An object whose members a function writes.
struct Object<F>(F);

impl<F: Fn(&mut Json)> Remains for Object<F> {
    fn write(&self, json: &mut Json) -> bool {
        let open = json.open_object();
        self.0(json);
        json.close(open)
    }
}

fn list<T>(json: &mut Json, key: &str, items: &[T], members: impl Fn(&mut Json, &T)) {
    let members = &members;
    let objects = items.iter().map(|item| Object(move |json: &mut Json| members(json, item)));
    json.member(key, &objects.collect::<Vec<_>>());
}

fn texts<'a>(json: &mut Json, key: &str, name: &str, items: &Vec<Cow<'a, str>>) {
    json.member(key, &Object(|json: &mut Json| json.member(name, items)));
}
