"""The files of a 903 return as plain records: Missing, and Header and Episodes, looked for beside it if not given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from agencies.readers import ssda903_rules as rules
from agencies.readers.moments import BadDate, parse_moment
from agencies.readers.ssda903_rules import CareEpisode, MissingLine
from agencies.readers.tabular import Grid, has_columns, open_table

MISSING = ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END")
HEADER = ("CHILD", "SEX", "DOB", "ETHNIC", "UPN")
EPISODES = ("CHILD", "DECOM", "PLACE", "PLACE_PROVIDER", "DEC", "REC")


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """What is used of a line of Header.csv."""

    born: date | None = field(repr=False)
    sex: str
    ethnicity: str
    upn: str = field(repr=False)


@dataclass(frozen=True)
class Siblings:
    """The other files of the return, by child; None where there is no such file."""

    header: Mapping[str, HeaderLine] | None
    episodes: Mapping[str, list[CareEpisode]] | None
    not_run: Mapping[str, str]


def missing_lines(grid: Grid) -> list[MissingLine]:
    """The lines of a Missing.csv, dates read where they are dates."""
    child, dob, kind, start, end = (grid.columns[name.casefold()] for name in MISSING)
    lines = []
    for number, cells in grid.rows:
        filled = cells + [""] * (grid.width - len(cells))
        lines.append(
            MissingLine(
                number=number,
                child=filled[child],
                kind=filled[kind],
                start_text=filled[start],
                end_text=filled[end],
                start=parse_day(filled[start]),
                end=parse_day(filled[end]),
                born=parse_day(filled[dob]),
                born_text=filled[dob],
            )
        )
    return lines


def parse_day(text: str) -> date | None:
    """A dd/mm/yyyy date, the 903's only form; None for anything else, a time or a serial number included."""
    if "/" not in text:
        return None
    try:
        moment = parse_moment(text)
    except BadDate:
        return None
    return moment.day if moment.clock is None else None


def siblings(path: Path, header: Path | None, episodes: Path | None) -> Siblings:
    """Header and Episodes as given, else as found beside `path`; and which rules cannot be run without them."""
    header, no_header = _beside(path, header, HEADER, "Header")
    episodes, no_episodes = _beside(path, episodes, EPISODES, "Episodes")
    not_run = dict.fromkeys(rules.NEEDS_HEADER, no_header) if no_header else {}
    not_run |= dict.fromkeys(rules.NEEDS_EPISODES, no_episodes) if no_episodes else {}
    return Siblings(
        header=_header(open_table(header, HEADER)) if header else None,
        episodes=_episodes(open_table(episodes, EPISODES)) if episodes else None,
        not_run=not_run,
    )


def _beside(path: Path, given: Path | None, columns: Sequence[str], name: str) -> tuple[Path | None, str]:
    """The file given, else the one CSV beside `path` with these columns; or why there is none."""
    if given is not None:
        return given, ""
    others = sorted(file for file in path.parent.glob("*.[cC][sS][vV]") if file.name != path.name)
    matching = [file for file in others if has_columns(file, columns)]
    option = f"--{name.casefold()}"
    if len(matching) == 1:
        return matching[0], ""
    if matching:
        return None, f"several {name} files beside it; choose one with {option}"
    return None, f"needs the {name} file ({option})"


def _header(grid: Grid) -> dict[str, HeaderLine]:
    child, sex, dob, ethnicity, upn = (grid.columns[name.casefold()] for name in HEADER)
    found: dict[str, HeaderLine] = {}
    for _, cells in grid.rows:
        filled = cells + [""] * (grid.width - len(cells))
        found[filled[child]] = HeaderLine(parse_day(filled[dob]), filled[sex], filled[ethnicity], filled[upn])
    return found


def _episodes(grid: Grid) -> dict[str, list[CareEpisode]]:
    child, began, place, provider, ended, reason = (grid.columns[name.casefold()] for name in EPISODES)
    postcode = grid.columns.get("pl_post")
    found: defaultdict[str, list[CareEpisode]] = defaultdict(list)
    for _, cells in grid.rows:
        filled = cells + [""] * (grid.width - len(cells))
        if (first := parse_day(filled[began])) is not None:
            found[filled[child]].append(
                CareEpisode(
                    began=first,
                    ended=parse_day(filled[ended]),
                    reason=filled[reason].upper(),
                    place=filled[place].upper(),
                    provider=filled[provider].upper(),
                    placement_postcode=filled[postcode] if postcode is not None else "",
                )
            )
    return dict(found)
