//! What a document says of other places: identifiers of the work itself, and related works.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Reader;
use super::cursor::is_said;
use super::parts::{minted_id, page_of};
use super::rest::Link;
use crate::values::is_id;
use crate::vocabulary::Word;
use crate::{Read, Unforeseen};

impl<'a> Reader<'_, 'a> {
    pub fn alternates(&mut self) -> Read<()> {
        self.alternates = self.xml.list("alternateIdentifiers", |xml| {
            let Some(kind) = xml.attribute("<alternateIdentifier alternateIdentifierType=\"")? else {
                return Ok(None);
            };
            xml.need(">")?;
            Ok(Some((kind, xml.text("alternateIdentifier")?)))
        })?;
        Ok(())
    }

    /// Takes the OAI identifier, the id, the page and the other identifiers of the work; returns the site.
    fn own(&mut self) -> Read<Option<String>> {
        let found = std::mem::take(&mut self.alternates);
        let mut oai_ids = found.iter().filter(|(kind, _)| kind == "oai").map(|(_, text)| text.clone());
        self.row.oai_id = oai_ids.next();
        if oai_ids.next().is_some() {
            return Err(Unforeseen);
        }
        self.row.id = match (&self.row.oai_id, &self.row.doi) {
            (Some(oai_id), _) if oai_id.ends_with(':') => return Err(Unforeseen),
            (Some(oai_id), _) => oai_id.rsplit(':').next().map(|id| id.to_owned().into()),
            (None, Some(doi)) => minted_id(doi).map(|id| id.to_owned().into()),
            (None, None) => None,
        };
        let mut site = None;
        for (kind, text) in found {
            let mut kept = None;
            let page = if kind == "URL" && self.row.url.as_ref().is_none_or(|url| *url == text) {
                page_of(&text)?
            } else {
                None
            };
            let page = page.filter(|(_, id)| {
                self.row.id.as_deref().filter(|known| !known.is_empty()).is_none_or(|known| known == *id)
            });
            if let Some((its_site, its_id)) = page {
                site = Some(its_site.to_owned());
                self.row.id = Some(its_id.to_owned().into());
                self.row.url = Some(text);
            } else if kind != "oai" {
                let scheme = self.scheme(&kind)?;
                let is_renamed = scheme == "ads" && kind != "ads";
                self.row.alternate.push([Some(text), Some(scheme)]);
                kept = is_renamed.then_some(kind);
            }
            self.rest.alternate_types.push(kept);
        }
        if !self.row.id.as_deref().is_some_and(is_id) {
            return Err(Unforeseen);
        }
        if self.row.url.is_none() && !self.base_url.is_empty() {
            let id = self.row.id.as_deref().filter(|id| !id.is_empty());
            self.row.url = id.map(|id| format!("{}/records/{id}", self.base_url).into());
        }
        Ok(site)
    }

    /// Takes the DOI and id of the concept, the communities, the journal and the related works.
    pub fn related(&mut self) -> Read<()> {
        let site = self.own()?;
        let links = self.xml.list("relatedIdentifiers", |xml| {
            let Some(relation) = xml.attribute("<relatedIdentifier relationType=\"")? else {
                return Ok(None);
            };
            let general = xml.attribute(" resourceTypeGeneral=\"")?;
            let kind = xml.attribute(" relatedIdentifierType=\"")?.ok_or(Unforeseen)?;
            xml.need(">")?;
            Ok(Some(Link { relation, general, kind, text: xml.text("relatedIdentifier")? }))
        })?;
        let sites =
            [site.as_deref(), Some(self.base_url)].into_iter().flatten().filter(|site| !site.is_empty());
        let communities: Vec<String> = sites.map(|site| format!("{site}/communities/")).collect();
        let id = self.row.id.clone().filter(|id| !id.is_empty());
        let stem = match (&self.row.doi, &id) {
            (Some(doi), Some(id)) => {
                doi.strip_suffix(id.as_ref()).filter(|stem| !stem.is_empty()).map(str::to_owned)
            }
            _ => None,
        };
        let mut slugs = BTreeSet::new();
        let mut concept = None;
        for link in links {
            let is_part = link.relation == "IsPartOf";
            if is_part
                && link.kind == "URL"
                && link.general.is_none()
                && communities.iter().any(|start| link.text.starts_with(start))
            {
                slugs.insert(
                    link.text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned(),
                );
                self.rest.related.push(None);
                continue;
            }
            if is_part
                && link.kind == "ISSN"
                && link.general.as_deref() == Some("Collection")
                && self.row.journal.is_none()
            {
                self.row.journal = Some([None, None, None, None, Some(link.text)]);
                self.rest.related.push(None);
                continue;
            }
            if link.relation == "IsVersionOf"
                && link.kind == "DOI"
                && stem.as_deref().is_some_and(|stem| link.text.starts_with(stem))
            {
                concept = Some(self.row.related.len());
            }
            let meant = match &link.general {
                Some(general) => self.vocabulary.word(Word::TypeOfGeneral, general)?,
                None => None,
            };
            let scheme = self.scheme(&link.kind)?;
            let is_kept = (link.general.is_some() && meant.is_none()) || scheme == "ads";
            if is_kept {
                is_said(&link.text)?;
            }
            self.rest.related.push(is_kept.then(|| link.clone()));
            let meant = meant.map(|id| id.to_string().into());
            self.row.related.push([Some(link.text), Some(scheme), Some(link.relation), meant]);
        }
        if let Some([doi, ..]) = concept.map(|place| self.row.related.remove(place)) {
            self.row.concept_id = doi
                .as_deref()
                .zip(stem)
                .map(|(doi, stem)| doi.strip_prefix(&stem).unwrap_or(doi).to_owned().into());
            self.row.concept_doi = doi;
        }
        self.row.code_repository = self.vocabulary.linked_repository(&self.row.related)?;
        self.row.communities = slugs.into_iter().map(Cow::Owned).collect();
        Ok(())
    }
}
