"""`OriginToken`: the token goes into the header, and only to its own origin."""

from __future__ import annotations

import requests
from requests.auth import AuthBase

from zenodo_harvest.origins import Origin


class OriginToken(AuthBase):
    """Adds the token to requests for one origin and removes it from all others.

    It also stands where `requests` would else look into ``~/.netrc`` and replace the header.
    """

    def __init__(self, token: str | None, origin: Origin) -> None:
        self._token = token
        self._origin = origin

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set or remove the header."""
        request.headers.pop("Authorization", None)
        if self._token and Origin.of(request.url or "") == self._origin:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return f"OriginToken(***, {self._origin})"
