"""The synthetic people of the demo: one for each role, one for each board alone, and one for both boards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo.boards import LARGE, SMALL

BOARD_NAMES: Mapping[str, str] = {LARGE: "Aldermere", SMALL: "Merrowdale"}
"""Board -> how the list of people calls it."""


@dataclass(frozen=True)
class SyntheticPerson:
    """Somebody to be. The subject is what the audit log shows."""

    subject: str
    name: str
    roles: tuple[str, ...]
    """As claims write them: `role:board`."""
    can: str
    """What there is to try, for the page where one chooses."""

    @property
    def is_what(self) -> str:
        """The roles in words."""
        return "; ".join(map(_in_words, self.roles))


def _in_words(role: str) -> str:
    name, board, *agency = role.split(":")
    of = f" of {agency[0]}" if agency else ""
    return f"{name.replace('-', ' ')}{of}, {'every board' if board == '*' else BOARD_NAMES[board]}"


PEOPLE = (
    SyntheticPerson(
        "vera", "Vera Viewer", (f"viewer:{LARGE}:aldermere-police",),
        "Reads Aldermere's released figures, signals and actions, for its police.",
    ),
    SyntheticPerson(
        "ana", "Ana Analyst", (f"analyst:{LARGE}",), "Asks for Aldermere's releases and keeps its actions.",
    ),
    SyntheticPerson(
        "chris", "Chris Chair", (f"chair:{LARGE}",), "Chairs Aldermere's group: asks for releases, decides on actions.",
    ),
    SyntheticPerson(
        "petra", "Petra Publisher", (f"publisher:{LARGE}",), "Approves or refuses what others asked for at Aldermere.",
    ),
    SyntheticPerson(
        "gwen", "Gwen Governance", ("information-governance:*",),
        "Answers for both boards' data: reads the log, withdraws a release, has an agency erased.",
    ),
    SyntheticPerson(
        "adam", "Adam Administrator", ("administrator:*",), "Gives and takes access, and sees no figure by that.",
    ),
    SyntheticPerson("olu", "Olu Operations", ("operations:*",), "Keeps the service running, and sees no figure."),
    SyntheticPerson("kay", "Kay Keyholder", ("key-custodian:*",), "Keeps the keys, and sees no figure."),
    SyntheticPerson("mira", "Mira Merrowdale", (f"chair:{SMALL}",), "Chairs Merrowdale's group, and sees that alone."),
    SyntheticPerson(
        "bo", "Bo Both", tuple(f"{role}:{board}" for board in (LARGE, SMALL) for role in ("analyst", "publisher")),
        "Works for both boards. May ask and may approve, but never approves what Bo asked for.",
    ),
)  # fmt: skip
OF_BOTH_BOARDS = PEOPLE[-1]
OF_THE_SMALL_BOARD = PEOPLE[-2]
OF_THE_LARGE_BOARD = PEOPLE[0]
