"""Where the token of a site is kept: each origin has names of its own."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from zenodo_harvest.errors import LocalError, UsageError
from zenodo_harvest.origins import Origin

SERVICE = "zenodo-harvest"
_KNOWN = {Origin("https", "zenodo.org", 443): "zenodo", Origin("https", "sandbox.zenodo.org", 443): "sandbox"}
_VARIABLES = {
    "zenodo": "ZENODO_TOKEN",
    "sandbox": "ZENODO_SANDBOX_TOKEN",
    "emulator": "ZENODO_EMULATOR_TOKEN",
}
_TOKEN = re.compile(r"[\x21-\x7e]+")
_ODD = "it holds blanks or unusual characters"
_COPY = "Copy the token again, without quotes or line breaks."


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """The names under which the token of one site is kept; no two origins share one.

    Attributes:
        variable: The environment variable.
        keyring_user: The user name in the keyring.
        file_name: The file in the configuration folder.
    """

    variable: str
    keyring_user: str
    file_name: str

    @classmethod
    def of(cls, origin: Origin, *, is_emulator: bool = False) -> TokenPlace:
        """Return the names for an origin; the emulator has its own wherever it runs on this machine."""
        name = "emulator" if is_emulator and origin.is_loopback else _KNOWN.get(origin)
        if name is not None:
            return cls(_VARIABLES[name], name, f"token-{name}")
        address = str(origin).removeprefix("https://")
        scheme, _, place = address.rpartition("://")
        variable = f"{scheme.upper()}__" * bool(scheme) + "".join(map(_letter, place.upper()))
        scheme = scheme or "https" * (place in _VARIABLES)
        file_name = f"{scheme}+" * bool(scheme) + "".join(map(_file_letter, place))
        return cls(f"ZENODO_HARVEST_TOKEN_{variable}", str(origin), f"token-{file_name}")


def find_token(
    origin: Origin,
    *,
    is_emulator: bool = False,
    environ: Mapping[str, str] = os.environ,
    config_folder: Path | None = None,
    keyring_get: Callable[[str, str], str | None] | None = None,
) -> str | None:
    """Return the token of an origin, or None if there is none or it could be overheard on its way there.

    Looked up in the environment, then the keyring if that library is installed, then in a file of the
    configuration folder, which nobody else may read.

    Raises:
        LocalError: The file cannot be read, others can read it, or its name is almost right.
        UsageError: What was found cannot be a token.
    """
    if not origin.may_have_token:
        return None
    place = TokenPlace.of(origin, is_emulator=is_emulator)
    if token := environ.get(place.variable, "").strip():
        return _checked(token, f"the variable {place.variable}")
    if token := ((keyring_get or _keyring_get)(SERVICE, place.keyring_user) or "").strip():
        return _checked(token, "the keyring")
    if config_folder is None:
        from platformdirs import user_config_path

        config_folder = user_config_path(SERVICE)
    path = config_folder / place.file_name
    if token := _read_private(path):
        return _checked(token, f"the file {path}")
    _check_neighbours(path)
    return None


def check_token(token: str, origin: Origin) -> None:
    """Make sure that a token can be one, and may go where it is to go.

    Raises:
        UsageError: It cannot, or may not.
    """
    if not _TOKEN.fullmatch(token):
        raise UsageError(f"The token cannot be one: {_ODD}.", hint=_COPY)
    if not origin.may_have_token:
        raise UsageError(
            f"A token is not sent to {origin}: without encryption everybody on the way could read it.",
            hint="Use the https address of the site, or go without a token.",
        )


def _letter(letter: str) -> str:
    """Return a letter of an address as one of a variable; a dot and what stands before a port are alike."""
    if letter in ".:":
        return "_"
    return letter if letter.isascii() and letter.isalnum() else f"__{ord(letter):02X}"


def _file_letter(letter: str) -> str:
    if letter == ":":
        return "_"
    is_plain = letter.isascii() and (letter.isalnum() or letter in ".-")
    return letter if is_plain else f"%{ord(letter):02X}"


def _checked(token: str, source: str) -> str:
    if _TOKEN.fullmatch(token):
        return token
    raise UsageError(
        f"What stands in {source} cannot be a token: {_ODD}.",
        hint=_COPY,
    )


def _keyring_get(service: str, name: str) -> str | None:
    try:
        from keyring import get_password
    except ImportError:
        return None
    try:
        found: str | None = get_password(service, name)
    except Exception:  # noqa: BLE001 - back-ends raise what they like, and a token is optional
        return None
    return found


def _read_private(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise LocalError(
                f"Others on this machine can read the token in {str(path)!r}.",
                hint=f"Run: chmod 600 '{path}'",
            )
        return path.read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise LocalError(f"The token in {str(path)!r} cannot be read.", hint="Check the file.") from error


def _check_neighbours(path: Path) -> None:
    """Name a file that was meant to be `path` and can never be found."""
    for name in (path.name.replace("_", ":"), f"{path.name}.txt"):
        if name != path.name and path.with_name(name).is_file():
            raise LocalError(
                f"The token in {str(path.with_name(name))!r} is not found under that name.",
                hint=f"Call the file {path.name}.",
            )
