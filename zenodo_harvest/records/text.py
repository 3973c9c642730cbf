"""HTML to text that reads well."""

from __future__ import annotations

import html
import re

_HIDDEN = re.compile(r"<!--|<(?:script|style)\b[^<>]*>", re.IGNORECASE)
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
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<![^<>]*>")
_LONG_REFERENCE = re.compile(r"&#(?:[0-9]{10,}|[xX][0-9A-Fa-f]{10,});?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def text_of(markup: str) -> str:
    """Return the text of an HTML fragment: blocks on lines of their own, entities resolved.

    Anything that is no tag, such as ``a < b``, stays. Never raises; takes time in proportion to length.
    """
    if "<" in markup:
        markup = _without_hidden(markup).replace("\n", " ")
        markup = _TAG.sub("", _CELL.sub(" ", _BREAK.sub("\n", markup)))
    if "&" in markup:
        markup = html.unescape(_LONG_REFERENCE.sub("\ufffd", markup))
    lines = (" ".join(line.split()) for line in _CONTROL.sub("", markup).split("\n"))
    return "\n".join(line for line in lines if line)


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
