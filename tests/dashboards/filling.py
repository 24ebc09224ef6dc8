"""Fills in a form as a browser without JavaScript does: load the page, keep what is hidden, type, press the button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.testclient import TestClient

from tests.dashboards.html import Page


def hidden(markup: str) -> dict[str, list[str]]:
    """The hidden fields of the form of a page; the form of signing out is another."""
    found: dict[str, list[str]] = {}
    inside = False
    for tag, attributes in Page(markup).elements:
        if tag == "form":
            inside = attributes.get("class") == "form"
        elif inside and tag == "input" and attributes.get("type") == "hidden":
            found.setdefault(attributes["name"], []).append(attributes["value"])
    return found


def loaded(client: TestClient, path: str) -> dict[str, list[str]]:
    """Load a form; what it carries."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return hidden(answer.text)


def send(client: TestClient, path: str, carried: Mapping[str, Any], **typed: Any) -> Any:
    """Press the button of a form that was loaded earlier, through the page on which answers are checked."""
    answer = client.post(path, data={**carried, **typed})
    if answer.status_code == 200 and "Check your answers" in answer.text:
        answer = client.post(path, data={**hidden(answer.text), "confirmed": "yes"})
    return answer


def fill(client: TestClient, path: str, **typed: Any) -> Any:
    """Load a form, type and press the button."""
    return send(client, path, loaded(client, path), **typed)


def words(answer: Any) -> str:
    """All text of a page, with single spaces."""
    return " ".join(Page(answer.text).text.split())
