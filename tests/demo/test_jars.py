"""What is missing for Apache Kafka is said in words, and leaves nothing half made."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.brokers.embedded import BrokerMissing
from demo.brokers.jars import class_path, java, kafka_version


def program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that alone is on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_java_and_maven_the_broker_is_missing(path: Path, tmp_path: Path) -> None:
    with pytest.raises(BrokerMissing, match="no java on PATH"):
        java()
    with pytest.raises(BrokerMissing, match="no mvn on PATH"):
        class_path(tmp_path / "var")


def test_an_old_java_will_not_do(path: Path) -> None:
    program(path, "java", "echo 'openjdk version \"11.0.2\"' >&2")
    with pytest.raises(BrokerMissing, match="older than 17"):
        java()


def test_a_maven_that_fails_leaves_no_jars_and_passes_on_no_address(path: Path, tmp_path: Path) -> None:
    program(path, "mvn", "echo could not reach somewhere.example >&2; exit 1")
    with pytest.raises(BrokerMissing, match=r"exit code 1\)$"):
        class_path(tmp_path / "var")
    assert [file.suffix for file in (tmp_path / "var").iterdir()] == [".lock"]


def test_the_jars_are_resolved_once(path: Path, tmp_path: Path) -> None:
    (path / "mkdir").symlink_to("/bin/mkdir")
    program(path, "mvn", 'for last; do :; done; folder=${last#*=}; mkdir -p "$folder"; : > "$folder/kafka_2.13-4.jar"')
    found = class_path(tmp_path / "var")
    assert Path(found.removesuffix("/*"), "kafka_2.13-4.jar").is_file()
    (path / "mvn").unlink()
    assert class_path(tmp_path / "var") == found


def test_the_version_is_that_of_the_pom() -> None:
    assert kafka_version().startswith("4.")
