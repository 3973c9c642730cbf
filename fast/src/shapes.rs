//! The shape of native JSON (zenodo-api.md §3.4, read 2026-08-20, and recordings). Members that nobody foresaw
//! are kept; a value of another kind than foreseen is an error. Members stand in alphabetical order, so that
//! what remains of an object once columns are taken is written with sorted keys.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::compact::Leaf;
use crate::json::Json;
use crate::others::Others;
use crate::remains::Remains;
use crate::repeated::Repeated;
use crate::values::{Bytes, Id, Members, Str};

/// An object of which some members are known.
trait Shape<'de>: Default {
    /// Reads the value of the member `key`.
    fn member<A: MapAccess<'de>>(&mut self, key: Str<'de>, map: &mut A) -> Result<(), A::Error>;
    fn others(&mut self) -> &mut Others<'de>;
}

struct ShapeVisitor<S>(PhantomData<S>);

impl<'de, S: Shape<'de>> Visitor<'de> for ShapeVisitor<S> {
    type Value = S;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<S, A::Error> {
        let mut shape = S::default();
        while let Some(key) = map.next_key::<Str>()? {
            shape.member(key, &mut map)?;
        }
        shape.others().sort().map_err(A::Error::custom)?;
        Ok(shape)
    }
}

/// Describes an object: its members, which may be absent, and whether others are passed over or all of them
/// are kept, also those that are no data elsewhere.
macro_rules! shape {
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@other $shape:ident $key:ident $map:ident) => { $shape.others.read($key, $map) };
    (@other $shape:ident $key:ident $map:ident ignored) => { $map.next_value::<IgnoredAny>().map(|_| ()) };
    (@other $shape:ident $key:ident $map:ident kept) => { $shape.others.read_all($key, $map) };
    ($name:ident { $($field:ident $(as $key:literal)?: $kind:ty),* $(,)? } $(others $others:ident)?) => {
        #[derive(Default)]
        pub struct $name<'a> { $(pub $field: $kind,)* pub others: Others<'a> }

        impl<'a> Shape<'a> for $name<'a> {
            fn member<A: MapAccess<'a>>(&mut self, key: Str<'a>, map: &mut A) -> Result<(), A::Error> {
                match key.0.as_ref() {
                    $(shape!(@key $field $($key)?) => map.next_value().map(|value| self.$field = value),)*
                    _ => shape!(@other self key map $($others)?),
                }
            }

            fn others(&mut self) -> &mut Others<'a> {
                &mut self.others
            }
        }

        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map(ShapeVisitor(PhantomData))
            }
        }

        impl Remains for $name<'_> {
            const IS_NAMED_FREELY: bool = true;

            fn write(&self, json: &mut Json) -> bool {
                let open = json.open_object();
                let others = &mut self.others.in_order();
                $(
                    others.write_before(shape!(@key $field $($key)?), json);
                    json.known_member(concat!("\"", shape!(@key $field $($key)?), "\":"), &self.$field);
                )*
                others.write_all(json);
                json.close(open)
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
    metadata: Members<'a, Leaf<'a>>,
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
shape!(Grant {});
shape!(ParentAccess {
    grants: Vec<Grant<'a>>,
    links: Vec<IgnoredAny>,
    owned_by: Option<OwnedBy<'a>>,
    settings: Option<AccessSettings<'a>>,
});
shape!(Communities { default: Option<Str<'a>>, entries: Vec<Repeated<'a>>, ids: Vec<Str<'a>> });
shape!(CommunityAccess {
    member_policy: Option<Str<'a>>,
    members_visibility: Option<Str<'a>>,
    record_submission_policy: Option<Str<'a>>,
    review_policy: Option<Str<'a>>,
    visibility: Option<Str<'a>>,
});
shape!(Organization {
    id: Option<Str<'a>>,
    identifiers: Vec<Option<Identifier<'a>>>,
    name: Option<Str<'a>>,
});
shape!(CommunityMetadata {
    curation_policy: Option<Str<'a>>,
    description: Option<Str<'a>>,
    funding: Vec<Option<FunderAward<'a>>>,
    organizations: Vec<Option<Organization<'a>>>,
    page: Option<Str<'a>>,
    title: Option<Str<'a>>,
    kind as "type": Option<Term<'a>>,
    website: Option<Str<'a>>,
});
shape!(Children { allow: Option<bool> });
shape!(Community {
    access: Option<CommunityAccess<'a>>,
    children: Option<Children<'a>>,
    created: Option<Str<'a>>,
    custom_fields: Members<'a, Leaf<'a>>,
    deletion_status: Option<DeletionStatus<'a>>,
    id: Option<Str<'a>>,
    links: Option<IgnoredAny>,
    metadata: Option<CommunityMetadata<'a>>,
    revision_id: Option<i64>,
    slug: Option<Str<'a>>,
    updated: Option<Str<'a>>,
});
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
shape!(DeletionStatus { is_deleted: Option<bool>, status: Option<Str<'a>> });
shape!(Embargo { active: Option<bool>, reason: Option<Str<'a>>, until: Option<Str<'a>> });
shape!(Access {
    embargo: Option<Embargo<'a>>,
    files: Option<Str<'a>>,
    record: Option<Str<'a>>,
    status: Option<Str<'a>>,
});
shape!(Versions { index: Option<i64>, is_latest: Option<bool>, is_latest_draft: Option<bool> });
shape!(Swh { swhid: Option<Str<'a>> });
shape!(Term { id: Option<Str<'a>>, title: Members<'a, Str<'a>> });
shape!(RightProps { scheme: Option<Str<'a>>, url: Option<Str<'a>> });
shape!(Right {
    description: Members<'a, Str<'a>>,
    icon: Option<Str<'a>>,
    id: Option<Str<'a>>,
    link: Option<Str<'a>>,
    props: Option<RightProps<'a>>,
    title: Members<'a, Str<'a>>,
});
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
    role: Repeated<'a>,
});
shape!(AdditionalTitle { lang: Repeated<'a>, title: Option<Str<'a>>, kind as "type": Repeated<'a> });
shape!(AdditionalDescription { description: Option<Str<'a>>, lang: Repeated<'a>, kind as "type": Repeated<'a> });
shape!(AnyDate { date: Option<Str<'a>>, description: Option<Str<'a>>, kind as "type": Repeated<'a> });
shape!(RelatedIdentifier {
    identifier: Option<Str<'a>>,
    relation_type: Repeated<'a>,
    resource_type: Repeated<'a>,
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
shape!(Point { coordinates: Option<[f64; 2]>, kind as "type": Option<Str<'a>> });
shape!(Feature {
    description: Option<Str<'a>>,
    geometry: Option<Point<'a>>,
    identifiers: Vec<Identifier<'a>>,
    place: Option<Str<'a>>,
});
shape!(Features { features: Vec<Option<Feature<'a>>> });
shape!(Journal {
    issn: Option<Str<'a>>,
    issue: Option<Str<'a>>,
    pages: Option<Str<'a>>,
    title: Option<Str<'a>>,
    volume: Option<Str<'a>>,
} others kept);
shape!(Meeting {
    acronym: Option<Str<'a>>,
    dates: Option<Str<'a>>,
    place: Option<Str<'a>>,
    session: Option<Str<'a>>,
    session_part: Option<Str<'a>>,
    title: Option<Str<'a>>,
    url: Option<Str<'a>>,
} others kept);
shape!(Imprint {
    edition: Option<Str<'a>>,
    isbn: Option<Str<'a>>,
    pages: Option<Str<'a>>,
    place: Option<Str<'a>>,
    title: Option<Str<'a>>,
} others kept);
shape!(Thesis { university: Option<Str<'a>> } others kept);
shape!(CustomFields {
    repository as "code:codeRepository": Option<Str<'a>>,
    imprint as "imprint:imprint": Option<Imprint<'a>>,
    journal as "journal:journal": Option<Journal<'a>>,
    meeting as "meeting:meeting": Option<Meeting<'a>>,
    thesis as "thesis:thesis": Option<Thesis<'a>>,
    university as "thesis:university": Option<Str<'a>>,
} others kept);
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
    languages: Repeated<'a>,
    locations: Option<Features<'a>>,
    publication_date: Option<Str<'a>>,
    publisher: Option<Str<'a>>,
    references: Vec<Option<Reference<'a>>>,
    related_identifiers: Vec<Option<RelatedIdentifier<'a>>>,
    resource_type: Repeated<'a>,
    rights: Repeated<'a>,
    sizes: Vec<Str<'a>>,
    subjects: Vec<Option<AnySubject<'a>>>,
    title: Option<Str<'a>>,
    version: Option<Str<'a>>,
});
shape!(Record {
    access: Option<Access<'a>>,
    created: Option<Str<'a>>,
    custom_fields: Option<CustomFields<'a>>,
    deletion_status: Option<DeletionStatus<'a>>,
    expanded: Option<IgnoredAny>,
    expires_at: Option<Str<'a>>,
    files: Option<Files<'a>>,
    id: Option<Id<'a>>,
    is_draft: Option<bool>,
    is_published: Option<bool>,
    links: Option<Links<'a>>,
    media_files: Option<Files<'a>>,
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
    versions: Option<Versions<'a>>,
});
