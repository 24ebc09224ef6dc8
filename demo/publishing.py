"""Has every synthetic agency publish its export files in the order they were written, two files at a time at most."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.accounts import RunAccount, as_planted
from demo.household import Household, say
from demo.processes import ChildFailed, ChildProcess
from demo.rundir import RunFolder, module

AT_ONCE = 2
FILE_SECONDS = 180
SOME_REFUSED = 1
"""Exit code of `publish` when rows were refused: the synthetic exports hold dirty rows on purpose."""

FILES = ("header", "episodes", "postcodes")
"""Options of a manifest entry that name a file beside it."""


@dataclass(frozen=True)
class Export:
    """One export file and how its agency publishes it."""

    path: Path
    agency: str
    options: tuple[str, ...]
    planted: dict[str, int]
    """What its generator put in: lines, events, and lines that are to be refused or are duplicates."""


def read_manifest(folder: Path) -> list[Export]:
    """The files of manifest.json, in publishing order."""
    listed = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    return [_export(folder, entry) for entry in listed]


def _export(folder: Path, entry: Mapping[str, Any]) -> Export:
    given = {"format": entry["format"], "mapping": entry.get("mapping")} | entry["options"]
    for name in FILES:
        if name in given:
            given[name] = str(folder / given[name])
    options = [part for name, value in given.items() if value is not None for part in (f"--{name}", value)]
    expected = entry["expected"]
    planted = {
        "rows": entry["rows"],
        "refused": expected["refused"],
        "duplicates": expected["duplicates"],
        "events": entry["events"],
    }
    return Export(folder / entry["path"], entry["agency"], tuple(options), planted)


class Publishing:
    """The publish commands of one run; `step` is called until `finished`."""

    def __init__(
        self,
        household: Household,
        run: RunFolder,
        environment: Mapping[str, str | None],
        exports: list[Export],
        accounts: Mapping[str, RunAccount],
    ) -> None:
        self._household = household
        self._run = run
        self._environment = environment
        self._accounts = accounts
        self._waiting = list(exports)
        self._running: dict[str, tuple[ChildProcess, Path, Export]] = {}
        self._total = len(exports)
        self.done = 0

    @property
    def finished(self) -> bool:
        """Whether every file has been published."""
        return self.done == self._total

    def step(self) -> None:
        """Handle commands that have ended, and start the next; raises `ChildFailed` if one went wrong."""
        for agency, (child, output, export) in list(self._running.items()):
            if child.exit_code is not None:
                del self._running[agency]
                self._take_in(child, output, export)
        # An agency publishes one file after the other: later exports revise earlier ones.
        for export in list(self._waiting):
            if len(self._running) >= AT_ONCE:
                break
            if export.agency not in self._running:
                self._waiting.remove(export)
                self._start(export)

    def _start(self, export: Export) -> None:
        number = self._total - len(self._waiting)
        output = self._run.log(f"publish-{number:03}-{export.agency}").with_suffix(".json")
        output.parent.mkdir(parents=True, exist_ok=True)
        command = module(
            "agencies", "publish", str(export.path), "--agency", export.agency, *export.options, "--json", "--quiet"
        )
        with output.open("wb") as file:
            child = self._household.job(
                f"{export.agency} publishing {export.path.name}",
                command,
                output.with_suffix(".log"),
                {**self._environment, **self._run.of_agency(export.agency)},
                stdout=file.fileno(),
            )
        self._running[export.agency] = (child, output, export)

    def _take_in(self, child: ChildProcess, output: Path, export: Export) -> None:
        if child.exit_code not in (0, SOME_REFUSED):
            raise child.failure(f"ended with exit code {child.exit_code}")
        try:
            receipt = json.loads(output.read_text("utf-8"))
        except ValueError:
            raise child.failure("printed no receipt") from None
        if receipt["spooled"]:
            raise ChildFailed(f"{child.name}: {receipt['spooled']} events are still in the outbox")
        account = self._accounts[export.agency].agency
        account.add(receipt)
        if (counts := as_planted(receipt)) != export.planted:
            account.misread.append(export.path.name)
            say(f"{export.agency}: {export.path.name} was made with {export.planted} and read as {counts}")
        self.done += 1
        say(
            f"[{self.done}/{self._total}] {export.agency}: {receipt['rows_read']} rows read, "
            f"{receipt['rows_refused']} refused, {receipt['published']} published"
        )
