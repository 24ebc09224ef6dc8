"""`dpia-facts`: the facts for a data protection impact assessment, from the configuration in force."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import yaml
from pydantic import ValidationError

from analysis.commands._errors import Unusable
from analysis.commands._register import INDICATORS
from analysis.commands.dpia import facts, surroundings
from analysis.disclosure.noise import KeyedNoise
from analysis.release import LADDER
from models.register import Register, RegisterError, load_register
from models.releases import Release
from models.releases.files import releases_among
from models.service import clock

COMPOSE = Path("docker-compose.yml")
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(name="dpia-facts")
@click.option("--register", "directory", type=_FOLDER, envvar="YPSEM_REGISTER", required=True, help="The register.")
@click.option("--keys", multiple=True, type=_FOLDER, help="Directory of key files. Lists them, never a key.")
@click.option("--releases", type=_FOLDER, help="Directory of released .json files. Lists their rules and states.")
@click.option(
    "--compose", type=click.Path(dir_okay=False, path_type=Path), default=COMPOSE, show_default=True,
    help="The compose file, for third-party software and open ports.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(directory: Path, keys: tuple[Path, ...], releases: Path | None, compose: Path, as_json: bool) -> None:
    """Print the facts of the service as it is configured: who sends what on which lawful basis, who accepted what, what
    is held where and for how long, which keys exist, how figures are protected, and which risks remain.

    Everything comes from what the service itself reads, so it is true of this installation today. It shows no key, no
    token, no password and nothing about a child. docs/privacy.md covers what a lawyer has to judge.
    """
    try:
        register = load_register(directory, clock.today())
    except RegisterError as error:
        raise Unusable(str(error)) from None
    report = {
        "as_of": clock.now().isoformat(),
        "register": facts.register_facts(register, clock.today()),
        "data": facts.data_facts(),
        "retention": facts.retention_facts(register),
        "keys": surroundings.key_facts(keys) if keys else "not asked: give --keys",
        "protection": facts.protection_facts(register, LADDER, KeyedNoise(), INDICATORS),
        "releases": facts.release_facts(_releases(releases, register)) if releases else "not asked: give --releases",
        "software": _software(compose),
        "residual_risks": list(facts.RESIDUAL),
    }
    click.echo(json.dumps(report, indent=1) if as_json else "\n".join(_lines(report)))


def _releases(folder: Path, register: Register) -> list[Release]:
    """The releases of the register's boards among the .json files of a folder.

    Releases of other boards are left out. Raises `Unusable` for a .json file that is not a release.
    """
    releases = []
    for path in releases_among(sorted(folder.glob("*.json"))):
        try:
            release = Release.model_validate_json(path.read_bytes())
        except ValidationError:
            raise Unusable(f"{path.name}: not a release of this version") from None
        if release.board in register.board_by_code:
            releases.append(release)
    return releases


def _software(compose: Path) -> Any:
    if not compose.exists():
        return "no compose file here: give --compose"
    try:
        return surroundings.software_facts(compose)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        raise Unusable(f"{compose.name}: not a compose file") from None


def _lines(value: Any, depth: int = 0, name: str = "") -> list[str]:
    """Nested facts as indented text."""
    pad = "  " * depth
    title = name if "." in name else name.replace("_", " ")
    if isinstance(value, dict):
        head = [f"{pad}{title}:"] if name else []
        return head + [line for key, entry in value.items() for line in _lines(entry, depth + bool(name), str(key))]
    if isinstance(value, list):
        if all(not isinstance(entry, dict | list) for entry in value) and sum(map(len, map(str, value))) < 90:
            return [f"{pad}{title}: {', '.join(map(str, value)) or 'none'}"]
        return [f"{pad}{title}:", *(line for entry in value for line in _item(entry, depth + 1))]
    return [f"{pad}{title}: {_word(value)}"]


def _item(value: Any, depth: int) -> list[str]:
    lines = _lines(value, depth) if isinstance(value, dict) else [f"{'  ' * depth}{_word(value)}"]
    pad = "  " * depth
    return [pad + "- " + lines[0].removeprefix(pad), *("  " + line for line in lines[1:])]


def _word(value: Any) -> str:
    if value is None:
        return "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
