"""HTML to text that reads well."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache

_HIDDEN = re.compile(r"<!--|<(?:script|style)\b[^<>]*>", re.IGNORECASE | re.ASCII)
_ENDS = {
    "<!": re.compile(r"-->"),
    "<sc": re.compile(r"</script\s*>", re.IGNORECASE),
    "<st": re.compile(r"</style\s*>", re.IGNORECASE),
}
_BREAK = re.compile(
    r"</?(?:p|div|ul|ol|li|table|tbody|thead|tr|blockquote|pre|h[1-6]|dl|dd|dt|section|article|br|hr)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CELL = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_TAG = re.compile(r"(</?[A-Za-z][^<>]*>|<![^<>]*>)")
_LONG_REFERENCE = re.compile(r"&#(?:[0-9]{10,}|[xX][0-9A-Fa-f]{10,});?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def text_of(markup: str) -> str:
    """Return the text of an HTML fragment: blocks on lines of their own, entities resolved.

    Anything that is no tag, such as ``a < b``, stays. Never raises; takes time in proportion to length.
    """
    text = _without_tags(markup) if "<" in markup else markup
    if "&" in text:
        text = html.unescape(_LONG_REFERENCE.sub("\ufffd", text) if "&#" in text else text)
    if "  " not in text and text.replace("\n", " ").isprintable():
        lines: Iterable[str] = map(str.strip, text.split("\n"))
    else:
        lines = (" ".join(line.split()) for line in _CONTROL.sub("", text).split("\n"))
    return "\n".join(filter(None, lines))


def _without_tags(markup: str) -> str:
    """Replace tags by what stands for them in text, all at once if no tag hides more than itself."""
    pieces = _TAG.split(markup.replace("\n", " "))
    pieces[1::2] = map(instead_of, pieces[1::2])
    text = "".join(pieces)
    if "<" not in text:
        return text
    markup = _without_hidden(markup).replace("\n", " ")
    return _TAG.sub("", _CELL.sub(" ", _BREAK.sub("\n", markup)))


@lru_cache(maxsize=4096)
def instead_of(tag: str) -> str:
    """Return what stands for a tag; the tag itself if it hides what comes after it."""
    if _BREAK.fullmatch(tag):
        return "\n"
    if _HIDDEN.match(tag):
        return tag
    return " " if _CELL.fullmatch(tag) else ""


def _without_hidden(markup: str) -> str:
    """Remove comments, scripts and styles; one that does not end is left."""
    pieces: list[str] = []
    endless: set[str] = set()
    position = 0
    for opening in _HIDDEN.finditer(markup):
        kind = next(kind for kind in _ENDS if opening.group().lower().startswith(kind))
        if opening.start() < position or kind in endless:
            continue
        end = _ENDS[kind].search(markup, opening.end())
        if end is None:
            endless.add(kind)
            continue
        pieces += (markup[position : opening.start()], " ")
        position = end.end()
    return "".join((*pieces, markup[position:]))
