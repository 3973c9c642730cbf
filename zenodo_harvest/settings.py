"""Where the token and the contact come from, and how the token stays hidden."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from zenodo_harvest import __version__
from zenodo_harvest.errors import LocalError, UsageError

SERVICE = "zenodo-harvest"
PROJECT_URL = "https://github.com/zenodo-harvest/zenodo_harvest"
_VARIABLES = {
    "zenodo": "ZENODO_TOKEN",
    "sandbox": "ZENODO_SANDBOX_TOKEN",
    "emulator": "ZENODO_EMULATOR_TOKEN",
}
_TOKEN = re.compile(r"[\x21-\x7e]+")
_CONTACT = re.compile(r"[^\x20-\x7e]|[()\\]")


def token_variable(site_name: str) -> str:
    """Return the environment variable that holds the token of a site."""
    host = re.sub(r"[^A-Z0-9]+", "_", site_name.upper())
    return _VARIABLES.get(site_name, f"ZENODO_HARVEST_TOKEN_{host}")


def find_token(
    site_name: str,
    *,
    environ: Mapping[str, str] = os.environ,
    config_folder: Path | None = None,
    keyring_get: Callable[[str, str], str | None] | None = None,
) -> str | None:
    """Return the token of a site, or None if there is none.

    Looked up in the environment, then the keyring if that library is installed, then in the file
    ``token-<site>`` of the configuration folder, which nobody else may read.

    Raises:
        LocalError: The file cannot be read, or others can read it.
        UsageError: What was found cannot be a token.
    """
    variable = token_variable(site_name)
    if token := environ.get(variable, "").strip():
        return _checked(token, f"the variable {variable}")
    if token := ((keyring_get or _keyring_get)(SERVICE, site_name) or "").strip():
        return _checked(token, "the keyring")
    if config_folder is None:
        from platformdirs import user_config_path

        config_folder = user_config_path(SERVICE)
    path = config_folder / f"token-{re.sub(r'[^A-Za-z0-9.-]', '_', site_name)}"
    token = _read_private(path)
    return _checked(token, f"the file {path}") if token else None


def user_agent(contact: str | None = None, *, environ: Mapping[str, str] = os.environ) -> str:
    """Return who we say we are: version, project and a contact if one is set.

    Zenodo asks clients to be recognisable (peers.md §5); ``ZENODO_HARVEST_CONTACT`` names the person.
    """
    contact = contact or environ.get("ZENODO_HARVEST_CONTACT", "")
    place = "; ".join(part for part in (PROJECT_URL, _CONTACT.sub("", contact).strip()) if part)
    return f"{SERVICE}/{__version__} ({place})"


def _checked(token: str, source: str) -> str:
    if _TOKEN.fullmatch(token):
        return token
    raise UsageError(
        f"What stands in {source} cannot be a token: it holds blanks or unusual characters.",
        hint="Copy the token again, without quotes or line breaks.",
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
