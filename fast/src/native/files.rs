//! The files of a record.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Reader, text};
use crate::columns::File;
use crate::shapes::{Entry, Files};
use crate::values::Str;
use crate::{Read, Unforeseen};

impl<'a> Reader<'_, 'a> {
    /// Takes the files; the server counts 0 to those who may not see them (recordings of 2026-11-23).
    pub fn files(&mut self, files: &mut Files<'a>, own_url: Option<&str>) -> Read<()> {
        if !files.entries.0.is_empty() || files.enabled != Some(true) {
            self.row.file_count = files.count.take();
            self.row.total_bytes = files.total_bytes.take();
        }
        if !files.entries.0.is_empty() && (self.row.file_count.is_none() || self.row.total_bytes.is_none()) {
            return Err(Unforeseen);
        }
        let mut extensions = BTreeSet::new();
        for (name, entry) in &mut files.entries.0 {
            extensions.extend(extension(entry)?);
            self.row.files.push(file(name, entry, own_url));
        }
        self.row.files.sort_by(|one, other| one.key.cmp(&other.key));
        if self.row.files.windows(2).any(|pair| pair[0].key == pair[1].key) {
            return Err(Unforeseen);
        }
        self.row.file_types = extensions.into_iter().map(Cow::Owned).collect();
        Ok(())
    }
}

fn file<'a>(name: &Cow<'a, str>, entry: &mut Entry<'a>, own_url: Option<&str>) -> File<'a> {
    let key = text(&mut entry.key).filter(|key| !key.is_empty()).unwrap_or_else(|| name.clone());
    let url = own_url.filter(|url| !url.is_empty() && !key.is_empty());
    let url = url.map(|url| format!("{url}/files/{}/content", quoted(&key)).into());
    let texts = [text(&mut entry.checksum), text(&mut entry.mimetype), text(&mut entry.id), url];
    File { key, size_bytes: entry.size.take(), texts }
}

/// Takes an extension; one that is not in lower case stays as well.
fn extension(entry: &mut Entry) -> Read<Option<String>> {
    let Some(Str(extension)) = &entry.ext else { return Ok(None) };
    if !extension.is_ascii() {
        return Err(Unforeseen);
    }
    let lower = extension.to_ascii_lowercase();
    if lower == *extension {
        entry.ext = None;
    }
    Ok(Some(lower).filter(|lower| !lower.is_empty()))
}

/// Returns a file's name as it stands in an address: names may hold anything (zenodo-api.md §11 #37).
fn quoted(key: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.~-".contains(&byte);
    if key.bytes().all(is_plain) {
        return Cow::Borrowed(key);
    }
    let quoted = key.bytes().map(|byte| match byte {
        plain if is_plain(plain) => char::from(plain).to_string(),
        other => format!("%{other:02X}"),
    });
    quoted.collect()
}
