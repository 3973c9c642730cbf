//! What no column holds of a document, in the layout of its XML.

use std::borrow::Cow;

use crate::columns::{Part, Text};
use crate::json::Json;

/// What no column holds, in the layout of the XML.
#[derive(Default)]
pub struct Rest<'a> {
    pub alternate_types: Vec<Text<'a>>,
    pub datacentre: Text<'a>,
    pub dates: Vec<Text<'a>>,
    pub formats: Vec<Cow<'a, str>>,
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

impl Rest<'_> {
    pub fn json(&self) -> Option<String> {
        let mut json = Json::new();
        let attribute = |json: &mut Json, kind: &Text| {
            let item = json.item();
            json.text("@alternateIdentifierType", kind.as_deref());
            json.close_item(item)
        };
        list(&mut json, "alternateIdentifiers", &self.alternate_types, attribute);
        json.text("datacentreSymbol", self.datacentre.as_deref());
        list(&mut json, "dates", &self.dates, |json, text| {
            let item = json.item();
            if text.is_some() {
                json.text("#text", text.as_deref());
                json.text("@dateType", Some("Updated"));
            }
            json.close_item(item)
        });
        texts(&mut json, "formats", "format", &self.formats);
        list(&mut json, "relatedIdentifiers", &self.related, |json, link| {
            let item = json.item();
            if let Some(link) = link {
                json.text("#text", Some(&link.text));
                json.text("@relatedIdentifierType", Some(&link.kind));
                json.text("@relationType", Some(&link.relation));
                json.text("@resourceTypeGeneral", link.general.as_deref());
            }
            json.close_item(item)
        });
        json.text("resourceType", self.resource_type.as_deref());
        list(&mut json, "rightsList", &self.rights, |json, [text, id, scheme]| {
            let item = json.item();
            json.text("#text", text.as_deref());
            json.text("@rightsIdentifier", id.as_deref());
            json.text("@rightsIdentifierScheme", scheme.as_deref());
            json.close_item(item)
        });
        json.text("schemaVersion", self.schema.as_deref());
        texts(&mut json, "sizes", "size", &self.sizes);
        json.finish()
    }
}

fn list<T>(json: &mut Json, key: &str, items: &[T], mut write: impl FnMut(&mut Json, &T) -> bool) {
    let open = json.list(key);
    let mut something = false;
    for item in items {
        something |= write(json, item);
    }
    json.close_if(open, something);
}

fn texts(json: &mut Json, key: &str, name: &str, items: &[Cow<str>]) {
    let open = json.object(key);
    list(json, name, items, |json, text| json.text_item(Some(text)));
    json.close(open);
}
