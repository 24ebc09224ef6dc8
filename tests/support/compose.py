"""Stands in for `docker-compose` where the runbook's commands are run: `python -m tests.support.compose`.

Kafka's tools run from their jars against the test's broker, our own commands in this checkout. Starting and stopping
services is left to the test, and only noted. Its settings are in the environment variables of `environment`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from demo.brokers.jars import class_path, copied, java, kafka_version

TOOLS = {
    "kafka-configs.sh": "kafka.admin.ConfigCommand",
    "kafka-console-consumer.sh": "org.apache.kafka.tools.consumer.ConsoleConsumer",
    "kafka-consumer-groups.sh": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
    "kafka-delete-records.sh": "org.apache.kafka.tools.DeleteRecordsCommand",
}
"""The class that each of Kafka's scripts runs."""
IN_KAFKA = "/opt/kafka/bin/"
NOTED = frozenset({"stop", "start", "restart", "up"})
CALLS, ADMIN, INSIDE, MOUNTED = "STAND_IN_CALLS", "STAND_IN_ADMIN", "STAND_IN_TMP", "STAND_IN_MOUNTED"


def environment(folder: Path, bootstrap: str, mounted: dict[str, Path]) -> dict[str, str]:
    """What a shell needs to find this as `docker-compose`; `mounted` is container path -> folder here."""
    root = Path(__file__).parents[2]
    programs, inside = folder / "bin", folder / "tmp"
    for new in (programs, inside):
        new.mkdir(parents=True)
    script = programs / "docker-compose"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={root} exec {sys.executable} -m tests.support.compose "$@"\n')
    script.chmod(0o755)
    admin = folder / "admin.properties"
    admin.touch()
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "YPSEM_BOOTSTRAP": bootstrap,
        CALLS: str(folder / "calls"),
        ADMIN: str(admin),
        INSIDE: str(inside),
        MOUNTED: os.pathsep.join(f"{name}={path}" for name, path in mounted.items()),
    }


def calls(folder: Path) -> list[str]:
    """What was to be stopped and started, in order."""
    path = folder / "calls"
    return path.read_text("utf-8").splitlines() if path.exists() else []


def tools_class_path() -> str:
    """The jars of Kafka's tools and of its broker; raises `BrokerMissing` where they cannot be had."""
    broker, version = class_path(), kafka_version()
    folder = Path(broker).parent.with_name(f"kafka-tools-{version}")
    return f"{broker}:{copied(Path(__file__).with_name('kafka-tools.xml'), folder, f'-Dkafka.version={version}')}"


def main(arguments: list[str]) -> None:
    """Do what the real command would do with these arguments."""
    if arguments[0] in NOTED:
        with open(os.environ[CALLS], "a", encoding="utf-8") as file:
            file.write(" ".join(arguments) + "\n")
        return
    if arguments[:3] == ["exec", "-T", "kafka"]:
        command = [_inside(word) for word in arguments[3:]]
        if command[0].startswith(IN_KAFKA):
            name = command[0].removeprefix(IN_KAFKA)
            command = [java(), "-Xmx256m", "-cp", tools_class_path(), TOOLS[name], *command[1:]]
    elif arguments[0] == "run":
        words = list(_without_options(arguments[1:]))
        assert words[1] == "python", f"not known here: {words[1]}"
        command = [sys.executable, *(_mounted(word) for word in words[2:])]
    else:
        raise SystemExit(f"not known here: docker-compose {arguments[0]}")
    sys.exit(subprocess.run(command, check=False).returncode)


def _inside(word: str) -> str:
    """A word of a command in Kafka's container, with the addresses and files of this machine."""
    word = word.replace("/tmp/", os.environ[INSIDE] + "/")  # noqa: S108
    word = word.replace("kafka:9095", os.environ["YPSEM_BOOTSTRAP"])
    return word.replace("/run/secrets/admin.properties", os.environ[ADMIN])


def _without_options(words: list[str]) -> Iterator[str]:
    """`SERVICE python …` of `run --rm -T -v A:B SERVICE python …`."""
    rest = iter(words)
    for word in rest:
        if word == "-v":
            next(rest)
        elif word not in ("--rm", "-T"):
            yield word
            yield from rest


def _mounted(word: str) -> str:
    for pair in os.environ[MOUNTED].split(os.pathsep) if os.environ[MOUNTED] else ():
        name, _, path = pair.partition("=")
        word = word.replace(name, path)
    return word


if __name__ == "__main__":
    main(sys.argv[1:])
