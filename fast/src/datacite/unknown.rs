//! Elements that nobody foresaw, as JSON in the layout of `tree` in `records/elements.py`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::cursor::{Cursor, is_said};
use crate::compact::Compact;
use crate::json::Json;
use crate::remains::Remains;
use crate::{Read, Unforeseen};

/// Elements within a resource that have their places, and names that stand for something else there.
const KNOWN: [&str; 26] = [
    "alternateIdentifiers",
    "contributors",
    "creators",
    "datacentreSymbol",
    "dates",
    "descriptions",
    "formats",
    "fundingReferences",
    "geoLocations",
    "header",
    "identifier",
    "language",
    "metadata",
    "oai_datacite",
    "payload",
    "publicationYear",
    "publisher",
    "record",
    "relatedIdentifiers",
    "resourceType",
    "rightsList",
    "schemaVersion",
    "sizes",
    "subjects",
    "titles",
    "version",
];
const DEEPEST: usize = 16;

/// What an element says.
enum Tree<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Object(BTreeMap<Cow<'a, str>, Tree<'a>>),
    List(Vec<Tree<'a>>),
}

impl Remains for Tree<'_> {
    fn write(&self, json: &mut Json) -> bool {
        match self {
            Tree::Nothing => false,
            Tree::Text(text) => text.write(json),
            Tree::List(items) => items.write(json),
            Tree::Object(members) => {
                let open = json.open_object();
                members.iter().for_each(|(key, value)| json.member(key, value));
                json.close(open)
            }
        }
    }
}

/// Takes an element that nobody foresaw if one comes next.
pub fn unknown<'a>(xml: &mut Cursor<'a>) -> Read<Option<(Cow<'a, str>, Compact<'a>)>> {
    let name = Cursor(xml.0.strip_prefix('<').unwrap_or_default()).name();
    if name.is_empty() || KNOWN.contains(&name) {
        return Ok(None);
    }
    let tree = element(xml, name, 0)?;
    Ok(Some((Cow::Borrowed(name), Compact::of(&tree))))
}

fn element<'a>(xml: &mut Cursor<'a>, name: &str, depth: usize) -> Read<Tree<'a>> {
    if depth > DEEPEST {
        return Err(Unforeseen);
    }
    xml.need("<")?;
    xml.need(name)?;
    let mut members = BTreeMap::new();
    while xml.skip(" ") {
        let attribute = xml.name();
        xml.need(attribute)?;
        xml.need("=\"")?;
        let value = Tree::Text(xml.value()?);
        if attribute.is_empty()
            || attribute == "xmlns"
            || members.insert(format!("@{attribute}").into(), value).is_some()
        {
            return Err(Unforeseen);
        }
    }
    if xml.skip("/>") {
        return Ok(said(members));
    }
    xml.need(">")?;
    if !xml.0.starts_with('<') {
        let text = xml.text(name)?;
        is_said(&text)?;
        return Ok(if members.is_empty() {
            Tree::Text(text)
        } else {
            members.insert("#text".into(), Tree::Text(text));
            Tree::Object(members)
        });
    }
    while !xml.0.starts_with("</") {
        let child = Cursor(xml.0.strip_prefix('<').unwrap_or_default()).name();
        if child.is_empty() {
            return Err(Unforeseen);
        }
        let tree = element(xml, child, depth + 1)?;
        match members.entry(child.into()).or_insert_with(|| Tree::List(Vec::new())) {
            Tree::List(items) => items.push(tree),
            _ => return Err(Unforeseen),
        }
    }
    xml.need("<")?;
    xml.end(name)?;
    Ok(said(members))
}

fn said<'a>(members: BTreeMap<Cow<'a, str>, Tree<'a>>) -> Tree<'a> {
    if members.is_empty() { Tree::Nothing } else { Tree::Object(members) }
}
