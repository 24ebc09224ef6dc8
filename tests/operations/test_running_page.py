"""docs/running.md lists every setting with its default, and its commands are the real ones."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import make_url

from agencies.__main__ import main as agencies_command
from agencies.settings import KafkaSettings
from analysis.__main__ import main as analysis_command
from consumers.__main__ import main as consumers_command
from dashboards.__main__ import main as dashboards_command
from models.contract import topics
from models.register import load_register
from models.service import clock
from models.service.keyfiles import read_key
from models.store import SinkOffsetRow
from models.store.__main__ import main as store_command
from models.store.roles import RIGHTS, passwords_in
from streams.__main__ import cli as streams_command
from streams.access.passwords import Passwords
from streams.access.principals import principals
from streams.intake.app import gate_keys
from tests.operations.files import ROOT, SETTINGS, compose, tables, variables

PAGE = (ROOT / "docs" / "running.md").read_text("utf-8")
COMMANDS = {
    "streams": streams_command, "consumers": consumers_command, "dashboards": dashboards_command,
    "agencies": agencies_command, "analysis": analysis_command, "models.store": store_command,
}  # fmt: skip


def shown(default: Any) -> str:
    """A default as the page writes it."""
    if isinstance(default, bool):
        return str(default).lower()
    if default is None:
        return "none"
    if isinstance(default, Enum):
        return str(default.value)
    return str(default)


def listed(package: str) -> dict[str, str]:
    """Variable -> default, as the page has them."""
    rows = tables(PAGE, f"### `python -m {package}`")
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0].strip("`"): row[1].strip("`") for row in rows}


@pytest.mark.parametrize("package", sorted(SETTINGS))
def test_every_setting_of_a_process_is_listed_with_its_default(package: str) -> None:
    wanted = {name: shown(default) for name, default in variables(SETTINGS[package]).items()}
    assert listed(package) == wanted


def options(command: click.Command) -> dict[str, Any]:
    """Environment variable -> default, of a command and everything below it."""
    found = {
        str(option.envvar): option.default
        for option in command.params
        if isinstance(option, click.Option) and option.envvar
    }
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        found |= options(below)
    return found


def test_every_variable_of_an_agencys_commands_is_listed() -> None:
    own = options(agencies_command)
    kafka = variables(KafkaSettings)
    page = listed("agencies")
    assert set(page) == set(own) | set(kafka)
    for name, default in {**own, **kafka}.items():
        given = isinstance(default, str | Path | int | float)
        assert page[name] == (shown(default).removesuffix(".0") if given else "none"), name


def test_every_variable_of_the_owners_command_is_listed() -> None:
    assert set(listed("models.store")) == set(options(store_command))


def test_no_process_reads_a_variable_that_the_page_does_not_have() -> None:
    source = "\n".join(
        path.read_text("utf-8")
        for package in ("models", "agencies", "analysis", "streams", "consumers", "dashboards")
        for path in (ROOT / package).rglob("*.py")
    )
    read = {name for name in re.findall(r"\bYPSEM_[A-Z][A-Z_]*[A-Z]\b", source) if name != "YPSEM_KAFKA"}
    assert {name for name in read if name not in PAGE} == set()


def test_what_the_compose_file_takes_from_the_environment_is_listed_with_its_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    taken = set(re.findall(r"\$\{(YPSEM_\w+):-([^}]*)\}", text))
    page = {(row[0].strip("`"), row[1].strip("`")) for row in tables(PAGE, "### The compose file")}
    assert page == taken
    assert text.count("${") == len(re.findall(r"\$\{YPSEM_\w+:-", text)) + text.count("under ${YPSEM_SECRETS}")


def test_the_services_of_the_compose_file_are_the_ones_listed() -> None:
    rows = tables(PAGE, "## What runs")
    assert [row[0].strip("`") for row in rows] == list(compose()["services"])
    for row in rows:
        if row[1].startswith("`python"):
            assert row[1].strip("`").split() == compose()["services"][row[0].strip("`")]["command"]


def blocks() -> list[str]:
    """The shell blocks of the page."""
    return re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.slow
def test_the_keys_of_the_first_steps_are_the_ones_that_intake_and_ledger_want(tmp_path: Path) -> None:
    commands = [match for block in blocks() for match in re.findall(r"setup python (-m streams keys .*)", block)]
    assert len(commands) == 2
    for command in commands:
        arguments = command.replace("/secrets", str(tmp_path)).split()
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
    assert list(gate_keys(tmp_path / "intake")) == [1]
    for name in ("record", "rounding"):
        assert read_key(tmp_path / "ledger" / f"{name}.key", name).secret
    assert {path.parent.name for path in tmp_path.rglob("gate-*")} == {"intake"}


CERTIFICATES, KEYS, ACCESS = "-m streams certificates", "-m streams keys", "-m streams access --apply"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on PATH: certificates cannot be made")
def test_at_each_of_the_first_steps_every_file_that_is_mounted_is_there(tmp_path: Path) -> None:
    """On a fresh clone: if a mounted file is missing, Docker makes a folder of root's, and all that follows fails."""
    secrets = tmp_path / "var" / "secrets"
    steps = PAGE.split("\n## First steps on one machine\n")[1].split("\n## ")[0]
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", steps, re.DOTALL)).replace("\\\n", " ")
    subprocess.run(
        ["bash", "-euc", shell.split("docker-compose")[0]], cwd=tmp_path, check=True, env={"PATH": os.environ["PATH"]}
    )
    started: list[str] = []
    chosen = dict(re.findall(r"^export (YPSEM_REGISTER_DIR)=(\S+)", shell, re.MULTILINE))
    for line in shell.splitlines():
        words = shlex.split(line, comments=True)
        if words[:2] not in (["docker-compose", "run"], ["docker-compose", "up"]):
            continue
        named = [name for name in words[2:] if name in compose()["services"]][:1]
        services = named or [name for name, one in compose()["services"].items() if not one.get("profiles")]
        for name in services:
            assert [path for path in mounts(name, tmp_path, chosen) if not path.exists()] == [], (line, name)
        started += services
        if CERTIFICATES in line or KEYS in line:
            own = [word.replace("/secrets", str(secrets)) for word in words[words.index("python") + 1 :]]
            subprocess.run([sys.executable, *own], cwd=ROOT, check=True, capture_output=True)
        elif ACCESS in line:
            for principal in principals(load_register(ROOT / "demo" / "register", clock.today())):
                Passwords(secrets / "kafka").make(principal)
    assert {"setup", "kafka", "topics", "intake", "postgres", "tables", "sink", "reviewer"} <= set(started)
    assert "PRIVATE KEY" in (secrets / "tls" / "broker.pem").read_text()


def mounts(service: str, folder: Path, chosen: dict[str, str]) -> list[Path]:
    """The host's files that a service mounts, if the checkout were `folder`; `chosen`: variables that are set."""
    document = compose()["services"][service]
    sources = [volume.removesuffix(":ro").rpartition(":")[0] for volume in document.get("volumes", ())]
    sources += [compose()["secrets"][name]["file"] for name in document.get("secrets", ())]
    found = [re.sub(r"\$\{(\w+):-([^}]*)\}", lambda one: chosen.get(one[1], one[2]), source) for source in sources]
    return [(folder if source.startswith("./var") else ROOT) / source for source in found if source.startswith("./")]


def test_the_passwords_of_the_first_steps_are_readable_by_their_owner_only_and_agree(tmp_path: Path) -> None:
    lines = [line for line in blocks()[0].splitlines() if not line.startswith("docker-compose")]
    subprocess.run(["bash", "-euc", "\n".join(lines)], cwd=tmp_path, check=True, env={"PATH": os.environ["PATH"]})
    secrets = tmp_path / "var" / "secrets"
    files = {path.name: path for path in secrets.iterdir() if path.is_file()}
    assert set(files) == set(compose()["secrets"])
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    password = files["postgres-password"].read_text()
    assert len(password) > 25
    assert "\n" not in password
    lines = files["pgpass"].read_text().splitlines()
    assert lines.pop(0) == f"postgres:5432:ypsem:ypsem:{password}"
    own = {login: files[f"pgpass-{login.removeprefix('ypsem_')}"] for login in RIGHTS}
    assert sorted(lines) == sorted(path.read_text().strip() for path in own.values())
    url = make_url("postgresql://ypsem@postgres/ypsem")
    found = passwords_in(files["pgpass"], url)
    assert found == {login: passwords_in(path, url)[login] for login, path in own.items()}
    assert len({password, *found.values()}) == 1 + len(RIGHTS)
    assert files["grafana-password"].read_text() != password


def commands_of_ours() -> list[list[str]]:
    """Every `python -m …` of the page, with its words."""
    text = "\n".join(blocks()).replace("\\\n", " ")
    found = [shlex.split(line, comments=True) for line in text.splitlines() if re.search(r"python -m (?!demo)", line)]
    found += [shlex.split(command) for command in re.findall(r"`(python -m (?!demo)[^`]+)`", PAGE)]
    return [words[words.index("-m") + 1 :] for words in found]


def test_every_command_on_the_page_exists_with_its_options() -> None:
    assert len(commands_of_ours()) > 8
    for package, *words in commands_of_ours():
        command: click.Command = COMMANDS[package]
        while words and isinstance(command, click.Group) and not words[0].startswith("-"):
            found = command.get_command(click.Context(command), words[0])
            assert found is not None, words
            command, words = found, words[1:]
        known = {name for option in command.params for name in option.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= known, words


def test_topics_and_tables_on_the_page_exist() -> None:
    for name in re.findall(r"--topic (\S+)", PAGE):
        assert name == topics.DEAD_LETTERS
    assert SinkOffsetRow.__tablename__ in PAGE
    assert f"`{topics.LEDGER_APP}`" in PAGE


def test_a_link_to_another_page_leads_to_a_heading() -> None:
    for page in ("running.md", "rules.md", "runbook.md"):
        text = (ROOT / "docs" / page).read_text("utf-8")
        for target, anchor in re.findall(r"\]\(([a-z]+\.md)?(?:#([a-z0-9-]+))?\)", text):
            headings = (ROOT / "docs" / (target or page)).read_text("utf-8").splitlines()
            titles = [line.lstrip("# ").lower() for line in headings if line.startswith("#")]
            # As GitHub makes them: commas and apostrophes go.
            anchors = {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}
            assert not anchor or anchor in anchors, (page, target, anchor)
