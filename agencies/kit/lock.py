"""Cuts a small lock out of the project's: the same versions and hashes, only what the kit needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agencies.errors import AgencyError

_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(\[[a-z0-9,._-]+\])?==")


class LockError(AgencyError):
    """The project's lock does not hold what the kit asks for."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One pinned requirement with its hashes, and the requirements it is there for."""

    name: str
    text: str
    via: frozenset[str]


def parse(lock: str) -> list[Pin]:
    """The pins of a file made by `uv pip compile --generate-hashes`, whose `# via` comments name the parents."""
    return [_pin(block) for block in _blocks(lock.splitlines())]


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if line[:1] not in ("", " ", "#"):
            if block:
                yield block
            block = []
        if block or _PIN.match(line):
            block.append(line)
    if block:
        yield block


def _pin(block: list[str]) -> Pin:
    found = _PIN.match(block[0])
    if found is None:
        raise LockError(f"not a pinned requirement: {block[0][:60]}")
    comments = [line.strip().removeprefix("#").strip() for line in block if line.lstrip().startswith("#")]
    parents = (comment.removeprefix("via").strip() for comment in comments)
    via = frozenset(re.split(r"[\s\[(:]", parent)[0] for parent in parents if parent)
    text = "\n".join(line for line in block if line.strip() and not line.lstrip().startswith("#"))
    return Pin(found[1], text, via)


def wanted(requirements_in: str) -> list[str]:
    """Names listed in a requirements.in."""
    return [line.strip() for line in requirements_in.splitlines() if line.strip() and not line.startswith("#")]


def subset(lock: str, names: Iterable[str]) -> str:
    """A lock of these requirements and all they need; raises `LockError` when one is not in `lock`."""
    pins = parse(lock)
    chosen = set(names)
    if missing := sorted(chosen - {pin.name for pin in pins}):
        raise LockError(f"not in the project's lock: {', '.join(missing)}")
    while more := {pin.name for pin in pins if pin.name not in chosen and pin.via & chosen}:
        chosen |= more
    head = "# Cut out of the project's requirements.lock by `make agency-kit`: same versions, same hashes.\n"
    return head + "\n".join(pin.text for pin in pins if pin.name in chosen) + "\n"
