//! Reads native JSON of the foreseen shape, as `records/native.py` and `metadata.py` read it: what has a
//! column goes to the row, and what has none to the JSON, member by member in alphabetical order.

mod metadata;

use std::borrow::Cow;
use std::collections::BTreeSet;

use memchr::memchr;

use crate::columns::{File, Part, Row, Text};
use crate::json::Json;
use crate::meanings::{Kind, Meanings};
use crate::shapes::{Counts, Entry, Files, Links, Parent, Pid, Record, Stats};
use crate::times::microseconds;
use crate::values::{Members, Str, Value, is_id};
use crate::{Read, Unforeseen};

const JOURNAL: [&str; 5] = ["title", "volume", "issue", "pages", "issn"];
const MEETING: [&str; 7] = ["title", "acronym", "dates", "place", "url", "session", "session_part"];
const IMPRINT: [&str; 5] = ["title", "isbn", "place", "pages", "edition"];

/// Returns the row of a record; `base_url` is the address of the server, or empty.
pub fn read<'a>(content: &'a str, base_url: &str, meanings: &mut Meanings) -> Read<Row<'a>> {
    if has_half_a_pair(content) {
        return Err(Unforeseen);
    }
    let record: Record = serde_json::from_str(content).map_err(|_| Unforeseen)?;
    let mut reader = Reader { base_url, meanings, row: Row::default(), json: Json::new() };
    reader.record(record)?;
    reader.row.extra = reader.json.finish().map(Cow::Owned);
    Ok(reader.row)
}

struct Reader<'r, 'a> {
    base_url: &'r str,
    meanings: &'r mut Meanings,
    row: Row<'a>,
    json: Json,
}

impl<'a> Reader<'_, 'a> {
    fn record(&mut self, record: Record<'a>) -> Read<()> {
        let links = record.links.unwrap_or_default();
        let id = record.id.map(|id| id.0).filter(|id| is_id(id));
        if id.is_none() {
            return Err(Unforeseen);
        }
        let own_url = match &id {
            Some(id) if !self.base_url.is_empty() => Some(format!("{}/api/records/{id}", self.base_url)),
            _ => links.own.as_ref().map(|url| url.0.to_string()),
        };
        self.row.url = self.page(links, id.as_deref());
        self.row.id = id;
        self.row.revision = record.revision_id;
        self.row.created = time(record.created)?;
        self.row.updated = time(record.updated)?;
        self.row.swhid = record.swh.and_then(|swh| text(swh.swhid));
        self.stats(record.stats.unwrap_or_default());

        let access = self.meanings.part(Kind::Access, record.access)?;
        self.row.access_status = access.text(0);
        self.row.access_record = access.text(1);
        self.row.access_files = access.text(2);
        self.row.embargo_until = access.number(0).and_then(|days| i32::try_from(days).ok());
        self.json.raw("access", &access.rest);
        self.custom_fields(record.custom_fields)?;
        let deletion = self.meanings.part(Kind::DeletionStatus, record.deletion_status)?;
        self.json.raw("deletion_status", &deletion.rest);
        self.keep("expires_at", &record.expires_at);
        if let Some(files) = record.files {
            self.files(files, own_url.as_deref())?;
        }
        self.json.flag("is_draft", record.is_draft);
        self.json.flag("is_published", record.is_published);
        let media = self.meanings.part(Kind::MediaFiles, record.media_files)?;
        self.json.raw("media_files", &media.rest);
        self.metadata(record.metadata.unwrap_or_default())?;
        self.parent(record.parent.unwrap_or_default())?;
        let pids = record.pids.unwrap_or_default();
        let open = self.json.object("pids");
        self.row.doi = self.pid("doi", pids.doi);
        self.row.oai_id = self.pid("oai", pids.oai);
        self.json.close(open);
        self.keep("status", &record.status);
        let title = text(record.title);
        if self.row.title.is_none() || self.row.title == title {
            self.row.title = title;
        } else {
            self.json.text("title", title.as_deref());
        }
        let versions = self.meanings.part(Kind::Versions, record.versions)?;
        self.row.version_index = versions.number(0);
        self.row.is_latest = versions.number(1).map(|flag| flag != 0);
        self.json.raw("versions", &versions.rest);
        Ok(())
    }

    /// Takes journal, meeting, imprint and university; the others go to a column of their own.
    fn custom_fields(&mut self, fields: Members<'a, Value<'a>>) -> Read<()> {
        let mut others = Json::new();
        for (key, value) in fields.0 {
            match key.as_ref() {
                "journal:journal" => self.row.journal = texts(value, JOURNAL)?,
                "meeting:meeting" => self.row.meeting = texts(value, MEETING)?,
                "imprint:imprint" => self.row.imprint = texts(value, IMPRINT)?,
                "thesis:thesis" => {
                    let Value::Object(thesis) = value else { return Err(Unforeseen) };
                    let open = others.object(&key);
                    for (name, value) in thesis.0 {
                        if name == "university" {
                            self.university(value)?;
                        } else {
                            others.value(&name, &value);
                        }
                    }
                    others.close(open);
                }
                "thesis:university" => self.university(value)?,
                _ => others.value(&key, &value),
            }
        }
        self.row.custom_fields = others.finish().map(Cow::Owned);
        Ok(())
    }

    fn university(&mut self, value: Value<'a>) -> Read<()> {
        match value {
            Value::Text(name) if !name.is_empty() && self.row.thesis_university.is_none() => {
                self.row.thesis_university = Some(name);
                Ok(())
            }
            _ => Err(Unforeseen),
        }
    }

    fn keep(&mut self, key: &str, value: &Option<Str>) {
        self.json.text(key, value.as_ref().map(|text| text.0.as_ref()));
    }

    fn page(&self, links: Links<'a>, id: Option<&str>) -> Text<'a> {
        let shown = [links.self_html, links.html, links.record_html];
        let page = shown.into_iter().flatten().map(|url| url.0).find(|url| !url.is_empty());
        page.or_else(|| match id {
            Some(id) if !self.base_url.is_empty() => Some(format!("{}/records/{id}", self.base_url).into()),
            _ => None,
        })
    }

    /// Takes the identifier of a persistent identifier.
    fn pid(&mut self, key: &str, pid: Option<Pid<'a>>) -> Text<'a> {
        let pid = pid?;
        let open = self.json.object(key);
        self.keep("client", &pid.client);
        self.keep("provider", &pid.provider);
        self.json.close(open);
        text(pid.identifier)
    }

    fn stats(&mut self, stats: Stats<'a>) {
        let row = &mut self.row;
        let Counts { data_volume, downloads, unique_downloads, unique_views, views, .. } =
            stats.this_version.unwrap_or_default();
        row.views = views;
        row.unique_views = unique_views;
        row.downloads = downloads;
        row.unique_downloads = unique_downloads;
        row.data_volume_bytes = data_volume.map(|bytes| bytes.0);
        let Counts { data_volume, downloads, unique_downloads, unique_views, views, .. } =
            stats.all_versions.unwrap_or_default();
        row.all_versions_views = views;
        row.all_versions_unique_views = unique_views;
        row.all_versions_downloads = downloads;
        row.all_versions_unique_downloads = unique_downloads;
        row.all_versions_data_volume_bytes = data_volume.map(|bytes| bytes.0);
    }

    /// Takes the files; the server counts 0 to those who may not see them (recordings of 2026-11-23).
    fn files(&mut self, files: Files<'a>, own_url: Option<&str>) -> Read<()> {
        let are_seen = !files.entries.0.is_empty();
        let are_counted = are_seen || files.enabled != Some(true);
        let open = self.json.object("files");
        if are_counted {
            self.row.file_count = files.count;
            self.row.total_bytes = files.total_bytes;
        } else {
            self.json.whole("count", files.count);
        }
        self.keep("default_preview", &files.default_preview);
        self.json.flag("enabled", files.enabled);
        let entries = self.json.object("entries");
        let mut extensions = BTreeSet::new();
        for (name, entry) in files.entries.0 {
            self.entry(name, entry, own_url, &mut extensions)?;
        }
        self.json.close(entries);
        self.row.files.sort_by(|one, other| one.key.cmp(&other.key));
        if self.row.files.windows(2).any(|pair| pair[0].key == pair[1].key) {
            return Err(Unforeseen);
        }
        self.row.file_types = extensions.into_iter().map(Cow::Owned).collect();
        let order = self.json.list("order");
        let mut something = false;
        for name in &files.order {
            something |= self.json.text_item(name.as_ref().map(|name| name.0.as_ref()));
        }
        self.json.close_if(order, something);
        if !are_counted {
            self.json.whole("total_bytes", files.total_bytes);
        }
        self.json.close(open);
        Ok(())
    }

    fn entry(
        &mut self,
        name: Cow<'a, str>,
        entry: Entry<'a>,
        own_url: Option<&str>,
        extensions: &mut BTreeSet<String>,
    ) -> Read<()> {
        let open = self.json.object(&name);
        if let Some(access) = entry.access {
            let inside = self.json.object("access");
            self.json.flag("hidden", access.hidden);
            self.json.close(inside);
        }
        if let Some(Str(extension)) = entry.ext {
            if !extension.is_ascii() {
                return Err(Unforeseen);
            }
            let lower = extension.to_ascii_lowercase();
            if lower != extension {
                self.json.text("ext", Some(&extension));
            }
            if !lower.is_empty() {
                extensions.insert(lower);
            }
        }
        let inside = self.json.object("metadata");
        if entry.metadata.0.iter().any(|(_, value)| matches!(value, Value::List(_) | Value::Object(_))) {
            return Err(Unforeseen);
        }
        self.json.members(&entry.metadata);
        self.json.close(inside);
        self.keep("storage_class", &entry.storage_class);
        self.json.close(open);
        let key = text(entry.key).filter(|key| !key.is_empty()).unwrap_or(name);
        let url = own_url.filter(|url| !url.is_empty() && !key.is_empty());
        let url = url.map(|url| format!("{url}/files/{}/content", quoted(&key)).into());
        let texts = [text(entry.checksum), text(entry.mimetype), text(entry.id), url];
        self.row.files.push(File { key, size_bytes: entry.size, texts });
        Ok(())
    }

    fn parent(&mut self, parent: Parent<'a>) -> Read<()> {
        let open = self.json.object("parent");
        if let Some(access) = parent.access {
            let inside = self.json.object("access");
            self.row.owner_id = access.owned_by.and_then(|owner| owner.user).map(|id| id.0);
            if let Some(settings) = access.settings {
                let innermost = self.json.object("settings");
                self.keep("accept_conditions_text", &settings.accept_conditions_text);
                self.json.flag("allow_guest_requests", settings.allow_guest_requests);
                self.json.flag("allow_user_requests", settings.allow_user_requests);
                self.json.whole("secret_link_expiration", settings.secret_link_expiration);
                self.json.close(innermost);
            }
            self.json.close(inside);
        }
        if let Some(communities) = parent.communities {
            let inside = self.json.object("communities");
            self.keep("default", &communities.default);
            let list = self.json.list("entries");
            let mut something = false;
            for entry in communities.entries {
                let community = self.meanings.part(Kind::Community, Some(entry))?;
                if let Some(id) = community.text(1)
                    && communities.ids.iter().all(|known| known.0 != id)
                {
                    return Err(Unforeseen);
                }
                self.row.communities.extend(community.text(0));
                something |= self.json.raw_item(&community.rest);
            }
            self.json.close_if(list, something);
            self.json.close(inside);
            self.row.communities.sort();
            self.row.community_ids = communities.ids.into_iter().map(|id| id.0).collect();
            self.row.community_ids.sort();
        }
        self.row.concept_id = parent.id.map(|id| id.0);
        let pids = parent.pids.unwrap_or_default();
        let inside = self.json.object("pids");
        self.row.concept_doi = self.pid("doi", pids.doi);
        if let Some(oai) = pids.oai {
            let innermost = self.json.object("oai");
            self.keep("client", &oai.client);
            self.keep("identifier", &oai.identifier);
            self.keep("provider", &oai.provider);
            self.json.close(innermost);
        }
        self.json.close(inside);
        self.json.close(open);
        Ok(())
    }
}

/// Tells whether an escaped surrogate has no partner: that is a problem also where nothing is read.
fn has_half_a_pair(content: &str) -> bool {
    let escaped = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let mut rest = content;
    while let Some(place) = memchr(b'\\', rest.as_bytes()) {
        rest = &rest[place..];
        let length = match escaped(rest) {
            Some(0xd800..=0xdbff) if matches!(escaped(&rest[6..]), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => return true,
            Some(_) => 6,
            None => 2,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

/// Takes an object of texts by their names, `None` if it is empty.
fn texts<'a, const N: usize>(value: Value<'a>, names: [&str; N]) -> Read<Option<Part<'a, N>>> {
    let members = match value {
        Value::Null => return Ok(None),
        Value::Object(members) => members.0,
        _ => return Err(Unforeseen),
    };
    let is_empty = members.is_empty();
    let mut part = [const { None }; N];
    for (name, value) in members {
        let place = names.iter().position(|known| *known == name).ok_or(Unforeseen)?;
        let Value::Text(text) = value else { return Err(Unforeseen) };
        part[place] = Some(text);
    }
    Ok((!is_empty).then_some(part))
}

fn text(value: Option<Str<'_>>) -> Text<'_> {
    value.map(|text| text.0)
}

fn time(value: Option<Str>) -> Read<Option<i64>> {
    value.map(|text| microseconds(&text.0).ok_or(Unforeseen)).transpose()
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
