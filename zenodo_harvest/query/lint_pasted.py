"""Repairs made before a query is parsed: what breaks the parser or the server though its meaning is plain."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from zenodo_harvest.errors import UsageError
from zenodo_harvest.ids import normal_doi, parse_record_ref
from zenodo_harvest.query.dates import ISO_WITH_OFFSET
from zenodo_harvest.query.findings import Edit
from zenodo_harvest.query.quoting import quote, unquote
from zenodo_harvest.vocabularies.fields import expected, is_known
from zenodo_harvest.vocabularies.flavours import ZENODO, Flavour

_PHRASE = r'"(?:[^\\"]|\\.)*"'
_TOKEN = re.compile(
    rf"""
      (?P<space>[\s]+)
    | (?P<phrase>{_PHRASE})
    | (?P<range>[\[{{](?:{_PHRASE}|[^\]}}"])*[\]}}])
    | (?P<url>(?i:https?|ftp)://[^\s"<>]+)
    | (?P<doi>(?:(?i:(?:dx\.)?doi\.org)/)?10\.[0-9]{{4,9}}(?:\.[0-9]+)*/[^\s"<>^~]+)
    | (?P<compare>[<>]=?\s*{ISO_WITH_OFFSET})
    | (?P<time>{ISO_WITH_OFFSET})
    | (?P<field>(?:[^\s:()"\[\]{{}}/\\^~<>+!-]|\\.)(?:[^\s:()"\[\]{{}}/\\^~<>]|\\.)*\s*:)
    | (?P<regex>/(?:[^\\/]|\\.)*/(?=[\s)^~]|$))
    | (?P<path>/[^\s"()]*)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<sign>[-+!]+)
    | (?P<word>(?:\\.|[^\s()"\[\]{{}}\\])+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ISO = re.compile(rf'(?<!["\d]){ISO_WITH_OFFSET}(?!")')
_ZENODO_RECORD = re.compile(r"(?i)https?://(?:www\.)?(?:sandbox\.)?zenodo\.org/(?:api/)?(?:records?|doi)/")
_OTHER_RECORD = re.compile(r"(?i)https?://[^/]+/(?:api/)?records/[0-9a-z]{5}-[0-9a-z]{5}(?![0-9a-z-])")
_ORCID_URL = re.compile(r"(?i)https?://(?:www\.)?orcid\.org/([0-9]{4}(?:-[0-9]{3}[0-9X]){3})")
_NAMED = re.compile(r"([A-Za-z_][\w.]*)=")
_ODD_SPACE = re.compile(r"[^\S \t\r\n\u3000]")
_CURLY = re.compile("[\u201c\u201d\u201e\u201f]")

_IN_RANGE = "a time with an offset breaks the query unless it is quoted"
_NO_DEFAULT = "DOIs are not among the fields that are searched without a field"
_SLASH = "an unquoted slash starts a regular expression"


def repairs(text: str, flavour: Flavour = ZENODO) -> list[Edit]:
    """Return the edits that make `text` say what it plainly means, in order.

    Pasted quotation marks and blanks become plain ones. DOIs and addresses are quoted, and get the field
    that can find them; times with an offset are quoted: the server drops to a search for any word
    otherwise (zenodo-api.md §2.1, §2.5 and §13).
    """
    plain = [Edit(found.start(), found.end(), " ", "a pasted blank") for found in _ODD_SPACE.finditer(text)]
    curly = list(_CURLY.finditer(text))
    if curly and len(curly) % 2 == 0 and '"' not in text:
        plain += [Edit(one.start(), one.end(), '"', "pasted quotation marks mean nothing") for one in curly]
    return sorted(plain, key=lambda edit: edit.start) or _Scan(text, flavour).run()


@dataclass
class _Scan:
    text: str
    flavour: Flavour
    edits: list[Edit] = field(default_factory=list)
    fields: list[str | None] = field(default_factory=lambda: [None])
    pending: str | None = None
    pending_start: int = 0

    def run(self) -> list[Edit]:
        place = 0
        while place < len(self.text):
            found = _TOKEN.match(self.text, place)
            if found is None or found.end() == place:
                break
            place = self._take(found.lastgroup or "", found)
        return self.edits

    def _take(self, kind: str, found: re.Match[str]) -> int:
        """Handle one token and return where the next one begins."""
        token, start, end = found[0], found.start(), found.end()
        if kind == "space":
            return end
        if kind == "field":
            self.pending, self.pending_start = token.rstrip(" \t\r\n:"), start
            return end
        if kind == "open":
            self.fields.append(self.pending if self.pending is not None else self.fields[-1])
        elif kind == "close":
            if len(self.fields) > 1:
                self.fields.pop()
        elif kind == "phrase":
            self._phrase(token, start, end)
        elif kind == "range":
            self._range(token, start)
        elif kind in ("url", "doi"):
            token = _trimmed(token)
            after = re.compile(r"[.,;]+(?=\s|$)").match(self.text, start + len(token))
            end = after.end() if after else start + len(token)
            self._address(token, start, end)
        elif kind == "time":
            self._edit(start, end, quote(token), _IN_RANGE)
        elif kind == "compare":
            self._compare(token, start, end)
        elif kind == "word" and (named := _NAMED.match(token)) and _is_field(named[1]):
            self._edit(start, start + named.end(), f"{named[1]}:", "a colon follows the name of a field")
        elif kind == "path":
            self._edit(start, end, quote(token), _SLASH)
        if kind != "sign":
            self.pending = None
        return end

    @property
    def _field(self) -> str | None:
        return self.pending if self.pending is not None else self.fields[-1]

    def _phrase(self, token: str, start: int, end: int) -> None:
        value = unquote(token).strip()
        doi = normal_doi(value)
        if doi is None:
            return
        if self._field is None:
            self._doi(doi, start, end, _NO_DEFAULT)
        elif self._field.lower() in ("doi", "conceptdoi") and not value.startswith("10."):
            self._edit(start, end, quote(doi), "the index holds the bare DOI")

    def _range(self, token: str, start: int) -> None:
        for found in _ISO.finditer(token):
            if token[: found.start()].count('"') % 2 == 0:
                self._edit(start + found.start(), start + found.end(), quote(found[0]), _IN_RANGE)

    def _compare(self, token: str, start: int, end: int) -> None:
        sign = re.match(r"[<>]=?", token)
        moment = quote(token.lstrip("<>=").strip())
        closed = "=" in (sign[0] if sign else "")
        if token.startswith(">"):
            new = f"{'[' if closed else '{'}{moment} TO *]"
        else:
            new = f"[* TO {moment}{']' if closed else '}'}"
        self._edit(start, end, new, _IN_RANGE)

    def _address(self, token: str, start: int, end: int) -> None:
        if "*" in token or ("?" in token and "://" not in token):
            return
        doi = normal_doi(re.sub(r"(?i)^(?:dx\.)?doi\.org/", "", token))
        known = self._field
        if doi is not None:
            if known is None or (known.lower() == "doi" and self.pending is not None):
                reason = (
                    _NO_DEFAULT
                    if known is None
                    else "the DOI of all versions is in another field than that of one"
                )
                self._doi(doi, start, end, reason)
            else:
                self._edit(start, end, quote(doi), _SLASH)
        elif known is None and (record := self._record(token)):
            name = self.flavour.field
            new = self._alone(start, end, f"{name('recid')}:{record} OR {name('conceptrecid')}:{record}")
            self._edit(start, end, new, "the address of a record stands in no field of it")
        elif (orcid := _ORCID_URL.fullmatch(token)) and (known is None or known.endswith("orcid")):
            field_ = f"{self.flavour.field('creators.orcid')}:" if known is None else ""
            self._edit(start, end, f'{field_}"{orcid[1]}"', "the index holds the bare ORCID")
        elif "://" in token:
            self._edit(start, end, quote(token), "the colon and slashes of an address break the query")

    def _doi(self, doi: str, start: int, end: int, reason: str) -> None:
        begin = self.pending_start if self.pending is not None else self._before(start)
        one, all_ = map(self.flavour.field, ("doi", "conceptdoi"))
        new = f"{one}:{quote(doi)} OR {all_}:{quote(doi)}"
        self._edit(begin, end, self._alone(begin, end, new), reason)

    def _record(self, url: str) -> str | None:
        """Return the id in the address of a record; those of other servers are no numbers that Zenodo has."""
        is_own = not self.flavour.has_old_names and _OTHER_RECORD.match(url)
        if not is_own and not _ZENODO_RECORD.match(url):
            return None
        try:
            ref = parse_record_ref(url.partition("?")[0])
        except UsageError:
            return None
        return ref.value if ref.kind == "id" else None

    def _before(self, start: int) -> int:
        """Return where a word ``doi`` begins that stands right before `start`, or `start` itself."""
        found = re.search(r"(?i)(?:(?<=[\s(])|^)doi\s+$", self.text[:start])
        return found.start() if found else start

    def _alone(self, start: int, end: int, new: str) -> str:
        """Return alternatives in parentheses, unless they are the whole query."""
        rest = self.text[:start] + self.text[end:]
        return f"({new})" if rest.strip(" \t\r\n.,;") else new

    def _edit(self, start: int, end: int, new: str, reason: str) -> None:
        self.edits.append(Edit(start, end, new, reason))


def _is_field(name: str) -> bool:
    return is_known(name) or expected(name) is not None


def _trimmed(token: str) -> str:
    """Return an address without the punctuation and brackets that belong to the text around it."""
    while token:
        last = token[-1]
        opening = {")": "(", "]": "[", "}": "{"}.get(last)
        if last in ".,;:'" or (opening and token.count(last) > token.count(opening)):
            token = token[:-1]
        else:
            break
    return token
