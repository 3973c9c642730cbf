"""The README of a catalogue: what it is, what its files are, and how to read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

from zenodo_harvest.catalog.about import About, CommunityShown
from zenodo_harvest.catalog.change_words import web_address
from zenodo_harvest.catalog.license import metadata_license
from zenodo_harvest.catalog.markdown import escaped
from zenodo_harvest.display import count

_FILES = """\
## Files

| File | What it holds |
|:--|:--|
| [`index.html`](index.html) | the catalogue as a page that opens without the network |
| [`records.parquet`](records.parquet) | the records, one row each, with types, lists and parts |
| [`records.csv`](records.csv) | the same for spreadsheets; lists are joined by `; ` |
| [`records.jsonl`](records.jsonl) | the same as JSON, one record a line |
| [`CHANGES.md`](CHANGES.md) | what changed, newest first, to read |
| [`changes.csv`](changes.csv) | the same as a table, one row for each field |
| [`feed.atom`](feed.atom) | the same as a feed to follow |
| [`checks.csv`](checks.csv) | what a curator would mend |
| [`dictionary.md`](dictionary.md) | what each column means |
| [`datapackage.json`](datapackage.json) | the tables described for programs (Data Package 2.0) |
| [`receipt.json`](receipt.json) | what was asked, what the site counted, and when it was last compared |

## Reading it

| With | Write |
|:--|:--|
| pandas | `import pandas; records = pandas.read_parquet("records.parquet")` |
| Polars | `import polars; records = polars.read_parquet("records.parquet")` |
| DuckDB | `import duckdb; records = duckdb.sql("SELECT * FROM 'records.parquet'")` |
| R | `records <- arrow::read_parquet("records.parquet")` |
"""
_MADE = """\
`zenodo-harvest catalog sync` asked the site for every record, compared the rows with the site's own counts,
and wrote this folder as a whole. The tables stay the same, byte for byte, as long as no record changes.
"""
_OWN_LICENSES = "Each record's files have a license of their own: the column `licenses`."


def catalog_readme(about: About, types: Mapping[str, int]) -> str:
    """Return the text of ``README.md``; it is the same as long as nothing in the catalogue changes.

    Whatever comes from the site is shown as it is: it neither formats, links nor runs.

    Args:
        about: The catalogue.
        types: How many records there are of each type.
    """
    lines = (
        f"# {escaped(about.title)}\n",
        _summary(about),
        *(f"- {_community(each)}" for each in about.communities),
        *([f"\n**Not complete:** {escaped(about.problem)}"] if about.problem else []),
        *_counts(types),
        f"\n{_FILES}",
        f"## License\n\n{_license(about)}\n",
        f"## How it was made\n\n{_MADE}",
    )
    return "\n".join(lines)


def _summary(about: About) -> str:
    where = f"{count(about.records, 'record')} of {escaped(about.site)}"
    query = f", found by the query <code>{escaped(about.query)}</code>" if about.query else ""
    since = about.changed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    of = ", of these communities:" if about.communities else "."
    return f"{where}{query}; last changed {since}{of}\n"


def _community(community: CommunityShown) -> str:
    shown = f"{escaped(community.title)} ({escaped(community.slug)})"
    address = web_address(community.url)
    return f"[{shown}]({address})" if address else f"**{shown}**"


def _counts(types: Mapping[str, int]) -> list[str]:
    if not types:
        return []
    rows = sorted(types.items(), key=lambda item: (-item[1], item[0]))
    lines = (f"| {escaped(name)} | {number:,} |" for name, number in rows)
    return ["\n| Type | Records |", "|:--|--:|", *lines]


def _license(about: About) -> str:
    license_ = metadata_license(about)
    if license_ is None:
        return f"The terms of the site say how its metadata may be used.\n{_OWN_LICENSES}"
    named = f"[{license_.name}]({license_.path})"
    return f"The metadata is under {named}, e-mail addresses excepted.\n{_OWN_LICENSES}"
