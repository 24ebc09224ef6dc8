"""Checks that requirements.lock pins every dependency of pyproject.toml to a version that it allows.

`python -m tests.support.lock_in_step` prints what is out of step and exits 1; it asks no registry.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$")


def pins(lock: str) -> dict[str, set[str]]:
    """Pinned versions by canonical name (more than one where markers tell them apart)."""
    found: dict[str, set[str]] = {}
    for line in lock.splitlines():
        if match := _PIN.match(line):
            found.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return found


def out_of_step(pyproject: str, lock: str) -> list[str]:
    """A sentence for each dependency that is not pinned, not hashed, or pinned outside its specifier."""
    config = tomllib.loads(pyproject)
    wanted = [*config["project"].get("dependencies", [])]
    for group in config.get("dependency-groups", {}).values():
        wanted += [entry for entry in group if isinstance(entry, str)]
    pinned = pins(lock)
    found = []
    for requirement in map(Requirement, wanted):
        versions = pinned.get(canonicalize_name(requirement.name), set())
        if not versions:
            found.append(f"{requirement.name}: not in requirements.lock; run make lock")
        found += [
            f"{requirement.name}: requirements.lock has {version}, pyproject.toml wants {requirement.specifier}"
            for version in sorted(versions)
            if not requirement.specifier.contains(version, prereleases=True)
        ]
    unhashed = len(re.findall(r"(?m)^[A-Za-z0-9._-]+==[^\\\n]*$", lock))
    if unhashed:
        found.append(f"requirements.lock: {unhashed} pins without a hash")
    return found


@click.command(help=__doc__)
def main() -> None:
    """Compare the two files of this checkout."""
    found = out_of_step((ROOT / "pyproject.toml").read_text("utf-8"), (ROOT / "requirements.lock").read_text("utf-8"))
    for sentence in found:
        click.echo(sentence, err=True)
    if found:
        raise SystemExit(1)
    click.echo("requirements.lock is in step with pyproject.toml")


if __name__ == "__main__":
    main()
