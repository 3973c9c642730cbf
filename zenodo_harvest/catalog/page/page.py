"""The page of a catalogue, rendered from values; it reads and writes nothing but its own templates."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import accumulate, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenodo_harvest.catalog.about import About
from zenodo_harvest.catalog.change import Change
from zenodo_harvest.catalog.change_words import HEADINGS, before_and_after, web_address
from zenodo_harvest.catalog.columns import CatalogRow
from zenodo_harvest.catalog.finding import LEVELS, Finding
from zenodo_harvest.catalog.page.charts import BarChart, Curve, bar_chart, curve
from zenodo_harvest.catalog.page.table import TABLE_COLUMNS, in_script, table_row
from zenodo_harvest.catalog.page.tally import Tally, Use
from zenodo_harvest.catalog.page.templates import templates
from zenodo_harvest.catalog.page.use_point import UsePoint
from zenodo_harvest.catalog.page.words import access_label, doi_url, type_label
from zenodo_harvest.display import count, one_line, size

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

_HERE = Path(__file__).parent
_MOST_CHANGES = 200
_MOST_FINDINGS = 25
_MOST_OPTIONS = 200
_DESCRIPTION_TAGS = {
    *("p", "br", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "code"),
    *("strong", "b", "em", "i", "sub", "sup", "a"),
}


@dataclass(frozen=True, slots=True)
class PagePart:
    """What a page shows of some records.

    Attributes:
        lines: Each as JSON that may stand in a script.
        tally: What figures and charts say of them.
    """

    lines: list[bytes] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def take(self, other: PagePart) -> None:
        """Take the records of another part, which come after these."""
        self.lines.extend(other.lines)
        self.tally.take(other.tally)


def page_part(rows: Iterable[CatalogRow], use: Mapping[str, Use]) -> PagePart:
    """Return what a page shows of some records.

    Args:
        rows: The records.
        use: Their latest statistics by id, with the names of `STATISTICS`.
    """
    part = PagePart()
    for row in rows:
        used = use.get(row["id"]) or {}
        part.tally.add(row, used)
        part.lines.append(in_script(table_row(row, used)))
    return part


def render_page(
    about: About,
    rows: Iterable[CatalogRow],
    *,
    use: Mapping[str, Use],
    **facts: Any,
) -> str:
    """Return the page of a catalogue, of which `page_pieces` yields the pieces."""
    return "".join(page_pieces(about, page_part(rows, use), **facts))


def page_pieces(
    about: About,
    records: PagePart,
    *,
    changes: Sequence[Change],
    findings: Sequence[Finding],
    rule_titles: Mapping[str, str],
    totals: Sequence[UsePoint],
) -> Iterator[str]:
    """Yield the page of a catalogue in pieces: one HTML document that asks for nothing else.

    Whatever comes from records is text in it, never markup, and the page carries a Content-Security-Policy
    that lets nothing run but its own script. The same values give the same text.

    Args:
        about: The catalogue as a whole.
        records: Its records.
        changes: What changed, newest first; the page shows the first of them.
        findings: What a curator would mend.
        rule_titles: The titles of the rules by their ids.
        totals: The statistics over time, oldest first.
    """
    tally = records.tally
    names = {community.slug: one_line(community.title) for community in about.communities}
    labels = {
        "type": {type_id: type_label(type_id) for type_id in tally.by_type},
        "access": {access: access_label(access) for access in tally.by_access},
        "community": names,
    }
    head = in_script(
        _json({"columns": TABLE_COLUMNS, "labels": labels, "hasUse": bool(tally.with_use)})
    ).decode()
    style, script = _source("page.css"), _source("page.js")
    yield from _template().generate(
        about=about,
        style=_safe(style),
        script=_safe(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
        head=_safe(f'{head[:-1]},"rows":['),
        lines=(_safe(line.decode()) for line in records.lines),
        descriptions={c.slug: _cleaned(c.description or "") for c in about.communities},
        figures=tuple(_figures(tally, totals)),
        charts=tuple(_charts(tally, totals)),
        filters=tuple(_filters(tally, names)),
        has_use=bool(tally.with_use),
        kinds=Counter(change.kind for change in changes),
        days=[
            (found_at, list(of_day))
            for found_at, of_day in groupby(changes[:_MOST_CHANGES], lambda change: change.found_at)
        ],
        more_changes=len(changes[_MOST_CHANGES:]),
        rules=tuple(_rules(findings, rule_titles)),
        findings=len(findings),
    )


def _figures(tally: Tally, totals: Sequence[UsePoint]) -> Iterator[tuple[str, str]]:
    """Yield the key figures: each with what it counts."""
    yield f"{tally.records:,}", "record" if tally.records == 1 else "records"
    yield f"{len(tally.by_creator):,}", "creators"
    if tally.records:
        yield f"{tally.by_access['open'] / tally.records:.0%}", "with open files"
        yield f"{tally.with_orcid / tally.records:.0%}", "with an ORCID"
    if tally.files:
        yield f"{tally.files:,}", f"files, {size(tally.bytes)}"
    if totals:
        yield f"{totals[-1].views:,}", "views"
        yield f"{totals[-1].downloads:,}", "downloads"


def _charts(tally: Tally, totals: Sequence[UsePoint]) -> Iterator[BarChart | Curve]:
    """Yield the charts that there are figures for."""
    months = sorted(tally.by_month)
    if len(months) > 1:
        sums = accumulate(tally.by_month[month] for month in months)
        points = [
            (int(month[:4]) * 12.0 + int(month[5:]), month, total)
            for month, total in zip(months, sums, strict=True)
        ]
        yield curve("growth", "Records over time", "By the end of", "Records", points)
    for chart_id, title, what, counts, label in (
        ("types", "Types", "Type", tally.by_type, type_label),
        ("access", "Access to the files", "Access", tally.by_access, access_label),
        ("licenses", "Licenses", "License", tally.by_license, str),
        ("creators", "Creators with most records", "Creator", tally.by_creator, tally.names.__getitem__),
        ("keywords", "Keywords", "Keyword", tally.by_keyword, tally.names.__getitem__),
    ):
        if counts:
            largest = [(text, number) for _, text, number in _largest(counts, label)]
            yield bar_chart(chart_id, title, what, "records", largest)
    if len({point.taken_at for point in totals}) > 1:
        points = [(at.taken_at.timestamp(), f"{at.taken_at:%Y-%m-%d}", at.downloads) for at in totals]
        yield curve("downloads", "Downloads over time", "Up to", "Downloads", points)
    if used := tally.most_used():
        records = [(title, downloads) for downloads, title, _ in used]
        yield bar_chart("most-used", "Most downloaded", "Record", "downloads", records)


def _filters(tally: Tally, names: Mapping[str, str]) -> Iterator[tuple[str, str, list[tuple[str, str, int]]]]:
    """Yield the filters of the table: name, label and options as value, label and count."""
    years = sorted(tally.by_year.items(), reverse=True)
    for name, label, options in (
        ("type", "Type", _largest(tally.by_type, type_label)),
        ("year", "Year", [(str(year), str(year), number) for year, number in years]),
        ("access", "Access", _largest(tally.by_access, access_label)),
        ("license", "License", _largest(tally.by_license, str)),
        ("community", "Community", _largest(tally.by_community, lambda slug: names.get(slug, slug))),
    ):
        if len(options) > 1:
            yield name, label, options[:_MOST_OPTIONS]


def _rules(
    findings: Sequence[Finding], titles: Mapping[str, str]
) -> Iterator[tuple[str, str, str, int, list[Finding], int]]:
    """Yield what was found by rule, what matters most first: level, id, title, records, examples, more."""
    by_rule: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((LEVELS.index(finding.level), finding.rule), []).append(finding)
    for (level, rule), found in sorted(by_rule.items()):
        records = len({finding.id for finding in found})
        more = len(found[_MOST_FINDINGS:])
        yield LEVELS[level], rule, titles.get(rule, rule), records, found[:_MOST_FINDINGS], more


def _largest(counts: Counter[str], label: Callable[[str], str]) -> list[tuple[str, str, int]]:
    """Return what is counted, its label and its count, largest first; equal ones by their label."""
    labelled = [(key, one_line(label(key)), number) for key, number in counts.items()]
    return sorted(labelled, key=lambda item: (-item[2], item[1]))


def _cleaned(description: str) -> Markup:
    """Return a description with the markup that a text needs, and links to web pages alone."""
    import nh3

    clean = nh3.clean(
        one_line(description),
        tags=_DESCRIPTION_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )
    return _safe(one_line(clean))  # once more: what steers a line may come in as an entity


def _safe(markup: str) -> Markup:
    """Mark what is ours, or was made harmless, as markup."""
    from markupsafe import Markup

    return Markup(markup)  # noqa: S704


def _json(value: object) -> bytes:
    import msgspec

    return msgspec.json.encode(value)


def _hash(source: str) -> str:
    return base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


@cache
def _source(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = templates()
    environment.filters |= {
        "web_address": web_address,
        "doi_url": doi_url,
        "before_and_after": before_and_after,
        "number": lambda number: f"{number:,}",
        "count": count,
        "minute": _minute,
    }
    environment.globals["change_kinds"] = HEADINGS
    return environment.get_template("page.html")


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
