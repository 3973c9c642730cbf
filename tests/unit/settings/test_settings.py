from __future__ import annotations

import pytest

from zenodo_harvest import __version__
from zenodo_harvest.settings import user_agent


def test_the_user_agent_names_version_project_and_contact() -> None:
    agent = user_agent("library@example.org", environ={})
    assert agent.startswith(f"zenodo-harvest/{__version__} (https://")
    assert agent.endswith("; library@example.org)")


def test_the_contact_may_come_from_the_environment() -> None:
    assert "me@example.org" in user_agent(environ={"ZENODO_HARVEST_CONTACT": "me@example.org"})


@pytest.mark.parametrize("contact", ["a\r\nX-Evil: 1", "a)(b", "ü@example.org"])
def test_a_contact_cannot_break_out_of_the_header(contact: str) -> None:
    agent = user_agent(contact, environ={})
    assert agent.isascii()
    assert agent.isprintable()
    assert agent.count("(") == agent.count(")") == 1
