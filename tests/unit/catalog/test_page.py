"""The page of a catalogue as text: what does not need a browser to be seen."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from catalog_rows import NOW, about, catalog_row, catalog_rows, change, finding, hostile_rows
from zenodo_harvest.catalog import CommunityShown, FieldChange
from zenodo_harvest.catalog.change_words import web_address
from zenodo_harvest.catalog.page import UsePoint, render_page
from zenodo_harvest.catalog.page.charts import bar_chart, compact, curve, nice_ceiling, shortened
from zenodo_harvest.catalog.page.words import doi_url, type_label


def page(rows: Any, catalogue: Any = None, **values: Any) -> str:
    given = {"changes": [], "findings": [], "rule_titles": {}, "use": {}, "totals": []} | values
    return render_page(catalogue or about(0), rows, **given)


def data_of(html: str) -> Any:
    [embedded] = re.findall('<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    return json.loads(embedded)


def test_the_policy_names_the_one_style_and_the_one_script() -> None:
    html = page(catalog_rows(2))
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        [source] = re.findall(f"<{element}>(.*?)</{element}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in html
    assert "default-src 'none'" in html


def test_the_same_values_give_the_same_page() -> None:
    assert page(catalog_rows(20)) == page(catalog_rows(20))


def test_the_data_hold_what_was_typed_and_nothing_that_ends_a_script() -> None:
    html = page(hostile_rows())
    [embedded] = re.findall('id="data">(.*?)</script>', html, re.DOTALL)
    assert not set("<>&\u2028\u2029") & set(embedded)
    titles = [row[data_of(html)["columns"].index("title")] for row in data_of(html)["rows"]]
    assert "</script><script>window.alarm = 1; alert(1)</script>" in titles
    html.encode()


def test_a_description_keeps_its_markup_and_links_to_web_pages_alone() -> None:
    description = (
        "<h2 onclick='x()'>Who</h2><p style='color:red'>We <b>are</b> <a href='https://a.example/'>here</a>, "
        "<a href='javascript:x()'>there</a><img src='https://b.example/'><script>x()</script></p>"
    )
    one = CommunityShown("ours", "Ours", "https://zenodo.org/communities/ours", description)
    html = page([], about(0, communities=(one,)))
    link = '<a href="https://a.example/" rel="noopener noreferrer">here</a>'
    assert f'Who<p>We <b>are</b> {link}, <a rel="noopener noreferrer">there</a></p>' in html


def test_a_catalogue_without_anything_is_a_page() -> None:
    html = page([], about(0, communities=(), query="frost"))
    assert "<code>frost</code>" in html
    assert "Nothing has changed since the catalogue began." in html
    assert "Nothing to mend was found." in html
    assert "<svg" not in html
    assert ">Downloads<" not in html


def test_what_was_not_complete_is_said() -> None:
    assert "3 of 9 windows" in page([], about(0, problem="3 of 9 windows"))


def test_a_creator_is_one_by_the_orcid_and_a_keyword_whatever_its_case() -> None:
    spellings = [("Curie, Marie", "0000-0001"), ("Curie, M.", "0000-0001"), ("Curie, Marie", None)]
    rows = [
        catalog_row(number, creators=[{"name": name, "orcid": orcid}], keywords=[word])
        for number, ((name, orcid), word) in enumerate(
            zip(spellings, ("Frost", "frost ", "FROST"), strict=True)
        )
    ]
    html = page(rows)
    assert "<strong>2</strong> <span>creators</span>" in html
    assert '<th scope="row"><bdi>Frost</bdi></th><td class="count">3</td>' in html


def test_of_several_names_of_one_orcid_the_first_is_shown() -> None:
    creators = [{"name": f"Curie, {initial}.", "orcid": "0000-0001"} for initial in "MABCDEFGH"]
    assert '<th scope="row"><bdi>Curie, M.</bdi></th>' in page([catalog_row(1, creators=creators)])


def test_changes_and_findings_beyond_those_shown_are_counted() -> None:
    rows = list(catalog_rows(230))
    html = page(rows, changes=[change(row) for row in rows], findings=[finding(row) for row in rows])
    assert "30 earlier changes more" in html
    assert "and 205 more" in html
    assert "230 findings" in html


def test_what_matters_most_is_to_mend_first() -> None:
    row = catalog_row(0)
    found = [finding(row, "b", level="note"), finding(row, "c", level="error"), finding(row, "a")]
    html = page([row], findings=found, rule_titles={"c": "No license"})
    assert re.findall('class="level (.*?)">', html) == ["error", "warning", "note"]
    assert "No license" in html


def test_downloads_over_time_need_two_points() -> None:
    points = [UsePoint(NOW.replace(month=month), 5, 900, 100 * month) for month in (9, 11)]
    assert "Downloads over time" not in page(catalog_rows(2), totals=points[:1])
    html = page(catalog_rows(2), totals=points)
    assert "From 900 in 2026-09-28 to 1,100 in 2026-11-28." in html
    assert "<strong>1,100</strong> <span>downloads</span>" in html


def test_each_chart_has_a_name_a_description_and_its_figures_as_a_table() -> None:
    html = page(catalog_rows(200))
    charts = re.findall("<figure.*?</figure>", html, re.DOTALL)
    assert len(charts) == 6
    for chart in charts:
        named = re.search('aria-labelledby="(.*?)"', chart)
        assert named
        assert all(f'id="{part}"' in chart for part in named[1].split())
        assert chart.count('<th scope="row">') > 1


def test_bars_are_as_long_as_their_figures() -> None:
    chart = bar_chart("types", "Types", "Type", "records", [("a", 40), ("b", 10), ("c", 1)], most=2)
    assert [(bar.label, bar.top, bar.length) for bar in chart.bars] == [("a", 0, 360), ("b", 34, 90)]
    assert chart.says == "Most records: a 40, b 10. The 2 largest of 3."


def test_a_curve_goes_from_corner_to_corner() -> None:
    drawn = curve("growth", "Growth", "By", "Records", [(0, "2020", 0), (10, "2021", 150), (20, "2022", 300)])
    assert drawn.line == "46.0,176.0 197.0,94.0 348.0,12.0"
    assert drawn.upward == ((176.0, "0"), (94.0, "150"), (12.0, "300"))
    assert drawn.rows == (("2020", 0), ("2021", 150), ("2022", 300))


@pytest.mark.parametrize(
    ("figure", "top"), [(0, 2), (1, 2), (5, 6), (10, 10), (11, 20), (238, 300), (9999, 10000)]
)
def test_an_axis_ends_at_a_round_number(figure: int, top: int) -> None:
    assert nice_ceiling(figure) == top


def test_figures_and_labels_fit_their_place() -> None:
    assert [compact(figure) for figure in (0, 950, 1500, 3e6)] == ["0", "950", "1.5k", "3M"]
    assert shortened("气候变化数据", 7) == "气候变…"
    assert shortened("cafe\u0301s", 5) == "cafe\u0301s"


@pytest.mark.parametrize(
    ("type_id", "label"),
    [
        ("publication-conferencepaper", "Conference paper"),
        ("publication-datamanagementplan", "Data management plan"),
        ("publication-other", "Publication, other"),
        ("dataset", "Dataset"),
        ("software", "Software"),
        ("physicalobject", "Physical object"),
        ("", ""),
    ],
)
def test_types_are_words(type_id: str, label: str) -> None:
    assert type_label(type_id) == label


def test_links_lead_to_web_pages_alone() -> None:
    for address in ("https://zenodo.org/records/1", "http://[::1]:5000/records/1?a=[b]#c"):
        assert web_address(address) == address.replace("[b]", "%5Bb%5D")
    for address in (
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.example/",
        "http://[",
        "https:x",
    ):
        assert web_address(address) is None
    assert doi_url('10.5281/a"<b>?c#d') == "https://doi.org/10.5281/a%22%3Cb%3E%3Fc%23d"
    assert doi_url(None) is None


def test_what_differs_between_two_values_is_shown() -> None:
    person = {"name": "Curie, Marie"}
    long = "a" * 2000
    row = catalog_row(0)
    fields = (
        FieldChange("creators", [person], [{**person, "orcid": "0000-0001"}]),
        FieldChange("description_html", f"<p>{long} old</p>", f"<p>{long} new</p>"),
        FieldChange("is_open", True, False),
    )
    html = page([row], changes=[replace(change(row), kind="metadata", fields=fields)])
    pairs = re.findall("<del dir=.auto.>(.*?)</del><ins dir=.auto.>(.*?)</ins>", html)
    assert len(pairs) == 3
    assert all(before != after for before, after in pairs)
    assert pairs[2] == ("true", "false")


def test_what_turns_the_direction_of_a_line_does_not_come_in_as_an_entity() -> None:
    community = CommunityShown("s", "S", "https://zenodo.org/communities/s", "<p>a&#8238;b</p>")
    html = page(catalog_rows(1), about(1, communities=(community,)))
    assert "\u202e" not in html
