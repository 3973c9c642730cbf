"""The verbs of OAI-PMH that bring one thing or a short list, and how each verb is asked."""

from __future__ import annotations

from collections.abc import Sequence

from zenodo_harvest.errors import BadAnswer, Incomplete, ServerError, TooLarge
from zenodo_harvest.http import Transport
from zenodo_harvest.oai.answers import (
    Format,
    Identity,
    OaiSet,
    read_formats,
    read_identity,
    read_page,
    read_sets,
)
from zenodo_harvest.oai.errors import TokenLost

PREFIX = "oai_datacite"
"""The format that carries most and that `read_record` reads."""
_ANYTHING = "*/*"
REDOS = 3
"""How often a walk is begun anew before it is given up."""
MOST_SETS = 1_000_000
"""A longer list of sets is given up; each community of Zenodo is one (zenodo-api.md §7, read 2026-08-20)."""

Params = Sequence[tuple[str, str]]


def list_sets(transport: Transport, *, redos: int = REDOS) -> tuple[OaiSet, ...]:
    """Return all sets.

    Raises:
        Incomplete: The list never came whole.
    """
    reason = ""
    for _ in range(redos + 1):
        try:
            found, size = _all_sets(transport)
        except (TokenLost, BadAnswer) as error:
            reason = error.message
            continue
        if size is None or len(found) == size:
            return tuple(found.values())
        reason = f"The server counts {size:,} sets and gave {len(found):,}."
    raise Incomplete(
        f"The list of sets never came whole. {reason}", hint="Run it again when the server is quieter."
    )


def _all_sets(transport: Transport) -> tuple[dict[str, OaiSet], int | None]:
    """Return the sets of one walk by their names, and how many the server counts.

    Raises:
        TokenLost: An answer was lost, or brought nothing new.
        BadAnswer: There are more than the server counts, or than can be.
    """
    found: dict[str, OaiSet] = {}
    sent: set[str] = set()
    sets, token, size = read_sets(*ask(transport, "ListSets"))
    most = MOST_SETS if size is None else size
    found.update((each.spec, each) for each in sets)
    while token is not None:
        before = len(found)
        if token in sent or not before <= most <= MOST_SETS:
            raise BadAnswer(
                f"The list has brought {before:,} sets of {most:,}, and may never end.",
                hint="Ask the operators of the site.",
            )
        sent.add(token)
        sets, token, _ = read_sets(*go_on(transport, "ListSets", token))
        found.update((each.spec, each) for each in sets)
        if token is not None and len(found) == before:
            raise TokenLost("A page of sets brought nothing new.", hint="Begin the list anew.")
    return found, size


def list_formats(transport: Transport, identifier: str | None = None) -> tuple[Format, ...]:
    """Return the metadata formats that the server offers, of one record or at all."""
    params = [("identifier", identifier)] if identifier else []
    return read_formats(*ask(transport, "ListMetadataFormats", params))


def get_record(transport: Transport, identifier: str, *, prefix: str = PREFIX) -> bytes:
    """Return the XML of one record by its OAI identifier.

    Raises:
        NotFound: There is none, or it is restricted.
        ServerError: The server failed, as it does on a deleted record (zenodo-api.md §7, read 2026-08-20).
    """
    params = [("metadataPrefix", prefix), ("identifier", identifier)]
    content, url = ask(transport, "GetRecord", params)
    page = read_page(content, url)
    if len(page.records) != 1:
        raise BadAnswer("The answer holds no record.", hint="Try again later.", url=url)
    return page.records[0]


def identify(transport: Transport) -> Identity:
    """Return what the repository says about itself."""
    return read_identity(*ask(transport, "Identify"))


def ask(
    transport: Transport, verb: str, params: Params = (), *, is_repeatable: bool = True
) -> tuple[bytes, str]:
    """Return the body and the address of an answer; errors of OAI-PMH are answers, too."""
    answer = transport.get(
        transport.site.oai_path,
        [("verb", verb), *params],
        accept=_ANYTHING,
        also=(422,),
        is_repeatable=is_repeatable,
    )
    return answer.content, answer.url


def go_on(transport: Transport, verb: str, token: str) -> tuple[bytes, str]:
    """Send a token, once; whatever happens to its answer, the token is spent."""
    try:
        return ask(transport, verb, [("resumptionToken", token)], is_repeatable=False)
    except TooLarge:
        raise
    except ServerError as error:
        raise TokenLost(
            f"The answer to a resumption token was lost. {error.message}",
            hint="Begin the walk anew: the token would skip a page.",
            url=error.url,
            status=error.status,
        ) from error
