"""The invented boards' actions, written with the command that a person would use; their titles say synthetic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from demo.boards import LARGE, SMALL
from demo.household import Household, say
from demo.rundir import RunFolder, module

SECONDS = 60
WRITER = "demo-chair"


class Planned(NamedTuple):
    """One action, and what became of it by the demo's day, 11 May 2026."""

    title: str
    owner: str
    source: str
    opened: str
    due: str
    tell: tuple[str, ...] = ()
    closed: str = ""
    evidence: str = ""


OF_LARGE = (
    Planned(
        "Synthetic: agree how health records signs of vulnerability, and train its staff in it",
        "aldermere-health", "need", "2025-11-03", "2026-04-30", ("all",),
    ),
    Planned(
        "Synthetic: offer every child a return interview, whatever the length of the episode",
        "aldermere-social-care", "audit", "2025-06-02", "2025-12-19", ("aldermere-police",),
    ),
    Planned(
        "Synthetic: train youth justice staff in signs of exploitative relationships",
        "aldermere-youth-justice", "need", "2025-04-14", "2025-06-30", ("all",), "2025-06-27",
        "Children about whom such signs were recorded rose beyond other sectors in the next release",
    ),
    Planned(
        "Synthetic: share what the practice review found on children who go missing from school",
        "aldermere-schools", "cspr", "2026-03-02", "2026-07-31", ("aldermere-police", "aldermere-health"),
    ),
    Planned(
        "Synthetic: look together at the rise in the hotspot signal, as a matter of welfare",
        "aldermere-police", "hotspot", "2026-04-20", "2026-06-12",
    ),
)  # fmt: skip


OF_SMALL = (
    Planned(
        "Synthetic: print the pupil number in the list of signs, so that children can be counted by it",
        "merrowdale-health", "audit", "2026-01-19", "2026-06-30", ("all",),
    ),
)  # fmt: skip
PLANNED = {LARGE: OF_LARGE, SMALL: OF_SMALL}
"""Board -> its actions."""


def write_actions(household: Household, run: RunFolder, environment: Mapping[str, str | None]) -> None:
    """Open the planned actions; close and evidence those that were done."""
    actions = [(board, action) for board, planned in PLANNED.items() for action in planned]
    say(f"{WRITER} writes {len(actions)} actions of the boards")
    for number, (board, action) in enumerate(actions):
        log = run.log(f"action-{number}")
        tell = [option for agency in action.tell for option in ("--tell", agency)]
        add = ("add", action.title, "--board", board, "--owner", action.owner, "--source", action.source)
        _run(household, log, environment, *add, "--opened", action.opened, "--due", action.due, *tell)
        if action.closed:
            action_id = re.findall(r"act-[0-9a-f]+", log.read_text("utf-8"))[-1]
            _run(household, log, environment, "close", action_id, "--on", action.closed)
            impact = ("--impact", "evidenced", "--evidence", action.evidence)
            _run(household, log, environment, "update", action_id, *impact)


def _run(household: Household, log: Path, environment: Mapping[str, str | None], *arguments: str) -> None:
    command = module("dashboards", "actions", *arguments, "--as", WRITER)
    household.run("writing of an action", command, log, environment, SECONDS)
