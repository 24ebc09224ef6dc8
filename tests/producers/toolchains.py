"""The worked producers, made ready to run in the language's own way; what a machine lacks is skipped aloud.

What is built lies in `var/producers`, by the digest of its sources, and is built once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.brokers.embedded import BrokerMissing
from demo.brokers.jars import class_path, java
from tests.operations.files import ROOT

WORKED = ROOT / "docs" / "producers"
CACHE = ROOT / "var" / "producers"
BUILD_SECONDS = 280


@dataclass(frozen=True)
class Producer:
    """A worked producer that can be run; `command` is without its arguments."""

    name: str
    command: tuple[str, ...]

    def run(self, *arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("YPSEM_")}
        return subprocess.run(
            [*self.command, *arguments], env=own | environment, input=typed, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip

    def lines(self, *arguments: str, typed: str = "", **environment: str) -> list[str]:
        """What it prints; AssertionError with what it says when it fails."""
        done = self.run(*arguments, typed=typed, **environment)
        assert done.returncode == 0, f"{self.name}: {done.stderr[-2000:]}"
        return done.stdout.splitlines()


def needs(program: str) -> str:
    """Path of a program, or a skip."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"no {program} on this machine: a worked producer was not run")
    return found


def built(name: str, sources: Iterable[Path], build: Callable[[Path], None]) -> Path:
    """Folder of what `build` makes of these sources; skips when it cannot (no registry can be reached, mostly)."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources))).hexdigest()[:16]
    folder = CACHE / f"{name}-{digest}"
    if not folder.is_dir():
        making = CACHE / f"{name}-{uuid.uuid4().hex}"
        making.mkdir(parents=True)
        try:
            build(making)
            making.rename(folder)
        except (subprocess.SubprocessError, OSError) as error:
            said = getattr(error, "stderr", None) or str(error)
            shutil.rmtree(making, ignore_errors=True)
            if not folder.is_dir():
                pytest.skip(f"{name}: could not be built: {str(said).strip()[-300:]}")
    return folder


def tool(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    """One step of a build; raises `subprocess.CalledProcessError`."""
    subprocess.run(
        command, cwd=cwd, env=os.environ | dict(env or {}), check=True, capture_output=True, text=True,
        timeout=BUILD_SECONDS,
    )  # fmt: skip


def packages_of_npm(name: str, source: Path) -> Path:
    """A folder with `source`'s files and what its lock file names."""
    npm = needs("npm")
    sources = [path for path in source.iterdir() if path.is_file()]

    def build(folder: Path) -> None:
        for path in sources:
            shutil.copy(path, folder)
        tool(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder)

    return built(name, sources, build)


def javascript(script: str = "producer.mjs") -> Producer:
    """kafkajs, or the official CloudEvents SDK with it."""
    node = needs("node")
    return Producer(f"javascript/{script}", (node, str(packages_of_npm("javascript", WORKED / "javascript") / script)))


def python(script: str = "producer.py") -> Producer:
    """kafka-python, or the official CloudEvents SDK with it, in an environment of its own."""
    requirements = WORKED / "python" / "requirements.txt"
    scripts = sorted((WORKED / "python").glob("*.py"))

    def build(folder: Path) -> None:
        tool(sys.executable, "-m", "venv", str(folder / "venv"))
        pip = (str(folder / "venv/bin/python"), "-m", "pip", "install", "--quiet", "--require-hashes")
        tool(*pip, "-r", str(requirements))
        for path in scripts:
            shutil.copy(path, folder)

    folder = built("python", [requirements, *scripts], build)
    return Producer(f"python/{script}", (str(folder / "venv/bin/python"), str(folder / script)))


def jvm() -> Producer:
    """kafka-clients, from the jars of the tests' broker."""
    javac = needs("javac")
    sources = sorted((WORKED / "java").glob("*.java"))
    try:
        jars = class_path()
        program = java()
    except BrokerMissing as error:
        pytest.skip(str(error))

    def build(folder: Path) -> None:
        tool(javac, "-d", str(folder), "-cp", jars, *map(str, sources))

    return Producer("java", (program, "-cp", f"{built('java', sources, build)}:{jars}", "Producer"))


def golang() -> Producer:
    """franz-go."""
    go = needs("go")
    sources = [path for path in (WORKED / "go").iterdir() if path.is_file()]

    def build(folder: Path) -> None:
        tool(go, "build", "-o", str(folder / "producer"), ".", cwd=WORKED / "go", env={"GOFLAGS": "-mod=readonly"})

    return Producer("go", (str(built("go", sources, build) / "producer"),))
