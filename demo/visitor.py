"""A visitor of the demo's pages who signs in as a person with a browser does: by HTTP, following what pages say."""

from __future__ import annotations

from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx2

from demo.provider.people import SyntheticPerson

SECONDS = 60


class NotLetIn(RuntimeError):
    """The visitor could not sign in; says at which step."""


class DemoVisitor:
    """One synthetic person, signed in; a context manager."""

    def __init__(self, url: str, person: SyntheticPerson) -> None:
        """`url` is the address of the pages, with a slash at its end; raises `NotLetIn`."""
        self._url = url
        # Nothing here leaves this machine, so no proxy that the environment sets is asked.
        self._client = httpx2.Client(timeout=SECONDS, follow_redirects=True, trust_env=False)
        try:
            choice = self._client.get(urljoin(url, "sign-in/start"))
            fields = {**_hidden(choice.text), "person": person.subject}
            came = self._client.post(urljoin(str(choice.url), "/authorize"), data=fields)
        except httpx2.HTTPError as error:
            self._client.close()
            raise NotLetIn(f"{person.name} could not sign in: {type(error).__name__}") from None
        if came.status_code != 200 or not str(came.url).startswith(url):
            self._client.close()
            raise NotLetIn(f"{person.name} could not sign in: the answer was {came.status_code}")
        self.landed = came.text
        """The page that they came to."""

    def status(self, path: str) -> int:
        """The status with which a page answers them."""
        return int(self._client.get(urljoin(self._url, path)).status_code)

    def read(self, path: str) -> str:
        """The markup of a page; raises `httpx2.HTTPStatusError` if it is not shown to them."""
        answer = self._client.get(urljoin(self._url, path))
        answer.raise_for_status()
        return str(answer.text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()


class _Hidden(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")


def _hidden(markup: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return _Hidden(markup).fields
