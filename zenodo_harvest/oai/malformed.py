"""Cuts a page of OAI-PMH that is no well-formed XML by its records: an odd one must not cost the others."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = rb"[\w.-]+"
_ATTRIBUTES = rb"(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)?"
_FIRST_TAG = re.compile(rb"<(?P<name>(?:" + _NAME + rb":)?[\w.-]+)" + _ATTRIBUTES + rb">")
_LIST = re.compile(
    rb"<(?P<name>(?:" + _NAME + rb":)?(?:ListRecords|GetRecord))" + _ATTRIBUTES + rb">", re.ASCII
)
_RECORD = re.compile(
    rb"<(?P<name>(?:" + _NAME + rb":)?record)(?P<said>" + _ATTRIBUTES + rb")>"
    rb"(?=\s*<(?:" + _NAME + rb":)?header[\s/>])"
)
"""A record of the list, and none of those that some formats call records too."""
_AFTER = re.compile(rb"<(?:" + _NAME + rb":)?resumptionToken[\s/>]|</(?:" + _NAME + rb":)?(?:List|Get)Record")
_NAMESPACE = re.compile(rb"\s(xmlns(?::" + _NAME + rb")?)\s*=\s*(\"[^\"]*\"|'[^']*')")
_ENCODING = re.compile(rb"\A\s*<\?xml[^>]*\sencoding\s*=\s*[\"']([\w.:-]+)[\"']")


@dataclass(frozen=True, slots=True)
class CutPage:
    """A page in pieces.

    Attributes:
        around: The page without its records.
        pieces: Each record as it stands there; one without a header is part of the piece before.
        opening: What stands before a record that is to be read by itself.
        closing: What stands after it.
    """

    around: bytes
    pieces: tuple[bytes, ...]
    opening: bytes
    closing: bytes

    def alone(self, piece: bytes) -> bytes:
        """Return a piece as UTF-8 that stands by itself, as odd as it is, with the namespaces it needs."""
        if told := _ENCODING.match(self.opening):
            try:
                piece = piece.decode(told[1].decode(), "strict").encode()
            except (LookupError, UnicodeError):
                """What is wrong with it shows when it is read."""
        tag = _RECORD.match(piece)
        if tag is None:
            return piece
        own = {name for name, _ in _NAMESPACE.findall(tag["said"])}
        outer = dict(_NAMESPACE.findall(self.opening))
        needed = b"".join(b" %s=%s" % pair for pair in outer.items() if pair[0] not in own)
        end = b"</%s>" % tag["name"]
        closed = piece if piece.rstrip().endswith(end) else piece + end
        return closed[: tag.end("name")] + needed + closed[tag.end("name") :]


def cut_page(content: bytes) -> CutPage | None:
    """Return the pieces of a page, None where there is none."""
    root, list_ = _FIRST_TAG.search(content), _LIST.search(content)
    starts = [found.start() for found in _RECORD.finditer(content)]
    if root is None or list_ is None or not starts or starts[0] < list_.end():
        return None
    name = b"</%s>" % _RECORD.match(content, starts[0])["name"]  # type: ignore[index]
    ends = [*starts[1:], len(content)]
    pieces = [_ended(content[start:end], name) for start, end in zip(starts, ends, strict=True)]
    after = starts[-1] + len(pieces[-1])
    return CutPage(
        around=content[: starts[0]] + content[after:],
        pieces=tuple(pieces),
        opening=content[: root.end()] + list_[0],
        closing=b"</%s></%s>" % (list_["name"], root["name"]),
    )


def _ended(piece: bytes, end: bytes) -> bytes:
    """Return a record without what follows it; one whose end is missing goes up to what ends the list."""
    if (last := piece.rfind(end)) >= 0:
        return piece[: last + len(end)]
    after = _AFTER.search(piece)
    return piece[: after.start()] if after else piece
