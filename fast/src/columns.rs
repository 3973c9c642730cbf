//! The columns of the records table, each built as an Arrow array. Their types are those of the schema that
//! Python hands over, so that names and order are defined in one place.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBufferBuilder};
use arrow_schema::{DataType, Fields, SchemaRef};

/// A text that may be missing.
pub type Text<'a> = Option<Cow<'a, str>>;
/// A part of a record that consists of texts alone.
pub type Part<'a, const N: usize> = [Text<'a>; N];

/// An affiliation by its name, with its id.
pub type Affiliation<'a> = (Cow<'a, str>, Text<'a>);

/// A creator or contributor.
#[derive(Default)]
pub struct Person<'a> {
    /// Name, family name, given name, type, ORCID, GND, ISNI, ROR, role.
    pub texts: Part<'a, 9>,
    pub affiliations: Vec<Affiliation<'a>>,
}

/// A file.
pub struct File<'a> {
    pub key: Cow<'a, str>,
    pub size_bytes: Option<i64>,
    /// Checksum, media type, id, address.
    pub texts: Part<'a, 4>,
}

/// A place.
#[derive(Default)]
pub struct Place<'a> {
    /// Name, description, geometry.
    pub texts: Part<'a, 3>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
}

/// A column while it grows.
pub trait Column {
    type Value<'a>;

    fn push(&mut self, value: &Self::Value<'_>);
    fn array(&mut self, data_type: &DataType) -> ArrayRef;
}

macro_rules! columns {
    ($($name:ident: $kind:ty),* $(,)?) => {
        /// One record: a value for each column.
        #[derive(Default)]
        pub struct Row<'a> { $(pub $name: <$kind as Column>::Value<'a>),* }

        /// All columns.
        #[derive(Default)]
        pub struct Columns { $($name: $kind),* }

        impl Columns {
            /// Appends a record.
            pub fn push(&mut self, row: &Row<'_>) {
                $(self.$name.push(&row.$name);)*
            }

            /// Returns the arrays of the columns in the order and of the types of `schema`.
            pub fn finish(&mut self, schema: &SchemaRef) -> Vec<ArrayRef> {
                let mut types = schema.fields().iter().map(|field| field.data_type());
                let mut arrays = Vec::with_capacity(schema.fields().len());
                $(if let Some(data_type) = types.next() { arrays.push(self.$name.array(data_type)); })*
                arrays
            }
        }
    };
}

columns! {
    id: StringBuilder,
    concept_id: StringBuilder,
    doi: StringBuilder,
    concept_doi: StringBuilder,
    oai_id: StringBuilder,
    url: StringBuilder,
    version_index: Int64Builder,
    is_latest: BooleanBuilder,
    version_label: StringBuilder,
    revision: Int64Builder,
    title: StringBuilder,
    resource_type: StringBuilder,
    resource_type_general: StringBuilder,
    description_html: StringBuilder,
    description_text: StringBuilder,
    languages: Texts,
    publisher: StringBuilder,
    keywords: Texts,
    subjects: Parts<3>,
    created: TimestampMicrosecondBuilder,
    updated: TimestampMicrosecondBuilder,
    publication_date: StringBuilder,
    publication_year: Int64Builder,
    publication_start: Date32Builder,
    publication_end: Date32Builder,
    embargo_until: Date32Builder,
    creators: People,
    contributors: People,
    owner_id: StringBuilder,
    access_status: StringBuilder,
    access_record: StringBuilder,
    access_files: StringBuilder,
    licenses: Texts,
    license_urls: Texts,
    communities: Texts,
    community_ids: Texts,
    journal: OnePart<5>,
    meeting: OnePart<7>,
    imprint: OnePart<5>,
    thesis_university: StringBuilder,
    related: Parts<4>,
    alternate: Parts<2>,
    references: Texts,
    funding: Parts<6>,
    code_repository: StringBuilder,
    swhid: StringBuilder,
    files: Files,
    file_count: Int64Builder,
    total_bytes: Int64Builder,
    file_types: Texts,
    views: Int64Builder,
    unique_views: Int64Builder,
    downloads: Int64Builder,
    unique_downloads: Int64Builder,
    data_volume_bytes: Int64Builder,
    all_versions_views: Int64Builder,
    all_versions_unique_views: Int64Builder,
    all_versions_downloads: Int64Builder,
    all_versions_unique_downloads: Int64Builder,
    all_versions_data_volume_bytes: Int64Builder,
    dates: Parts<3>,
    additional_titles: Parts<3>,
    additional_descriptions: Parts<3>,
    locations: Places,
    custom_fields: StringBuilder,
    extra: StringBuilder,
    problems: Texts,
    site: StringBuilder,
    dialect: StringBuilder,
    source: StringBuilder,
    retrieved_at: TimestampMicrosecondBuilder,
    schema_version: StringBuilder,
    raw: StringBuilder,
}

impl Column for StringBuilder {
    type Value<'a> = Text<'a>;

    fn push(&mut self, value: &Text<'_>) {
        self.append_option(value.as_deref());
    }

    fn array(&mut self, _: &DataType) -> ArrayRef {
        Arc::new(self.finish())
    }
}

macro_rules! scalar {
    ($builder:ty, $value:ty) => {
        impl Column for $builder {
            type Value<'a> = Option<$value>;

            fn push(&mut self, value: &Option<$value>) {
                self.append_option(*value);
            }

            fn array(&mut self, _: &DataType) -> ArrayRef {
                Arc::new(self.finish())
            }
        }
    };
}

scalar!(Int64Builder, i64);
scalar!(BooleanBuilder, bool);
scalar!(Date32Builder, i32);

impl Column for TimestampMicrosecondBuilder {
    type Value<'a> = Option<i64>;

    fn push(&mut self, value: &Option<i64>) {
        self.append_option(*value);
    }

    fn array(&mut self, data_type: &DataType) -> ArrayRef {
        let times = self.finish();
        Arc::new(times.with_data_type(data_type.clone()))
    }
}

/// Where the lists of a column end.
struct Ends(OffsetBufferBuilder<i32>);

impl Default for Ends {
    fn default() -> Self {
        Self(OffsetBufferBuilder::new(0))
    }
}

impl Ends {
    fn finish(&mut self, data_type: &DataType, items: impl FnOnce(&DataType) -> ArrayRef) -> ArrayRef {
        let DataType::List(item) = data_type else { panic!("no list: {data_type}") };
        let offsets = std::mem::take(self).0.finish();
        Arc::new(ListArray::new(item.clone(), offsets, items(item.data_type()), None))
    }
}

/// Lists of texts.
#[derive(Default)]
pub struct Texts {
    ends: Ends,
    items: StringBuilder,
}

impl Texts {
    fn append<'t>(&mut self, texts: impl ExactSizeIterator<Item = Option<&'t str>>) {
        self.ends.0.push_length(texts.len());
        texts.for_each(|text| self.items.append_option(text));
    }
}

impl Column for Texts {
    type Value<'a> = Vec<Cow<'a, str>>;

    fn push(&mut self, value: &Vec<Cow<'_, str>>) {
        self.append(value.iter().map(|text| Some(text.as_ref())));
    }

    fn array(&mut self, data_type: &DataType) -> ArrayRef {
        self.ends.finish(data_type, |_| Arc::new(self.items.finish()))
    }
}

/// The columns of a struct that has only texts.
struct TextFields<const N: usize>([StringBuilder; N]);

impl<const N: usize> Default for TextFields<N> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| StringBuilder::new()))
    }
}

impl<const N: usize> TextFields<N> {
    fn push(&mut self, part: &Part<'_, N>) {
        self.0.iter_mut().zip(part).for_each(|(field, text)| field.append_option(text.as_deref()));
    }

    fn finish(&mut self) -> Vec<ArrayRef> {
        self.0.iter_mut().map(|field| Arc::new(field.finish()) as ArrayRef).collect()
    }
}

fn fields_of(data_type: &DataType) -> Fields {
    let DataType::Struct(fields) = data_type else { panic!("no struct: {data_type}") };
    fields.clone()
}

fn structs(data_type: &DataType, columns: Vec<ArrayRef>) -> ArrayRef {
    Arc::new(StructArray::new(fields_of(data_type), columns, None))
}

/// Lists of parts.
#[derive(Default)]
pub struct Parts<const N: usize> {
    ends: Ends,
    fields: TextFields<N>,
}

impl<const N: usize> Column for Parts<N> {
    type Value<'a> = Vec<Part<'a, N>>;

    fn push(&mut self, value: &Vec<Part<'_, N>>) {
        self.ends.0.push_length(value.len());
        value.iter().for_each(|part| self.fields.push(part));
    }

    fn array(&mut self, data_type: &DataType) -> ArrayRef {
        self.ends.finish(data_type, |item| structs(item, self.fields.finish()))
    }
}

/// Single parts that may be missing.
pub struct OnePart<const N: usize> {
    present: NullBufferBuilder,
    fields: TextFields<N>,
}

impl<const N: usize> Default for OnePart<N> {
    fn default() -> Self {
        Self { present: NullBufferBuilder::new(0), fields: TextFields::default() }
    }
}

impl<const N: usize> Column for OnePart<N> {
    type Value<'a> = Option<Part<'a, N>>;

    fn push(&mut self, value: &Option<Part<'_, N>>) {
        self.present.append(value.is_some());
        match value {
            Some(part) => self.fields.push(part),
            None => self.fields.push(&[const { None }; N]),
        }
    }

    fn array(&mut self, data_type: &DataType) -> ArrayRef {
        let columns = self.fields.finish();
        let present = self.present.finish();
        Arc::new(StructArray::new(fields_of(data_type), columns, present))
    }
}

/// Lists of people.
#[derive(Default)]
pub struct People {
    ends: Ends,
    fields: TextFields<9>,
    affiliations: Texts,
    ids: Texts,
}

impl Column for People {
    type Value<'a> = Vec<Person<'a>>;

    fn push(&mut self, value: &Vec<Person<'_>>) {
        self.ends.0.push_length(value.len());
        for person in value {
            self.fields.push(&person.texts);
            self.affiliations.append(person.affiliations.iter().map(|(name, _)| Some(name.as_ref())));
            self.ids.append(person.affiliations.iter().map(|(_, id)| id.as_deref()));
        }
    }

    fn array(&mut self, data_type: &DataType) -> ArrayRef {
        self.ends.finish(data_type, |item| {
            let mut columns = self.fields.finish();
            columns.push(self.affiliations.array(fields_of(item)[9].data_type()));
            columns.push(self.ids.array(fields_of(item)[10].data_type()));
            structs(item, columns)
        })
    }
}

/// Lists of files.
#[derive(Default)]
pub struct Files {
    ends: Ends,
    keys: StringBuilder,
    sizes: Int64Builder,
    fields: TextFields<4>,
}

impl Column for Files {
    type Value<'a> = Vec<File<'a>>;

    fn push(&mut self, value: &Vec<File<'_>>) {
        self.ends.0.push_length(value.len());
        for file in value {
            self.keys.append_value(&file.key);
            self.sizes.append_option(file.size_bytes);
            self.fields.push(&file.texts);
        }
    }

    fn array(&mut self, data_type: &DataType) -> ArrayRef {
        self.ends.finish(data_type, |item| {
            let mut columns: Vec<ArrayRef> =
                vec![Arc::new(self.keys.finish()), Arc::new(self.sizes.finish())];
            columns.append(&mut self.fields.finish());
            structs(item, columns)
        })
    }
}

/// Lists of places.
#[derive(Default)]
pub struct Places {
    ends: Ends,
    fields: TextFields<3>,
    latitudes: Float64Builder,
    longitudes: Float64Builder,
}

impl Column for Places {
    type Value<'a> = Vec<Place<'a>>;

    fn push(&mut self, value: &Vec<Place<'_>>) {
        self.ends.0.push_length(value.len());
        for place in value {
            self.fields.push(&place.texts);
            self.latitudes.append_option(place.latitude);
            self.longitudes.append_option(place.longitude);
        }
    }

    fn array(&mut self, data_type: &DataType) -> ArrayRef {
        self.ends.finish(data_type, |item| {
            let mut columns = self.fields.finish();
            columns.insert(2, Arc::new(self.latitudes.finish()));
            columns.insert(3, Arc::new(self.longitudes.finish()));
            structs(item, columns)
        })
    }
}
