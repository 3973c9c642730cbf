from __future__ import annotations

import pickle
from traceback import format_exception

import pytest

from zenodo_harvest import errors
from zenodo_harvest.errors import FieldError, NotFound, ZenodoHarvestError, hide, redact


def every_class(root: type[ZenodoHarvestError] = ZenodoHarvestError) -> list[type[ZenodoHarvestError]]:
    public = [kind for kind in root.__subclasses__() if kind.__module__ == errors.__name__]
    return [root, *(leaf for child in public for leaf in every_class(child))]


@pytest.mark.parametrize("kind", every_class(), ids=lambda kind: kind.__name__)
def test_every_error_survives_pickling_and_reads_as_a_sentence(kind: type[ZenodoHarvestError]) -> None:
    error = kind(
        "It broke.",
        hint="Mend it.",
        url="https://zenodo.org/api/records?access_token=s3cret&q=x",
        status=400,
        retry_after_s=2.5,
        field_errors=[FieldError("size", ("too big",))],
    )
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert vars(copy) == vars(error)
    assert str(copy) == "It broke. Mend it."
    assert repr(copy) == repr(error)
    assert "s3cret" not in str(vars(copy))


def test_a_traceback_shows_one_error() -> None:
    with pytest.raises(NotFound) as caught:
        fail_while_handling()
    assert "inner" not in "".join(format_exception(caught.value))


def fail_while_handling() -> None:
    try:
        int("inner")
    except ValueError:
        raise NotFound("There is none.")  # noqa: B904 -- what this is about


def test_each_branch_has_the_exit_code_of_the_design() -> None:
    codes = {kind.__name__: kind.exit_code for kind in every_class()}
    assert codes == {
        "ZenodoHarvestError": 1,
        "UsageError": 2,
        "QueryRefused": 2,
        "TooManyResults": 2,
        "NotFound": 3,
        "UnknownCommunity": 3,
        "Deleted": 3,
        "NotAllowed": 4,
        "BadToken": 4,
        "Incomplete": 5,
        "ServerError": 6,
        "NoAnswer": 6,
        "RateLimited": 6,
        "BadAnswer": 6,
        "TooLarge": 6,
        "Refused": 7,
        "LocalError": 8,
    }


def test_an_unknown_community_keeps_its_nearest_slugs_through_pickling() -> None:
    error = errors.UnknownCommunity("No.", nearest=["enes-data-space"])
    assert pickle.loads(pickle.dumps(error)).nearest == ("enes-data-space",)


@pytest.mark.parametrize(
    "text",
    [
        "https://zenodo.org/api/records?access_token=s3cret",
        "https://zenodo.org/api/records?q=a&ACCESS_TOKEN=s3cret#x",
        "Authorization: Bearer s3cret",
        "https://me:s3cret@zenodo.org/api",
    ],
)
def test_no_spelling_of_a_secret_survives_redaction(text: str) -> None:
    assert "s3cret" not in redact(text)


@pytest.mark.parametrize(
    "spelt",
    [
        "of/one user~é",
        "of/one%20user%7E%C3%A9",
        "of%2Fone%20user~%c3%a9",
        r"of\/one user~\u00e9",
        "".join(f"\\u{ord(letter):04X}" for letter in "of/one user~é"),
        "".join(f"&#{ord(letter)};" for letter in "of/one user~é"),
        "".join(f"&#x{ord(letter):x};" for letter in "of/one user~é"),
    ],
)
def test_a_token_in_use_is_removed_however_it_is_spelt(spelt: str) -> None:
    hide("of/one user~é")
    assert redact(f"It said: {spelt}.") == "It said: ***."
