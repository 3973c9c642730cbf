"""What is told of changes: true, cut where it is long, and inert whatever records hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from markdown_it import MarkdownIt

from zenodo_harvest.catalog import (
    About,
    Change,
    CommunityShown,
    FieldChange,
    atom_feed,
    changes_markdown,
    in_counts,
    read_changes,
    write_changes,
    write_changes_csv,
)
from zenodo_harvest.catalog.change_words import value_text
from zenodo_harvest.errors import LocalError

NOW = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SCHEMA = Path(__file__).parents[2] / "data" / "atom.rng"
ARCTIC = CommunityShown("arctic", "Arctic data", "https://zenodo.org/communities/arctic")
ABOUT = About(
    title="Arctic data",
    site="zenodo",
    site_url="https://zenodo.org",
    query="",
    communities=(ARCTIC,),
    records=12,
    synced_at=NOW,
    changed_at=NOW - timedelta(days=7),
)
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![seen](https://evil.example/pixel.png)",
    "<https://evil.example/a> https://evil.example/b www.evil.example",
    "`code` ``` | a | b |",
    "**bold** _it_ ~~gone~~ # head",
    "first\n\n# second\n\n- third\n\n    fourth",
    "* * *",
    "1. one",
    "[x]: https://evil.example",
    "&lt;b&gt; &amp;copy; &#60;",
    "]]> <![CDATA[",
    "{{ site.secret }} {% include x %}",
    "=HYPERLINK('https://evil.example')",
    "\u202egnp.exe שלום",
    "nul \x00 bell \x07 no character \uffff",
    "back\\slash \\[a](b)",
    "someone@evil.example @octocat",
    "x" * 5_000,
    "   ",
)


def change(**facts: Any) -> Change:
    plain: dict[str, Any] = {
        "kind": "added",
        "id": "11",
        "title": "Sea ice",
        "url": "https://zenodo.org/records/11",
        "doi": "10.5281/zenodo.11",
        "found_at": NOW,
    }
    return Change(**plain | facts)


KINDS = (
    change(community="arctic"),
    change(kind="new-version", id="20", previous_id="11"),
    change(
        kind="metadata",
        fields=(
            FieldChange("title", "Sea ice", "Lake ice"),
            FieldChange("keywords", ["ice", "sea"], ["lake"]),
            FieldChange("publisher", None, "Zenodo"),
            FieldChange("creators", [{"name": "Arendt", "orcid": None, "affiliations": ["A", "B"]}], None),
        ),
    ),
    change(kind="files", fields=(FieldChange("data.csv", None, {"checksum": "md5:aa", "size_bytes": 12}),)),
    change(kind="left", title=None, doi=None, url=None),
    change(kind="deleted", reason="spam"),
)


def hostile(text: str) -> list[Change]:
    """A change of each kind with `text` wherever a record may put one."""
    parts = (FieldChange(text, text, [text, {text: text}]), FieldChange("description_html", text, None))
    everywhere = {"id": text, "title": text, "url": text, "doi": text, "previous_id": text}
    return [
        change(**everywhere | {"kind": one.kind, "community": text, "reason": text, "fields": parts})
        for one in KINDS
    ]


def rows_of(changes: Sequence[Change]) -> list[dict[str, str]]:
    stream = io.BytesIO()
    write_changes_csv(stream, changes)
    return list(csv.DictReader(io.StringIO(stream.getvalue().decode(), newline="")))


def feed_of(changes: Sequence[Change], about: About = ABOUT) -> Any:
    feed = etree.fromstring(atom_feed(changes, about))
    schema = etree.RelaxNG(etree.parse(SCHEMA))
    schema.assertValid(feed)
    return feed


def ids_of(feed: Any) -> list[str]:
    return [str(id_) for id_ in feed.xpath("a:entry/a:id/text()", namespaces=ATOM)]


def test_the_table_has_a_line_for_each_field_and_one_for_a_change_without() -> None:
    rows = rows_of(KINDS)
    assert [row["kind"] for row in rows] == (
        ["added", "new-version", *["metadata"] * 4, "files", "left", "deleted"]
    )
    assert rows[0] == {
        "found_at": "2026-11-01T06:30:00Z",
        "kind": "added",
        "id": "11",
        "doi": "10.5281/zenodo.11",
        "title": "Sea ice",
        "url": "https://zenodo.org/records/11",
        "previous_id": "",
        "community": "arctic",
        "field": "",
        "before": "",
        "after": "",
        "reason": "",
    }
    assert [(row["field"], row["before"], row["after"]) for row in rows[2:7]] == [
        ("title", "Sea ice", "Lake ice"),
        ("keywords", "ice; sea", "lake"),
        ("publisher", "", "Zenodo"),
        ("creators", "Arendt (affiliations A\\; B)", ""),
        ("data.csv", "", "md5:aa (size_bytes 12)"),
    ]
    assert (rows[1]["previous_id"], rows[-1]["reason"]) == ("11", "spam")


def test_without_changes_the_table_has_its_columns_alone() -> None:
    stream = io.BytesIO()
    write_changes_csv(stream, [])
    assert stream.getvalue().decode() == (
        "found_at,kind,id,doi,title,url,previous_id,community,field,before,after,reason\r\n"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_the_table_runs_in_a_spreadsheet_and_none_loses_its_text(text: str) -> None:
    rows = rows_of(hostile(text))
    assert len(rows) == 2 * len(KINDS)
    for row in rows:
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row.values())
        assert row["title"].removeprefix("'") == text.replace("\0", "\ufffd")


def test_the_document_tells_each_kind_under_its_heading_with_the_newest_sync_first() -> None:
    earlier = change(found_at=NOW - timedelta(days=7), title="Before")
    assert changes_markdown([*KINDS, earlier], ABOUT) == (
        """\
# Changes of Arctic data

All of them, with whole values: [changes.csv](changes.csv).

## 2026-11-01 06:30 UTC: 1 added, 1 new version, 1 metadata changed, 1 files changed, 1 left, 1 deleted

### Added

- [Sea ice](https://zenodo.org/records/11), 10.5281/zenodo.11, community arctic

### New version

- [Sea ice](https://zenodo.org/records/11), 10.5281/zenodo.11, follows record 11

### Metadata changed

- [Sea ice](https://zenodo.org/records/11), 10.5281/zenodo.11
  - **title**: Sea ice → Lake ice
  - **keywords**: removed ice; sea; added lake
  - **publisher**: added Zenodo
  - **creators**: removed Arendt (affiliations A\\\\; B)

### Files changed

- [Sea ice](https://zenodo.org/records/11), 10.5281/zenodo.11
  - **data.csv**: added md5:aa (size\\_bytes 12)

### Left

- **Without a title**, record 11

### Deleted

- [Sea ice](https://zenodo.org/records/11), 10.5281/zenodo.11, reason: spam

## 2026-10-25 06:30 UTC: 1 added

### Added

- [Before](https://zenodo.org/records/11), 10.5281/zenodo.11
"""
    )


def test_without_changes_the_document_says_so() -> None:
    assert "Nothing has changed yet." in changes_markdown([], ABOUT)


@pytest.mark.parametrize("text", HOSTILE)
def test_in_the_document_a_text_of_a_record_is_text(text: str) -> None:
    shape, harmless = (shape_of(hostile(each)) for each in (text, "harmless"))
    assert shape == harmless


def shape_of(changes: list[Change]) -> list[tuple[str, Any]]:
    """Return the elements that Markdown makes of changes, without their texts."""
    # addresses of the Web alone are links, so that there is none here but those to the table
    tokens = (
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(changes_markdown(changes, ABOUT))
    )
    parts = [part for token in tokens for part in (token, *(token.children or ()))]
    return [
        (part.type, part.attrs.get("href"))
        for part in parts
        if part.type not in ("inline", "text", "text_special")
    ]


@pytest.mark.parametrize(
    "text", ["# a", "[a](b)", "<b>", "a & b", "&amp;", "a*b_c*d_", "$x$", "{{ a }}", "c:\\d"]
)
def test_in_the_document_a_text_shows_as_it_is(text: str) -> None:
    shown = MarkdownIt("commonmark").render(changes_markdown([change(title=text)], ABOUT))
    link = etree.HTML(shown).xpath("//li/a")[0]
    assert (link.text, link.get("href")) == (text, "https://zenodo.org/records/11")


def test_in_the_document_no_address_or_name_is_linked_that_readers_of_markdown_would_find() -> None:
    title = "https://evil.example WWW.evil.example someone@evil.example @octocat #12"
    document = changes_markdown([change(title=title)], ABOUT)
    assert (
        "https\\://evil.example WWW\\.evil.example someone@\u2060evil.example @\u2060octocat \\#12"
        in document
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "file:///etc",
        "//x",
        "http://",
    ],
)
def test_only_addresses_of_the_web_are_links(url: str) -> None:
    assert "**Sea ice**" in changes_markdown([change(url=url)], ABOUT)
    links = feed_of([change(url=url)]).xpath("a:entry/a:link/@href", namespaces=ATOM)
    assert links == ["https://zenodo.org/communities/arctic"]


def test_an_address_cannot_leave_its_place() -> None:
    url = 'https://zenodo.org/a) [b](javascript:c) "d" <e>\n|`'
    shown = etree.HTML(MarkdownIt("commonmark").render(changes_markdown([change(url=url)], ABOUT)))
    assert len(shown.xpath("//li/a")) == 1
    assert shown.xpath("//li/a/text()") == ["Sea ice"]


def test_a_long_document_is_cut_and_points_to_the_table() -> None:
    many = [change(id=str(number)) for number in range(1_234)]
    assert "- … and 1,034 more: [changes.csv](changes.csv)\n" in changes_markdown(many, ABOUT)
    fields = tuple(FieldChange(f"file-{number}", "a" * 500, "b" * 500) for number in range(30))
    syncs = [
        change(id=str(number), kind="files", fields=fields, found_at=NOW - timedelta(days=number // 10))
        for number in range(500)
    ]
    document = changes_markdown(syncs, ABOUT)
    assert len(document) < 410_000
    told = document.count("- [Sea ice]")
    assert document.endswith(f"\nAnd {500 - told} more changes: [changes.csv](changes.csv).\n")
    assert "**file-19**: aaa" in document
    assert "file-20" not in document
    assert "  - **and**: 10 more\n" in document


def test_of_long_values_what_differs_is_shown() -> None:
    same = "The same words again and again. " * 50
    field = FieldChange("description_html", f"<p>{same}old end</p>", f"<p>{same}new end</p>")
    document = changes_markdown([change(kind="metadata", fields=(field,))], ABOUT)
    assert "old end → …" in document
    assert "new end\n" in document
    assert len(document) < 1_000


def test_where_the_markup_of_a_description_changed_alone_it_is_shown() -> None:
    field = FieldChange("description_html", "<p>Same</p>", "<div>Same</div>")
    document = changes_markdown([change(kind="metadata", fields=(field,))], ABOUT)
    assert "&lt;p&gt;Same&lt;/p&gt; → &lt;div&gt;Same&lt;/div&gt;" in document


def test_a_new_order_is_shown_whole() -> None:
    field = FieldChange("creators", [{"name": "A"}, {"name": "B"}], [{"name": "B"}, {"name": "A"}])
    assert "A; B → B; A" in changes_markdown([change(kind="metadata", fields=(field,))], ABOUT)


def test_the_feed_is_valid_and_has_an_entry_for_each_change() -> None:
    feed = feed_of(KINDS)
    assert feed.findtext("a:title", namespaces=ATOM) == "Changes of Arctic data"
    assert feed.findtext("a:updated", namespaces=ATOM) == "2026-11-01T06:30:00Z"
    assert feed.findtext("a:author/a:name", namespaces=ATOM) == "Arctic data"
    assert feed.xpath("a:entry/a:title/text()", namespaces=ATOM)[:3] == [
        "Added: Sea ice",
        "New version: Sea ice",
        "Metadata changed: Sea ice",
    ]
    assert feed.xpath("a:entry/a:category/@term", namespaces=ATOM) == [one.kind for one in KINDS]
    assert feed.xpath("a:entry[3]/a:summary/text()", namespaces=ATOM)[0].splitlines()[:2] == [
        "10.5281/zenodo.11",
        "title: Sea ice → Lake ice",
    ]
    assert feed.xpath("a:entry[1]/a:link/@href", namespaces=ATOM) == ["https://zenodo.org/records/11"]


def test_a_feed_without_changes_is_valid_and_as_old_as_the_catalogue() -> None:
    feed = feed_of([])
    assert ids_of(feed) == []
    assert feed.findtext("a:updated", namespaces=ATOM) == "2026-10-25T06:30:00Z"


def test_ids_in_the_feed_stay_and_tell_changes_sites_and_catalogues_apart() -> None:
    ids = ids_of(feed_of(KINDS))
    later = [change(found_at=NOW + timedelta(days=7)), *KINDS]
    assert ids_of(feed_of(later, replace(ABOUT, title="Renamed", records=13)))[1:] == ids
    others = (replace(ABOUT, site_url="https://sandbox.zenodo.org"), replace(ABOUT, query="ice"))
    told = [
        *ids,
        *ids_of(feed_of(later))[:1],
        *(id_ for about in others for id_ in ids_of(feed_of(KINDS, about))),
    ]
    told += ids_of(feed_of([change(community="oceans")]))
    assert len(set(told)) == len(told)


def test_a_sync_that_found_much_is_one_entry_and_the_feed_is_bounded() -> None:
    much = [change(id=str(number)) for number in range(201)]
    feed = feed_of([*much, change(found_at=NOW - timedelta(days=7))])
    assert feed.xpath("a:entry/a:title/text()", namespaces=ATOM) == ["201 changes", "Added: Sea ice"]
    assert feed.xpath("a:entry[1]/a:summary/text()", namespaces=ATOM) == ["201 added."]
    weeks = [change(id=str(number), found_at=NOW - timedelta(days=number // 150)) for number in range(900)]
    assert len(ids_of(feed_of(weeks))) == 500


@pytest.mark.parametrize("text", HOSTILE)
def test_in_the_feed_a_text_of_a_record_is_text(text: str) -> None:
    feed = feed_of(hostile(text), replace(ABOUT, title=text, communities=(), query=text))
    assert {etree.QName(element).localname for element in feed.iter()} == set(
        "feed id title updated author name link generator entry category summary".split()
    )
    assert set(feed.xpath("//@type")) == {"text", "text/html"}
    assert set(feed.xpath("//a:link/@href", namespaces=ATOM)) == {"https://zenodo.org"}


def test_the_same_changes_make_the_same_bytes() -> None:
    looked_again = replace(ABOUT, synced_at=NOW + timedelta(days=7))
    assert atom_feed(KINDS, ABOUT) == atom_feed(KINDS, looked_again)
    assert changes_markdown(KINDS, ABOUT) == changes_markdown(KINDS, looked_again)


def test_changes_are_counted_in_words() -> None:
    assert in_counts([*KINDS, KINDS[1]]) == (
        "1 added, 2 new versions, 1 metadata changed, 1 files changed, 1 left, 1 deleted"
    )
    assert in_counts([]) == ""


@pytest.mark.parametrize("changes", [KINDS, (), *(tuple(hostile(text)) for text in HOSTILE)])
def test_saved_changes_come_back_as_they_were(changes: tuple[Change, ...]) -> None:
    stream = io.BytesIO()
    write_changes(stream, changes)
    stream.seek(0)
    assert tuple(read_changes(stream)) == changes


@pytest.mark.parametrize("line", [b"{", b'{"kind":"added"}', b'{"kind":"\xff"}', b'{"kind":"odd"}', b""])
def test_a_line_that_is_no_change_is_named(line: bytes) -> None:
    stream = io.BytesIO()
    write_changes(stream, KINDS[:1])
    stream.write(line + b"\n")
    stream.seek(0)
    with pytest.raises(LocalError, match="Line 2"):
        list(read_changes(stream))


def test_lists_in_lists_stay_short_and_of_any_depth_can_be_told() -> None:
    value: Any = "\\"
    for _ in range(300):
        value = [value]
    assert len(value_text(value)) < 1000
    changed = (FieldChange("custom_fields.code:a", value, "plain"), FieldChange("x", ["a"], 5))
    change = Change("metadata", "11", "Sea ice", None, None, NOW, fields=changed)
    assert changes_markdown([change], ABOUT)
