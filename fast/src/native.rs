//! Reads native JSON as `records/native.py` reads it: columns take what they hold, and what remains of the
//! record is its `extra`.

mod files;
mod metadata;
mod terms;

use std::borrow::Cow;

use memchr::memchr;

use crate::columns::{Row, Text};
use crate::json::Json;
use crate::shapes::{
    Access, Communities, Community, Counts, CustomFields, Links, Parent, Pid, Record, Stats,
};
use crate::times::{days, microseconds};
use crate::values::{Str, is_id};
use crate::vocabulary::Vocabulary;
use crate::{Read, Unforeseen};
pub use terms::{Parts, coarse_type};

/// Members by which `dialect_of` in `records/reader.py` knows the dialects.
const LEGACY: [&str; 7] = ["conceptrecid", "recid", "record_id", "owners", "owner", "doi_url", "submitted"];
const LEGACY_METADATA: [&str; 6] = ["access_right", "upload_type", "relations", "license", "doi", "keywords"];

/// Members of the rows that Python has written, which it reads itself, of communities and of deleted records.
const ODD: [&str; 3] = ["schema_version", "slug", "tombstone"];

/// Returns the row of a record; `base_url` is the address of the server, or empty, and `site` what a file is
/// said to be of, though its links may tell another.
pub fn read<'a>(
    content: &'a str,
    base_url: &str,
    site: Option<&str>,
    vocabulary: &mut Vocabulary,
    parts: &mut Parts,
) -> Read<Row<'a>> {
    if has_half_a_pair(content) {
        return Err(Unforeseen);
    }
    let mut record: Record = serde_json::from_str(content).map_err(|_| Unforeseen)?;
    let is_nothing = record.title.is_none() && record.metadata.as_ref().is_none_or(|it| it.title.is_none());
    if is_legacy(&record) || is_nothing || record.metadata.is_none() || record.others.have_any(&ODD) {
        return Err(Unforeseen);
    }
    if site.is_some_and(|site| base_url.is_empty() && !is_of(site, &record)) {
        return Err(Unforeseen);
    }
    let mut reader = Reader { base_url, vocabulary, parts, row: Row::default() };
    reader.record(&mut record)?;
    reader.row.extra = Json::of(&record).map(Cow::Owned);
    Ok(reader.row)
}

fn is_legacy(record: &Record) -> bool {
    let is_native = record.parent.is_some()
        || record.pids.is_some()
        || record.versions.is_some()
        || record.access.is_some()
        || record.revision_id.is_some();
    let metadata = record.metadata.as_ref().map(|metadata| &metadata.others);
    record.others.have_any(&LEGACY)
        || (!is_native && metadata.is_some_and(|others| others.have_any(&LEGACY_METADATA)))
}

/// Tells whether the links of a record are plainly of a site.
fn is_of(site: &str, record: &Record) -> bool {
    let Some(links) = &record.links else { return true };
    let shown = [&links.own, &links.self_html, &links.html, &links.record_html];
    let mut addresses = shown.into_iter().flatten().filter(|url| !url.0.is_empty());
    addresses.next().is_none_or(|url| site == "zenodo" && url.0.starts_with("https://zenodo.org/"))
}

struct Reader<'r, 'a> {
    base_url: &'r str,
    vocabulary: &'r mut Vocabulary,
    parts: &'r mut Parts,
    row: Row<'a>,
}

impl<'a> Reader<'_, 'a> {
    fn record(&mut self, record: &mut Record<'a>) -> Read<()> {
        let links = record.links.take().unwrap_or_default();
        let id = record.id.take().map(|id| id.0).filter(|id| is_id(id)).ok_or(Unforeseen)?;
        let own_url = if self.base_url.is_empty() {
            links.own.as_ref().map(|url| url.0.to_string())
        } else {
            Some(format!("{}/api/records/{id}", self.base_url))
        };
        self.row.url = self.page(links, &id);
        self.row.id = Some(id);
        self.row.revision = record.revision_id.take();
        self.row.created = time(&mut record.created)?;
        self.row.updated = time(&mut record.updated)?;
        self.row.swhid = record.swh.as_mut().and_then(|swh| text(&mut swh.swhid));
        if let Some(pids) = &mut record.pids {
            self.row.doi = pid(&mut pids.doi);
            self.row.oai_id = pid(&mut pids.oai);
        }
        if let Some(parent) = &mut record.parent {
            self.parent(parent)?;
        }
        if let Some(versions) = &mut record.versions {
            self.row.version_index = versions.index.take();
            self.row.is_latest = versions.is_latest.take();
        }
        if let Some(metadata) = &mut record.metadata {
            self.metadata(metadata)?;
        }
        let title = record.title.as_ref().map(|title| &title.0);
        if self.row.title.is_none() || self.row.title.as_ref() == title {
            self.row.title = text(&mut record.title);
        }
        if let Some(fields) = record.custom_fields.take() {
            self.custom_fields(fields);
        }
        if self.row.code_repository.is_none() {
            self.row.code_repository = self.vocabulary.linked_repository(&self.row.related)?;
        }
        if let Some(files) = &mut record.files {
            self.files(files, own_url.as_deref())?;
        }
        if let Some(access) = &mut record.access {
            self.access(access)?;
        }
        if let Some(stats) = &mut record.stats {
            self.stats(stats);
        }
        Ok(())
    }

    /// Takes journal, meeting, imprint and university; the others go to a column of their own.
    fn custom_fields(&mut self, mut fields: CustomFields<'a>) {
        self.row.journal = fields.journal.as_mut().and_then(|journal| {
            part([
                &mut journal.title,
                &mut journal.volume,
                &mut journal.issue,
                &mut journal.pages,
                &mut journal.issn,
            ])
        });
        self.row.meeting = fields.meeting.as_mut().and_then(|meeting| {
            part([
                &mut meeting.title,
                &mut meeting.acronym,
                &mut meeting.dates,
                &mut meeting.place,
                &mut meeting.url,
                &mut meeting.session,
                &mut meeting.session_part,
            ])
        });
        self.row.imprint = fields.imprint.as_mut().and_then(|imprint| {
            part([
                &mut imprint.title,
                &mut imprint.isbn,
                &mut imprint.place,
                &mut imprint.pages,
                &mut imprint.edition,
            ])
        });
        let thesis = fields.thesis.as_mut().and_then(|thesis| text(&mut thesis.university));
        self.row.thesis_university = thesis.or_else(|| text(&mut fields.university));
        self.row.code_repository = text(&mut fields.repository).filter(|typed| !typed.is_empty());
        self.row.custom_fields = Json::of(&fields).map(Cow::Owned);
    }

    fn page(&self, links: Links<'a>, id: &str) -> Text<'a> {
        let shown = [links.self_html, links.html, links.record_html];
        let page = shown.into_iter().flatten().map(|url| url.0).find(|url| !url.is_empty());
        let own = || format!("{}/records/{id}", self.base_url).into();
        page.or_else(|| (!self.base_url.is_empty()).then(own))
    }

    fn access(&mut self, access: &mut Access<'a>) -> Read<()> {
        self.row.access_status = text(&mut access.status);
        self.row.access_record = text(&mut access.record);
        self.row.access_files = text(&mut access.files);
        let until = access.embargo.as_mut().and_then(|embargo| text(&mut embargo.until));
        self.row.embargo_until = until.map(|day| days(&day).ok_or(Unforeseen)).transpose()?;
        Ok(())
    }

    fn stats(&mut self, stats: &mut Stats<'a>) {
        let row = &mut self.row;
        if let Some(Counts { data_volume, downloads, unique_downloads, unique_views, views, .. }) =
            &mut stats.this_version
        {
            row.views = views.take();
            row.unique_views = unique_views.take();
            row.downloads = downloads.take();
            row.unique_downloads = unique_downloads.take();
            row.data_volume_bytes = data_volume.take().map(|bytes| bytes.0);
        }
        if let Some(Counts { data_volume, downloads, unique_downloads, unique_views, views, .. }) =
            &mut stats.all_versions
        {
            row.all_versions_views = views.take();
            row.all_versions_unique_views = unique_views.take();
            row.all_versions_downloads = downloads.take();
            row.all_versions_unique_downloads = unique_downloads.take();
            row.all_versions_data_volume_bytes = data_volume.take().map(|bytes| bytes.0);
        }
    }

    /// Takes what all versions share: the id and the DOI of the concept, the owner and the communities.
    fn parent(&mut self, parent: &mut Parent<'a>) -> Read<()> {
        self.row.concept_id = parent.id.take().map(|id| id.0);
        self.row.concept_doi = parent.pids.as_mut().and_then(|pids| pid(&mut pids.doi));
        let owner = parent.access.as_mut().and_then(|access| access.owned_by.as_mut());
        self.row.owner_id = owner.and_then(|owner| owner.user.take()).map(|id| id.0);
        match &mut parent.communities {
            Some(communities) => self.communities(communities),
            None => Ok(()),
        }
    }

    fn communities(&mut self, communities: &mut Communities<'a>) -> Read<()> {
        for entry in &mut communities.entries {
            let take = |community: &mut Community| Ok(terms::community(community));
            let Some(community) = entry.read(&mut self.parts.communities, take)? else { continue };
            if let Some(id) = &community.texts[1]
                && communities.ids.iter().all(|known| known.0 != *id)
            {
                return Err(Unforeseen);
            }
            self.row.communities.extend(community.text(0));
        }
        self.row.communities.sort();
        self.row.community_ids = communities.ids.drain(..).map(|id| id.0).collect();
        self.row.community_ids.sort();
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

/// Takes a part of texts, `None` if it has none of them.
fn part<'a, const N: usize>(texts: [&mut Option<Str<'a>>; N]) -> Option<[Text<'a>; N]> {
    let part = texts.map(text);
    part.iter().any(Option::is_some).then_some(part)
}

/// Takes a text.
fn text<'a>(value: &mut Option<Str<'a>>) -> Text<'a> {
    value.take().map(|text| text.0)
}

/// Takes a time of the server.
fn time(value: &mut Option<Str>) -> Read<Option<i64>> {
    value.take().map(|text| microseconds(&text.0).ok_or(Unforeseen)).transpose()
}

/// Takes the identifier of a persistent identifier.
fn pid<'a>(pid: &mut Option<Pid<'a>>) -> Text<'a> {
    pid.as_mut().and_then(|pid| text(&mut pid.identifier))
}
