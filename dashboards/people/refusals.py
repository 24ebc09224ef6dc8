"""What the door says to whomever it keeps out: why, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from dashboards.errors import NotShown
from dashboards.people.limits import RateLimit
from dashboards.people.visitor import Visitor
from models.store.texts import LONGEST


@dataclass(frozen=True)
class RefusalPage:
    """What the page of a refusal says. The text is ours, or from the table of permissions."""

    status: int
    title: str
    text: str
    sign_in_for: str | None = None
    """Where to go on to after signing in, where that helps."""
    typed: tuple[tuple[str, str], ...] = ()
    """Names and values of a form that was not sent on, for its person to copy."""
    again: str = ""
    """Where that form can be opened anew, without signing in."""
    code: str = ""
    """Of the person who is refused, so that they can tell it to whoever gives roles."""
    challenge: str = 'Session realm="ypsem"'
    """How somebody who is not known could be (RFC 9110). No browser asks for a password because of this name."""
    retry_after: int = 0
    """Seconds after which it is worth another try, where time helps."""


class KeptOut(NotShown):
    """The door refuses a request."""

    def __init__(self, refusal: RefusalPage, visitor: Visitor | None = None) -> None:
        """`visitor` is whoever is refused, if known."""
        super().__init__(refusal.title)
        self.refusal = refusal
        self.visitor = visitor


class TooLate(NotShown):
    """A form came without a session in force; what was typed may be kept."""

    def __init__(self, number: str) -> None:
        """`number` is what the browser's cookie holds."""
        super().__init__("too late")
        self.number = number


Shown = Callable[[RefusalPage, Visitor | None], Response]
"""Makes the page of a refusal."""

HOST = RefusalPage(
    400,
    "Wrong address",
    "These pages are not served under the name in the address. Use the address that you were given for them. "
    "For operations: YPSEM_WEB_URL and YPSEM_WEB_HOSTS say which names there are.",
)
KEPT = RefusalPage(
    401,
    "Sign in again",
    "Your session has ended, so nothing was done. What you typed is kept for an hour, for you alone: sign in here, and "
    "it comes back to be looked at and sent.",
    "/typed",
)
NOT_MAPPED = RefusalPage(403, "Not allowed", "Nobody may do this: it is in no table of permissions. Tell operations.")
FROM_ELSEWHERE = RefusalPage(
    403,
    "Not allowed",
    "This form was not sent from these pages, or it is older than your sign-in. Nothing was done. Open the form again, "
    "and send it once more.",
)
TOO_LONG = RefusalPage(
    413,
    "Too long",
    "The form holds more than these pages take. Nothing was done. Go back and write less: a text here has at most "
    f"{LONGEST} characters.",
)
NO_TOKEN = RefusalPage(
    401,
    "Not known",
    "The token is not known, or has expired, or was revoked. Ask whoever administers access for a new one.",
    challenge='Bearer realm="ypsem", error="invalid_token"',
)


def too_often(limit: RateLimit, seconds: int, known: bool) -> RefusalPage:
    """The page of somebody who asked too often."""
    words = {
        RateLimit.PAGES: "You asked for more pages in the last minutes than anybody reads.",
        RateLimit.FILES: "You took more files in the last minutes than these pages make for one person.",
        RateLimit.STRANGERS: "Too many requests came from your network without a sign-in.",
    }
    again = "second" if seconds == 1 else f"{seconds} seconds"
    beside = "You are still signed in. If you sent a form, reload this page then: your browser sends it again."
    text = f"{words[limit]} Nothing was done. Try again in {'a ' if seconds == 1 else ''}{again}."
    return RefusalPage(429, "Too many requests", f"{text} {beside}" if known else text, retry_after=seconds)


READS_ONLY = RefusalPage(403, "Not allowed", "A service account reads pages and files; it sends no form.")
FORM_KIND = RefusalPage(415, "Not a form", "These pages take forms only. Nothing was done.")
AWAY = RefusalPage(
    503, "The figures cannot be read at the moment", "The database does not answer. Try again in a few minutes."
)
