"""Rows of a catalogue as others would fill them: ten thousand that differ, and some that mean harm."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from zenodo_harvest.catalog import CATALOG_COLUMNS, About, Change, CommunityShown, Finding

NOW = datetime(2026, 11, 28, 6, 30, tzinfo=UTC)
TYPES = ("dataset", "publication-article", "publication-conferencepaper", "software", "image-photo", "poster")
ACCESS = ("open", "open", "open", "embargoed", "restricted", "metadata-only")
LICENSES = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "MIT", "Apache-2.0")
COMMUNITIES = ("alpine-hydrology", "city-soundscapes")
_WORDS = (
    "Glacier melt frost survey of the river basins across northern Europe été Überschwemmung Łódź snow depth "
    "records ensemble mean spread station network daily output notebook computing index اللغة العربية "
    "気候変動 Κλίμα дожди tropical nights over Baltic states from satellites since 1975"
).split()
_ALARM = "window.alarm = 1; alert(1)"
HOSTILE_TEXTS = (
    f"<script>{_ALARM}</script>",
    f"</script><script>{_ALARM}</script>",
    f"<!--<script>{_ALARM}",
    f"<img src=x onerror='{_ALARM}'>",
    f"\"><svg onload='{_ALARM}'><a href='javascript:{_ALARM}'>x</a>",
    f"' onmouseover='{_ALARM}' style='position:fixed;inset:0' autofocus onfocus='{_ALARM}'",
    f"</title></style><iframe srcdoc='<script>{_ALARM}</script>'></iframe><base href=https://evil.invalid/>",
    "</table></section></main><form action=https://evil.invalid/><button>Send</button></form>",
    "{{ 7 * 7 }}{% for x in range(9) %}${alert(1)}",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\u202egnp.exe\u202c \u2066hidden\u2069 \u2028\u2029 end\x00\x1b[31m",
    "كتاب عن المناخ (2020) – טקסט בעברית",
    "half a pair \ud83d of surrogates",
    "W" * 5000,
)
HOSTILE_URLS = (
    f"javascript:{_ALARM}",
    f" JaVaScRiPt:{_ALARM}",
    f"java\tscript:{_ALARM}",
    f"data:text/html,<script>{_ALARM}</script>",
    "//evil.invalid/",
    'https://evil.invalid/" onclick="alert(1)',
    "http://[",
    "file:///etc/passwd",
)


def catalog_row(number: int, **values: Any) -> dict[str, Any]:
    """Return a row that is like those of Zenodo, always the same for the same number."""
    dice = random.Random(number)  # noqa: S311
    created = NOW - timedelta(hours=7 * number)
    resource_type = dice.choice(TYPES)
    creators = [_person(dice) for _ in range(dice.choice((1, 2, 3, 4, 8, 12)))]
    row = {
        **_empty_row(str(1_000_000 + number)),
        "concept_doi": f"10.5281/zenodo.{999_999 + number}",
        "version_label": dice.choice((None, "1.0", "v2.3.1")),
        "title": " ".join(dice.choices(_WORDS, k=dice.randint(4, 18))),
        "resource_type": resource_type,
        "resource_type_general": resource_type.partition("-")[0],
        "description_text": " ".join(dice.choices(_WORDS, k=200)),
        "publisher": "Zenodo",
        "keywords": dice.sample(_WORDS, dice.randint(0, 6)),
        "created": f"{created:%Y-%m-%dT%H:%M:%S.%fZ}",
        "publication_date": f"{created:%Y-%m-%d}",
        "publication_year": created.year,
        "creators": creators,
        "access_status": dice.choice(ACCESS),
        "licenses": [dice.choice(LICENSES)],
        "file_count": dice.randint(1, 40),
        "total_bytes": dice.randint(1_000, 10**10),
        "memberships": sorted(dice.sample(COMMUNITIES, dice.randint(1, 2))),
    }
    return row | values


def catalog_rows(count: int) -> Iterator[dict[str, Any]]:
    """Yield rows that differ, newest first."""
    return map(catalog_row, range(count))


def hostile_rows() -> Iterator[dict[str, Any]]:
    """Yield rows with every hostile text in every place, every address, a thousand creators, and nothing."""
    for number, text in enumerate(HOSTILE_TEXTS):
        person = {"name": text, "orcid": text, "affiliations": [text]}
        texts = ("version_label", "description_text", "publisher", "publication_date", "created", "doi")
        lists = ("keywords", "licenses", "memberships", "communities")
        yield catalog_row(
            number,
            id=f"hostile-{number}",
            title=text,
            url=HOSTILE_URLS[number % len(HOSTILE_URLS)],
            resource_type=text,
            access_status=text,
            concept_doi=text,
            creators=[person],
            **dict.fromkeys(texts, text),
            **{column: [text] for column in lists},
        )
    yield catalog_row(90, id="many", title="A thousand", creators=[{"name": "Curie, Marie"}] * 1000)
    yield catalog_row(91, id="old", title="Old", publication_date="-0044", publication_year=-44)
    yield dict.fromkeys(CATALOG_COLUMNS) | {"id": "nothing", "memberships": None}
    yield catalog_row(92, id="holes", title="Holes", creators=[None, {"name": None}], keywords=["", None])


def use_of(rows: list[dict[str, Any]]) -> dict[str, dict[str, int | None]]:
    """Return statistics of most of the rows."""
    return {
        row["id"]: {
            "views": 3 * place % 977,
            "downloads": place % 331,
            "all_versions_views": 3 * place,
            "all_versions_downloads": None,
        }
        for place, row in enumerate(rows)
        if place % 10
    }


def about(records: int, **values: Any) -> About:
    """Return a catalogue of two communities."""
    shown = [
        CommunityShown(
            slug, slug.replace("-", " ").title(), f"https://zenodo.org/communities/{slug}", "<p>Ours.</p>"
        )
        for slug in COMMUNITIES
    ]
    given = {
        "title": "Water and sound",
        "site": "Zenodo",
        "site_url": "https://zenodo.org",
        "query": "",
        "communities": tuple(shown),
        "records": records,
        "synced_at": NOW,
        "changed_at": NOW - timedelta(days=7),
    }
    return About(**given | values)


def finding(row: dict[str, Any], rule: str = "no-license", **values: Any) -> Finding:
    """Return what a rule found in a row."""
    given = {"level": "warning", "title": row["title"], "url": row["url"], "detail": "none"}
    return Finding(rule, id=row["id"], **given | values)


def change(row: dict[str, Any], kind: Any = "added", **values: Any) -> Change:
    """Return what became of a row."""
    given = {"title": row["title"], "url": row["url"], "doi": row["doi"], "found_at": NOW}
    return Change(kind, row["id"], **given | values)


def _empty_row(record_id: str) -> dict[str, Any]:
    doi = f"10.5281/zenodo.{record_id}"
    known = {"id": record_id, "url": f"https://zenodo.org/records/{record_id}", "doi": doi}
    return dict.fromkeys(CATALOG_COLUMNS) | known


def _person(dice: random.Random) -> dict[str, Any]:
    number = dice.randint(0, 4000)
    orcid = f"0000-0002-{number:04}-0000" if number % 3 else None
    return {
        "name": f"{_WORDS[number % len(_WORDS)].title()}, Person {number}",
        "orcid": orcid,
        "affiliations": [],
    }
