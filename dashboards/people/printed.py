"""Prints the table of permissions for docs/roles.md."""

from __future__ import annotations

from pathlib import Path

from dashboards.people.mapped import COMMANDS, ROUTES
from dashboards.people.permissions import TABLE, Act
from dashboards.people.person import Role

DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"
BEGIN = "<!-- printed by `python -m dashboards roles --write`: change dashboards/people/permissions.py instead -->"
END = "<!-- end of what is printed -->"


def printed() -> str:
    """The generated part of the document, markers included."""
    head = "| may | " + " | ".join(role.words for role in Role) + " | on | pages | commands |"
    rows = [head, "|---" * (len(Role) + 4) + "|"]
    for act, rule in TABLE.items():
        cells = ["yes" if role in rule.roles else "" for role in Role]
        rows.append("| " + " | ".join([act.value, *cells, rule.reach.value, _pages(act), _commands(act)]) + " |")
    return "\n".join([BEGIN, "", *rows, "", END])


def in_step(document: str) -> str:
    """The document with its generated part printed again; raises `ValueError` if the markers are missing."""
    before, _, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("the document has lost the markers of its printed part")
    return before + printed() + after


def _pages(act: Act) -> str:
    paths = dict.fromkeys(path for (_, path), does in ROUTES.items() if does is act)  # a form is two routes
    return ", ".join(f"`{path}`" for path in paths)


def _commands(act: Act) -> str:
    return ", ".join(f"`{command}`" for command, does in COMMANDS.items() if does is act)
