"""Gets Apache Kafka's jars from Maven, once per checkout, safe when several runs ask at the same time."""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
from pathlib import Path

from demo.brokers.embedded import BrokerMissing

_POM = Path(__file__).with_name("pom.xml")
_VAR = Path(__file__).parents[2] / "var"
JAVA_AT_LEAST = 17


def java() -> str:
    """Path of a Java of version 17 or newer; raises `BrokerMissing` if there is none."""
    path = shutil.which("java")
    if path is None:
        raise BrokerMissing("no java on PATH")
    printed = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=30, check=False).stderr
    version = re.search(r'version "(\d+)', printed)
    if version is None or int(version[1]) < JAVA_AT_LEAST:
        raise BrokerMissing(f"java on PATH is older than {JAVA_AT_LEAST}")
    return path


def kafka_version() -> str:
    """The version that pom.xml pins."""
    match = re.search(r"kafka_2\.13</artifactId>\s*<version>([0-9.]+)<", _POM.read_text("utf-8"))
    if match is None:
        raise BrokerMissing("pom.xml names no version of kafka_2.13")
    return match[1]


def class_path(var: Path = _VAR) -> str:
    """The jars as a Java class path, resolved into `var` if they are not there; raises `BrokerMissing`."""
    return copied(_POM, var / f"kafka-jars-{kafka_version()}")


def copied(pom: Path, folder: Path, *options: str) -> str:
    """What a pom.xml depends on, as a Java class path. Copied into `folder` if missing; raises `BrokerMissing`."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _resolve(pom, folder, options)
    return f"{folder}/*"


def _resolve(pom: Path, folder: Path, options: tuple[str, ...]) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerMissing(f"no mvn on PATH to resolve the jars of {pom.name}")
    unfinished = folder.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [
        maven,
        "-q",
        "-B",
        "-f",
        str(pom),
        "dependency:copy-dependencies",
        f"-DoutputDirectory={unfinished}",
        *options,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        raise BrokerMissing(f"mvn did not resolve the jars of {pom.name} within 300 s") from None
    if done.returncode != 0 or not list(unfinished.glob("*.jar")):
        # Maven's own words may hold addresses and paths: only that it failed is passed on.
        raise BrokerMissing(f"mvn could not resolve the jars of {pom.name} (exit code {done.returncode})")
    unfinished.rename(folder)
