//! The compiled readers of zenodo-harvest: records of the foreseen shapes straight to Arrow.
//!
//! They read what is as foreseen, and keep members of JSON and elements of a resource that nobody foresaw;
//! everything else they leave to the readers in Python, which read all of it; of a record that both read, both
//! make the same row.

mod columns;
mod compact;
mod datacite;
mod json;
mod native;
mod others;
mod remains;
mod repeated;
mod shapes;
mod text;
mod times;
mod values;
mod vocabulary;

use std::borrow::Cow;
use std::fmt;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3_arrow::{PyRecordBatch, PySchema};

use crate::columns::{Columns, Row};
use crate::native::Parts;
use crate::vocabulary::Vocabulary;

/// A record that is not of a shape these readers know.
#[derive(Debug)]
pub struct Unforeseen;

impl fmt::Display for Unforeseen {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("this is for Python to read")
    }
}

/// What is read, unless something was not foreseen.
pub type Read<T> = Result<T, Unforeseen>;

/// Where records come from: the same for all of a batch.
#[derive(FromPyObject)]
struct Provenance {
    site: String,
    source: String,
    base_url: String,
    keep_raw: bool,
}

/// The schema whose columns are filled; the package uses no reader of another one.
const SCHEMA_VERSION: &str = "2";

/// Reads documents into Arrow.
#[pyclass]
struct Reader {
    schema: SchemaRef,
    vocabulary: Vocabulary,
    parts: Parts,
}

#[pymethods]
impl Reader {
    /// `schema` is that of the records table, with or without `raw`; `vocabulary` tells what words mean.
    #[new]
    fn new(schema: PySchema, vocabulary: Py<PyAny>) -> Self {
        let vocabulary = Vocabulary::new(vocabulary);
        Self { schema: schema.into_inner(), vocabulary, parts: Parts::default() }
    }

    /// Returns the records that were read as one batch, and the places of the documents that were not.
    fn read(
        &mut self,
        py: Python,
        documents: Vec<PyBackedBytes>,
        provenance: Provenance,
        retrieved_at_us: i64,
    ) -> PyResult<(PyRecordBatch, Vec<usize>)> {
        py.detach(|| {
            let mut columns = Columns::default();
            let mut unread = Vec::new();
            for (place, document) in documents.iter().enumerate() {
                match self.row(document, &provenance, retrieved_at_us) {
                    Ok(row) => columns.push(&row),
                    Err(Unforeseen) => unread.push(place),
                }
            }
            let batch = RecordBatch::try_new(self.schema.clone(), columns.finish(&self.schema));
            let batch = batch.map_err(|error| PyValueError::new_err(error.to_string()))?;
            Ok((PyRecordBatch::new(batch), unread))
        })
    }
}

impl Reader {
    fn row<'a>(
        &'a mut self,
        document: &'a [u8],
        provenance: &'a Provenance,
        retrieved_at_us: i64,
    ) -> Read<Row<'a>> {
        let content = simdutf8::basic::from_utf8(document).map_err(|_| Unforeseen)?;
        let is_xml = content.starts_with('<');
        let (base_url, vocabulary) = (&provenance.base_url, &mut self.vocabulary);
        let site = (provenance.source == "file").then_some(provenance.site.as_str());
        let mut row = if is_xml {
            datacite::read(content, base_url, vocabulary)?
        } else {
            native::read(content, base_url, site, vocabulary, &mut self.parts)?
        };
        row.dialect = Some(if is_xml { "datacite" } else { "native" }.into());
        row.site = Some(Cow::Borrowed(&provenance.site));
        row.source = Some(Cow::Borrowed(&provenance.source));
        row.retrieved_at = Some(retrieved_at_us);
        row.schema_version = Some(Cow::Borrowed(SCHEMA_VERSION));
        row.raw = provenance.keep_raw.then_some(Cow::Borrowed(content));
        Ok(row)
    }
}

#[pymodule]
fn zenodo_harvest_fast(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("SCHEMA_VERSION", SCHEMA_VERSION)?;
    module.add_class::<Reader>()
}
