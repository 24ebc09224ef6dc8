"""The register of the demo's two boards: Aldermere's, and the small board's, which agencies of Aldermere serve too.

`demo/register` is Aldermere's alone and can be used by itself; `demo/merrowdale.yaml` has what the small board adds,
and `demo/merrowdale-signals.yaml` the thresholds of its signals. `analysis calibrate-signals` makes that file with the
register of a run (`--register var/demo/latest/register --output demo/merrowdale-signals.yaml`).
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from models.register import Register
from models.register.load import calibration_path
from models.service.yaml_text import read_yaml

DEMO = Path(__file__).parent
REGISTER = DEMO / "register"
GEOMETRY = DEMO / "geometry"
ADDED = DEMO / "merrowdale.yaml"
ADDED_SIGNALS = DEMO / "merrowdale-signals.yaml"
LARGE, SMALL = "X08000001", "X08000002"
BOARDS = (LARGE, SMALL)
SHARED = "also_served_by"


def content() -> dict[str, Any]:
    """The register of both boards as YAML has it: an agency that serves the small one too is the same agency."""
    (path,) = REGISTER.glob("register-*.yaml")
    both: dict[str, Any] = read_yaml(path.read_text("utf-8"))
    added: dict[str, Any] = read_yaml(ADDED.read_text("utf-8"))
    shared = set(added.pop(SHARED))
    codes = [board["code"] for board in added["boards"]]
    for agency in both["agencies"]:
        agency["boards"] += codes * (agency["id"] in shared)
    for agreement in both["agreements"]:
        agreement["boards"] += codes * (agreement["agency"] in shared)
    for part, entries in added.items():
        both[part] += entries
    return both


def calibrations(version: date) -> dict[str, Any]:
    """Board -> the calibration of its signals, as YAML has it."""
    files = (calibration_path(REGISTER, version), ADDED_SIGNALS)
    return {code: made for file in files for code, made in read_yaml(file.read_text("utf-8")).items()}


def two_boards() -> Register:
    """The register of both boards, with the calibrations of their signals, as a process of the demo reads it."""
    both = content()
    made = calibrations(both["version"])
    for board in both["boards"]:
        board["signals"] = made[board["code"]]
    return Register.model_validate(both)


def write_register(directory: Path, few: bool = False) -> None:
    """Write it as a register's directory; with `few` both boards release years and pairs of years.

    The calibrations of signals and the outlines of wards are written beside it.
    """
    both = content()
    for board in both["boards"]:
        if few:
            board["releases"] = "years_and_pairs_of_years"
    directory.mkdir(parents=True)
    path = directory / f"register-{both['version'].isoformat()}.yaml"
    path.write_text(yaml.safe_dump(both, sort_keys=False, allow_unicode=True), "utf-8")
    beside = calibration_path(directory, both["version"])
    for board in both["boards"]:
        outlines = GEOMETRY / f"{board['boundary_set']}.geojson"
        if outlines.is_file():  # the small board has none, and so its maps are of hexagons
            shutil.copyfile(outlines, directory / f"outlines-{outlines.name}")
    beside.write_text(yaml.safe_dump(calibrations(both["version"]), sort_keys=False), "utf-8")
