"""What groups of people said, as agencies write it down: coded themes, about no one child. All of it is invented.

No community group is heard, faith communities are never counted, and few lay members come. So a release has figures,
voices of fewer than ten people, and voices without a number or without a return.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from demo.synthetic.borough import START
from demo.synthetic.table import Cell, ExportFile, ExportLine, columns, day_text
from demo.synthetic.world import World

COLUMNS = columns("Theme Ref,Date,Voice,Themes (pipe list),People")
YEARS = 2
_FAMILIES = "not_listened_to,help_came_late,too_many_workers,whom_to_tell_unknown"
_STAFF = "threshold_unclear,training_wanted,information_not_shared,signs_not_recognised"


@dataclass(frozen=True)
class Groups:
    """The groups of one voice that an agency hears in a year."""

    voice: str
    number: int
    least: int
    most: int
    """People in a group; none is written if `most` is 0."""
    may_say: str
    """Codes, separated by commas."""


HEARD = (
    Groups("children", 5, 6, 14, f"{_FAMILIES},trusted_adult,return_interview_useful,return_interview_not_wanted"),
    Groups("children", 1, 0, 0, "unsafe_places,online_harm,trusted_adult"),
    Groups("parents_carers", 4, 5, 12, f"{_FAMILIES},harmful_language,information_not_shared"),
    Groups("lay_members", 1, 2, 4, "boys_not_seen,community_not_reached,training_wanted"),
    Groups("faith_communities", 2, 0, 0, "community_not_reached,language_or_interpreter,whom_to_tell_unknown"),
    Groups("practitioners", 3, 8, 24, _STAFF),
    Groups("case_audit", 1, 0, 0, "information_not_shared,signs_not_recognised,harmful_language"),
)
"""By the safeguarding unit."""
HEARD_BY_SCHOOLS = (
    Groups("practitioners", 3, 10, 22, _STAFF),
    Groups("children", 2, 8, 20, "online_harm,unsafe_places,trusted_adult,whom_to_tell_unknown"),
)


def themes(world: World, agency: str, heard: tuple[Groups, ...]) -> ExportFile:
    """The list that an agency keeps: a line for each group, one to three themes each."""
    rng = world.random(f"themes/{agency}")
    held = [
        (START + timedelta(days=365 * year + rng.randint(0, 360)), groups)
        for year in range(YEARS)
        for groups in heard
        for _ in range(groups.number)
    ]
    lines: list[ExportLine] = []
    for number, (day, groups) in enumerate(sorted(held, key=lambda one: one[0])):
        may_say = groups.may_say.split(",")
        cells: list[Cell] = [
            f"TH-{world.borough.place.mark}{number:03d}",
            day_text(day),
            groups.voice,
            "|".join(sorted(rng.sample(may_say, rng.randint(1, 3)))),
            str(rng.randint(groups.least, groups.most)) if groups.most else "",
        ]
        lines.append(ExportLine(cells, day, ("theme_return",)))
    return ExportFile(
        agency, "2-themes.csv", COLUMNS, lines, "themes.yaml", order=2, key=("Theme Ref",), reference="Theme Ref"
    )
