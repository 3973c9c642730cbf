from __future__ import annotations

import pytest

from zenodo_harvest.html_text import text_of


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("  two\n lines  ", "two\nlines"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<p>one</p>\n\n<p>two</p>", "one\ntwo"),
        ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
        ("<p>a line\nthat goes on</p>", "a line that goes on"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("<ol>\n <li><p>one</p></li>\n <li>two</li></ol>", "one\ntwo"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><th>c</th><td>d</td></tr></table>", "a b\nc d"),
        ("<h2 class='x'>Title</h2>Text", "Title\nText"),
        ("H<sub>2</sub>O, <strong>b</strong><em>c</em>", "H2O, bc"),
        ('<a href="https://x.org/?a=1&amp;b=2">link</a>', "link"),
        ("<pre>a</pre>b", "a\nb"),
    ],
)
def test_markup_becomes_lines_that_read_well(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("&lt;p&gt; &amp; &deg;C", "<p> & °C"),
        ("a&nbsp;b &#228; &#xe4; &eacute;", "a b ä ä é"),
        ("&unknown; AT&T &", "&unknown; AT&T &"),
        ("&amp;lt;", "&lt;"),
        ("&#0; &#xD800; &#99999999999;", "\ufffd \ufffd \ufffd"),
        ("&#" + "9" * 5000 + ";", "\ufffd"),
    ],
)
def test_entities_are_resolved_once(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize("markup", ["a < b", "p < 0.05 & q > 3", "1<2 and 3>2", "x <- y", "<3", "a <", "<"])
def test_what_is_no_tag_stays(markup: str) -> None:
    assert text_of(markup) == markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<!-- hidden <b>x</b> -->b", "a b"),
        ("a<script>if (a < b) { x() }</script>b", "a b"),
        ("a<SCRIPT type='x'>y</Script >b<style>p {}</style>c", "a b c"),
        ("a<!-- <script> -->b</script>c", "a bc"),
        ("a<script><!-- x --></script>b", "a b"),
        ("<!DOCTYPE html><p>a</p>", "a"),
        ("a <b <p> c> d", "a d"),
        ("<p>a  b\x01 \x0b c</p>", "a b c"),
        ("a<\u017fcript>b", "a<\u017fcript>b"),
        ("<strong>a</strong><span>b</span><scripted>c", "abc"),
    ],
)
def test_comments_scripts_and_styles_are_hidden(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<script>b", "ab"),
        ("a<!-- b", "a<!-- b"),
        ("a<!-- b<p>c</p>", "a<!-- b\nc"),
        ("a<style>b<!--c-->d", "ab d"),
    ],
)
def test_what_is_opened_and_never_closed_hides_nothing(markup: str, text: str) -> None:
    assert text_of(markup) == text


def test_mathml_gives_its_letters_and_latex_stays() -> None:
    assert text_of("<math><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>") == "E=mc2"
    assert text_of(r"$\frac{a}{b}$ and \(x<y\)") == r"$\frac{a}{b}$ and \(x<y\)"


def test_control_characters_go_and_other_scripts_stay() -> None:
    assert text_of("a\x00b\x07c\x7f \u202eשלום 🧊 soft\u00adhyphen") == "abc \u202eשלום 🧊 soft\u00adhyphen"
