"""HTML to text that reads well."""

from __future__ import annotations

import html
import re

_HIDDEN = re.compile(r"(?is)<!--.*?-->|<(script|style)\b[^<>]*>.*?</\1\s*>")
_BREAK = re.compile(
    r"(?i)<(?:/?(?:p|div|ul|ol|table|tbody|thead|tr|blockquote|pre|h[1-6]|dl|dd|dt|section|article)|br|hr|/?li)"
    r"(?:\s[^<>]*)?/?>"
)
_CELL = re.compile(r"(?i)</t[dh]\s*>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<![^<>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


def text_of(markup: str) -> str:
    """Return the text of an HTML fragment: blocks on lines of their own, entities resolved.

    Anything that is no tag, such as ``a < b``, stays. Never raises; takes time in proportion to length.
    """
    if "<" in markup:
        if "<!--" in markup or "<s" in markup.lower():
            markup = _HIDDEN.sub(" ", markup)
        markup = _BLANKS.sub(" ", markup.replace("\n", " "))
        markup = _TAG.sub("", _CELL.sub(" ", _BREAK.sub("\n", markup)))
    if "&" in markup:
        markup = html.unescape(markup)
    markup = _CONTROL.sub("", markup)
    return _LINES.sub("\n", _BLANKS.sub(" ", markup)).strip()
