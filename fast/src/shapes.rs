//! The shape of native JSON, as `records/shapes.py` and `metadata_shapes.py` describe it; parts that those
//! modules read for all records that repeat them stay raw. What is not of this shape is an error.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::values::{Bytes, Id, Members, Str, Value};

/// JSON as it came.
pub type Raw<'a> = Option<&'a RawValue>;

/// An object whose members are known.
trait Shape<'de>: Default {
    /// Reads the value of the member `key`.
    fn member<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

struct ShapeVisitor<S>(PhantomData<S>);

impl<'de, S: Shape<'de>> Visitor<'de> for ShapeVisitor<S> {
    type Value = S;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<S, A::Error> {
        let mut shape = S::default();
        while let Some(key) = map.next_key::<&str>()? {
            shape.member(key, &mut map)?;
        }
        Ok(shape)
    }
}

/// Describes an object: its members, which may be absent, and whether others are passed over.
macro_rules! shape {
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@others $map:ident) => { Err(A::Error::custom("an unknown member")) };
    (@others $map:ident ignored) => { $map.next_value::<IgnoredAny>().map(|_| ()) };
    ($name:ident { $($field:ident $(as $key:literal)?: $kind:ty),* $(,)? } $(others $ignored:ident)?) => {
        #[derive(Default)]
        pub struct $name<'a> { $(pub $field: $kind,)* marker: PhantomData<&'a ()> }

        impl<'de: 'a, 'a> Shape<'de> for $name<'a> {
            fn member<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
                match key {
                    $(shape!(@key $field $($key)?) => map.next_value().map(|value| self.$field = value),)*
                    _ => shape!(@others map $($ignored)?),
                }
            }
        }

        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map(ShapeVisitor(PhantomData))
            }
        }
    };
}

shape!(Links {
    own as "self": Option<Str<'a>>,
    self_html: Option<Str<'a>>,
    html: Option<Str<'a>>,
    record_html: Option<Str<'a>>,
} others ignored);
shape!(Pid { client: Option<Str<'a>>, identifier: Option<Str<'a>>, provider: Option<Str<'a>> });
shape!(Pids { doi: Option<Pid<'a>>, oai: Option<Pid<'a>> });
shape!(FileAccess { hidden: Option<bool> });
shape!(Entry {
    access: Option<FileAccess<'a>>,
    checksum: Option<Str<'a>>,
    ext: Option<Str<'a>>,
    id: Option<Str<'a>>,
    key: Option<Str<'a>>,
    links: Option<IgnoredAny>,
    metadata: Members<'a, Value<'a>>,
    mimetype: Option<Str<'a>>,
    size: Option<i64>,
    storage_class: Option<Str<'a>>,
});
shape!(Files {
    count: Option<i64>,
    default_preview: Option<Str<'a>>,
    enabled: Option<bool>,
    entries: Members<'a, Entry<'a>>,
    order: Vec<Option<Str<'a>>>,
    total_bytes: Option<i64>,
});
shape!(OwnedBy { user: Option<Id<'a>> });
shape!(AccessSettings {
    accept_conditions_text: Option<Str<'a>>,
    allow_guest_requests: Option<bool>,
    allow_user_requests: Option<bool>,
    secret_link_expiration: Option<i64>,
});
shape!(ParentAccess {
    grants: [(); 0],
    links: Vec<IgnoredAny>,
    owned_by: Option<OwnedBy<'a>>,
    settings: Option<AccessSettings<'a>>,
});
shape!(Communities { default: Option<Str<'a>>, entries: Vec<&'a RawValue>, ids: Vec<Str<'a>> });
shape!(Parent {
    access: Option<ParentAccess<'a>>,
    communities: Option<Communities<'a>>,
    id: Option<Id<'a>>,
    pids: Option<Pids<'a>>,
});
shape!(Counts {
    data_volume: Option<Bytes>,
    downloads: Option<i64>,
    unique_downloads: Option<i64>,
    unique_views: Option<i64>,
    views: Option<i64>,
});
shape!(Stats { all_versions: Option<Counts<'a>>, this_version: Option<Counts<'a>> });
shape!(Swh { swhid: Option<Str<'a>> });
shape!(Identifier { identifier: Option<Str<'a>>, scheme: Option<Str<'a>> });
shape!(Affiliation { id: Option<Str<'a>>, identifiers: Vec<Identifier<'a>>, name: Option<Str<'a>> });
shape!(PersonOrOrg {
    family_name: Option<Str<'a>>,
    given_name: Option<Str<'a>>,
    identifiers: Vec<Option<Identifier<'a>>>,
    name: Option<Str<'a>>,
    kind as "type": Option<Str<'a>>,
});
shape!(Creator {
    affiliations: Vec<Option<Affiliation<'a>>>,
    person_or_org: Option<PersonOrOrg<'a>>,
    role: Raw<'a>,
});
shape!(AdditionalTitle { lang: Raw<'a>, title: Option<Str<'a>>, kind as "type": Raw<'a> });
shape!(AdditionalDescription { description: Option<Str<'a>>, lang: Raw<'a>, kind as "type": Raw<'a> });
shape!(AnyDate { date: Option<Str<'a>>, description: Option<Str<'a>>, kind as "type": Raw<'a> });
shape!(RelatedIdentifier {
    identifier: Option<Str<'a>>,
    relation_type: Raw<'a>,
    resource_type: Raw<'a>,
    scheme: Option<Str<'a>>,
});
shape!(Reference { identifier: Option<Str<'a>>, reference: Option<Str<'a>>, scheme: Option<Str<'a>> });
shape!(Funder { id: Option<Str<'a>>, name: Option<Str<'a>> });
shape!(Award {
    acronym: Option<Str<'a>>,
    id: Option<Str<'a>>,
    identifiers: Vec<Option<Identifier<'a>>>,
    number: Option<Str<'a>>,
    program: Option<Str<'a>>,
    title: Members<'a, Str<'a>>,
});
shape!(FunderAward { award: Option<Award<'a>>, funder: Option<Funder<'a>> });
shape!(AnySubject { id: Option<Str<'a>>, scheme: Option<Str<'a>>, subject: Option<Str<'a>> });
shape!(Point { coordinates: [f64; 2], kind as "type": Str<'a> });
shape!(Feature {
    description: Option<Str<'a>>,
    geometry: Option<Point<'a>>,
    identifiers: Vec<Identifier<'a>>,
    place: Option<Str<'a>>,
});
shape!(Features { features: Vec<Option<Feature<'a>>> });
shape!(Metadata {
    additional_descriptions: Vec<Option<AdditionalDescription<'a>>>,
    additional_titles: Vec<Option<AdditionalTitle<'a>>>,
    contributors: Vec<Option<Creator<'a>>>,
    copyright: Option<Str<'a>>,
    creators: Vec<Option<Creator<'a>>>,
    dates: Vec<Option<AnyDate<'a>>>,
    description: Option<Str<'a>>,
    formats: Vec<Str<'a>>,
    funding: Vec<Option<FunderAward<'a>>>,
    identifiers: Vec<Option<Identifier<'a>>>,
    languages: Raw<'a>,
    locations: Option<Features<'a>>,
    publication_date: Option<Str<'a>>,
    publisher: Option<Str<'a>>,
    references: Vec<Option<Reference<'a>>>,
    related_identifiers: Vec<Option<RelatedIdentifier<'a>>>,
    resource_type: Raw<'a>,
    rights: Raw<'a>,
    sizes: Vec<Str<'a>>,
    subjects: Vec<Option<AnySubject<'a>>>,
    title: Option<Str<'a>>,
    version: Option<Str<'a>>,
});
shape!(Record {
    access: Raw<'a>,
    created: Option<Str<'a>>,
    custom_fields: Members<'a, Value<'a>>,
    deletion_status: Raw<'a>,
    expanded: Option<IgnoredAny>,
    expires_at: Option<Str<'a>>,
    files: Option<Files<'a>>,
    id: Option<Id<'a>>,
    is_draft: Option<bool>,
    is_published: Option<bool>,
    links: Option<Links<'a>>,
    media_files: Raw<'a>,
    metadata: Option<Metadata<'a>>,
    parent: Option<Parent<'a>>,
    pids: Option<Pids<'a>>,
    revision_id: Option<i64>,
    stats: Option<Stats<'a>>,
    status: Option<Str<'a>>,
    swh: Option<Swh<'a>>,
    title: Option<Str<'a>>,
    ui: Option<IgnoredAny>,
    updated: Option<Str<'a>>,
    versions: Raw<'a>,
});
