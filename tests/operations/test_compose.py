"""The compose file starts commands that exist, with settings they know; it exposes no port and reveals no secret."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import make_url

from demo.provider.people import PEOPLE
from models.store.roles import PAGES, RETENTION, REVIEWER, RIGHTS, SINK
from tests.operations.files import COMPOSE, ROOT, SCRAPE_JOBS, SETTINGS, compose, ours, variables

pytestmark = pytest.mark.slow

SERVICES = {
    "kafka", "postgres", "topics", "tables", "intake", "ledger", "sink", "dashboards", "operations", "retention",
    "prometheus", "grafana",
}  # fmt: skip
ONE_SHOT = {"topics", "tables"}
BY_HAND = {"setup", "reviewer"}
"""Started by a person with `docker-compose run`, never by `up`."""
TO_TRY = {"keycloak"}
"""Started by `up` with its profile alone."""
DAILY = {"retention"}
"""Runs on and on, and serves no metrics: it does something once a day."""
OURS = sorted({*SCRAPE_JOBS, *ONE_SHOT, *BY_HAND, *DAILY})
NOT_OURS = {"PGPASSFILE"}
"""What libpq reads; not a setting of this service."""

SECRET_NAME = re.compile(r"(?i)pass|secret|token|credential|(?<!YPSEM_)key(?!s?$)")
NO_SECRET = {"KAFKA_SSL_KEYSTORE_TYPE"}
"""Names that describe the form of a file, whatever they sound like."""
LOOKS_SECRET = [
    re.compile(r"\b[0-9a-fA-F]{32,}\b"),
    re.compile(r"\b(?=\w*\d)(?=\w*[a-z])(?=\w*[A-Z])[A-Za-z0-9+_-]{20,}\b"),
    re.compile(r"://[^/@\s:]+:[^@\s]+@"),
    re.compile(r"-----BEGIN"),
]


def test_these_are_the_services() -> None:
    assert set(compose()["services"]) == SERVICES | BY_HAND | TO_TRY
    assert set(ours()) == set(OURS)
    assert {name for name, service in compose()["services"].items() if service.get("profiles")} == BY_HAND | TO_TRY
    assert all(compose()["services"][name]["profiles"] == [name] for name in BY_HAND | TO_TRY)


@pytest.mark.parametrize("name", sorted(SERVICES | BY_HAND | TO_TRY))
def test_an_image_has_a_tag_that_does_not_move(name: str) -> None:
    image = compose()["services"][name]["image"]
    repository, _, tag = image.rpartition(":")
    assert repository
    assert re.fullmatch(r"[0-9v][\w.-]*\.[\w.-]+", tag), f"{image} is not pinned"


@cache
def help_of(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`python -m words… --help`, run from `folder`."""
    return subprocess.run(
        [sys.executable, "-m", *words, "--help"],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith(("YPSEM_", "PYTHONPATH"))},
    )  # fmt: skip


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the Dockerfile copies, and nothing else."""
    folder = tmp_path_factory.mktemp("app")
    for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("COPY "):
            source, target = line.split()[1:]
            if source.endswith("/"):
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / source, folder / target, ignore=ignored)
            else:
                shutil.copy(ROOT / source, folder / target)
    return folder


@pytest.mark.parametrize("name", OURS)
def test_a_services_command_exists_in_the_image_and_has_its_options(name: str, image: Path) -> None:
    command = ours()[name]["command"]
    assert command[:2] == ["python", "-m"]
    done = help_of(image, *command[2:4])
    assert done.returncode == 0, done.stderr
    for option in (word for word in command if word.startswith("--")):
        assert option in done.stdout


def test_a_command_that_does_not_exist_is_noticed(image: Path) -> None:
    assert help_of(image, "consumers", "migrate").returncode != 0
    assert help_of(image, "agencies", "check").returncode != 0, "the image holds an agency's tools"


def unset(value: Any) -> Any:
    """What compose makes of a value when nothing is set in its environment."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) if isinstance(value, str) else value


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_a_service_is_a_setting_of_its_process(name: str) -> None:
    service = ours()[name]
    given = {key: unset(value) for key, value in service.get("environment", {}).items() if key not in NOT_OURS}
    if service["command"][2] == "models.store":
        assert set(given) <= {"YPSEM_DATABASE_URL", "YPSEM_AUDIT_YEARS"}, "options of its commands"
        return
    settings = SETTINGS[service["command"][2]]
    known = variables(settings)
    assert set(given) <= set(known)
    assert all(isinstance(value, str) for value in given.values()), "quoted, so that nothing is read as a number"
    assert settings.model_validate(
        {
            alias if (alias := str(field.validation_alias)) in known else key: given[variable]
            for key, field in settings.model_fields.items()
            if (variable := str(field.validation_alias or f"YPSEM_{key.upper()}")) in given
        }
    )


@pytest.mark.parametrize("name", sorted(SCRAPE_JOBS))
def test_a_process_says_how_it_is_where_prometheus_and_compose_ask(name: str) -> None:
    service = ours()[name]
    assert service["environment"]["YPSEM_METRICS_HOST"] == "0.0.0.0"  # noqa: S104 (inside its own network)
    assert "watch" in service["networks"]
    script = service["healthcheck"]["test"][3]
    compile(script, "healthcheck", "exec")
    assert all(part in script for part in ("YPSEM_METRICS_PORT", '"live"', '"ready"'))


def test_only_the_loopback_interface_is_published() -> None:
    published = [port for service in compose()["services"].values() for port in service.get("ports", ())]
    assert published
    ports = r"(127\.0\.0\.1|\$\{YPSEM_KAFKA_ADDRESS:-127\.0\.0\.1\}):\d+:\d+"
    assert [port for port in published if not re.fullmatch(ports, port)] == []


WORKERS = {"intake": "intake-work", "ledger": "ledger-work"}
"""Worker -> the one volume it may write to: its count of crashes, which a restarted container must find again."""


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_can_write_nowhere_else_and_gains_no_rights(name: str) -> None:
    service = ours()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not str(service["user"]).startswith(("0", "root"))
    writable = [volume.split(":")[0] for volume in service.get("volumes", ()) if not volume.endswith(":ro")]
    if name == "setup":
        assert (service["network_mode"], len(writable)) == ("none", 1), "it makes the secrets, and reaches nobody"
        return
    assert writable == ([WORKERS[name]] if name in WORKERS else [])


@pytest.mark.parametrize("name", sorted(WORKERS))
def test_a_worker_keeps_its_count_of_crashes_when_its_container_is_started_again(name: str) -> None:
    """A tmpfs is empty after every start, so no record would ever be seen to have stopped the worker three times."""
    service = ours()[name]
    datadir = Path(service["environment"]["YPSEM_DATADIR"])
    for mount in service["tmpfs"]:
        assert not datadir.is_relative_to(mount.split(":")[0]), mount
    targets = {volume.split(":")[1] for volume in service["volumes"] if volume.split(":")[0] == WORKERS[name]}
    assert targets == {str(datadir)}
    assert WORKERS[name] in compose()["volumes"]
    # A new volume gets owner and mode from the image's folder, and the services run as whoever owns the key files.
    made = re.search(
        rf"install --directory --mode 1777 {re.escape(str(datadir))}\b", (ROOT / "Dockerfile").read_text("utf-8")
    )
    assert made, "the volume would belong to root"


def mounted(name: str) -> set[str]:
    """The host folder that a service sees as /keys."""
    return {volume.rpartition(":/keys")[0] for volume in ours()[name].get("volumes", ()) if ":/keys" in volume}


def test_intake_and_ledger_hold_different_keys_and_nobody_else_holds_any() -> None:
    folders = {name: mounted(name) for name in ours()}
    assert {name for name, found in folders.items() if found} == {"intake", "ledger", "operations"}
    assert folders["intake"].isdisjoint(folders["ledger"])
    assert folders["operations"] == folders["intake"], "a redrive decides as intake does, while it runs"


def test_each_process_logs_in_as_itself_and_the_owner_of_the_tables_is_no_service() -> None:
    logins = {
        name: (make_url(url).username, service["environment"]["PGPASSFILE"], service["secrets"])
        for name, service in ours().items()
        if (url := service.get("environment", {}).get("YPSEM_DATABASE_URL"))
    }
    assert logins == {
        "tables": ("ypsem", "/run/secrets/pgpass", ["pgpass"]),
        "sink": (SINK, "/run/secrets/pgpass-sink", ["pgpass-sink"]),
        "dashboards": (PAGES, "/run/secrets/pgpass-pages", ["pgpass-pages"]),
        "reviewer": (REVIEWER, "/run/secrets/pgpass-reviewer", ["pgpass-reviewer"]),
        "retention": (RETENTION, "/run/secrets/pgpass-retention", ["pgpass-retention"]),
    }
    assert {login for login, _, _ in logins.values()} == {"ypsem", *RIGHTS}
    assert compose()["services"]["postgres"]["environment"]["POSTGRES_USER"] == "ypsem"
    for name in ("sink", "dashboards", "retention"):
        assert ours()[name]["depends_on"]["tables"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", ["tables", "sink", "dashboards", "reviewer", "retention"])
def test_a_connection_to_the_database_is_over_tls_and_checks_who_answers(name: str) -> None:
    query = make_url(ours()[name]["environment"]["YPSEM_DATABASE_URL"]).query
    assert query == {"sslmode": "verify-full", "sslrootcert": "/run/secrets/ca.pem"}
    assert any(volume.endswith("/tls/ca.pem:/run/secrets/ca.pem:ro") for volume in ours()[name]["volumes"])


def test_who_removes_rows_of_the_log_and_who_checks_it_agree_on_its_time() -> None:
    given = {name: service.get("environment", {}).get("YPSEM_AUDIT_YEARS") for name, service in ours().items()}
    assert {name for name, years in given.items() if years} == {"retention", "dashboards", "reviewer"}
    assert len({years for years in given.values() if years}) == 1


def test_the_pages_cannot_reach_kafka_and_the_stream_tier_no_database() -> None:
    services = compose()["services"]
    networks = {name: set(service.get("networks", ())) for name, service in services.items()}
    internal = {name for name, network in compose()["networks"].items() if (network or {}).get("internal")}
    for role in ("dashboards", "reviewer", "tables", "retention"):
        assert networks[role].isdisjoint(networks["kafka"])
    for role in ("intake", "ledger", "topics", "operations"):
        assert networks[role].isdisjoint(networks["postgres"])
    assert networks["postgres"] <= internal


def test_keycloak_serves_this_machine_alone_and_knows_the_pages_by_the_addresses_of_this_file() -> None:
    services = compose()["services"]
    assert services["keycloak"]["network_mode"] == "service:dashboards", "the pages and browsers know it by one address"
    (command,) = services["keycloak"]["command"]
    port = re.search(r"--http-port=(\d+)", command)
    assert port
    address = f"http://127.0.0.1:{port[1]}"
    assert f"--hostname={address}" in command
    assert f"127.0.0.1:{port[1]}:{port[1]}" in services["dashboards"]["ports"]
    assert f"{address}/realms/ypsem" in (ROOT / "docs" / "running.md").read_text("utf-8")
    assert services["keycloak"]["volumes"] == ["./demo/keycloak:/opt/keycloak/data/import:ro"]
    realm = json.loads((ROOT / "demo" / "keycloak" / "realm-ypsem.json").read_text("utf-8"))
    (client,) = realm["clients"]
    pages = services["dashboards"]["environment"]["YPSEM_WEB_URL"].partition(":-")[2].rstrip("}")
    assert client["redirectUris"] == [f"{pages}/sign-in/back"]
    assert client["attributes"]["post.logout.redirect.uris"] == f"{pages}/signed-out"
    assert (
        client["clientId"] == services["dashboards"]["environment"]["YPSEM_SIGN_IN_CLIENT_ID"].partition(":-")[2][:-1]
    )
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    people = {user["username"]: tuple(user["realmRoles"]) for user in realm["users"]}
    assert people == {person.subject: person.roles for person in PEOPLE}, "those of the demo"
    assert not any("credentials" in user for user in realm["users"]), "nobody has a password that is in a file"


def test_what_runs_is_restarted_and_what_runs_once_is_not() -> None:
    restarts = {name: service["restart"] for name, service in compose()["services"].items()}
    once = ONE_SHOT | BY_HAND | TO_TRY
    assert restarts == {name: "no" if name in once else "unless-stopped" for name in SERVICES | once}


def strings(node: Any) -> list[str]:
    """Every scalar of a document, as text."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    if isinstance(node, list):
        return [text for value in node for text in strings(value)]
    return [str(node)]


def secrets_in(document: dict[str, Any]) -> list[str]:
    """Where a compose document seems to hold a secret."""
    found = [text for text in strings(document) if any(look.search(text) for look in LOOKS_SECRET)]
    for name, service in document["services"].items():
        for key, value in (service.get("environment") or {}).items():
            if SECRET_NAME.search(key) and key not in NO_SECRET and not str(value).startswith("/run/secrets/"):
                found.append(f"{name}: {key}")
    return found


def test_no_secret_is_in_the_file() -> None:
    assert secrets_in(compose()) == []
    assert all(set(secret) == {"file"} for secret in compose()["secrets"].values())
    declared, used = set(compose()["secrets"]), set()
    for service in compose()["services"].values():
        used |= set(service.get("secrets", ()))
    assert used == declared


@pytest.mark.parametrize(
    "environment",
    [
        {"POSTGRES_PASSWORD": "short"},
        {"YPSEM_DATABASE_URL": "postgresql://ypsem:short@postgres/ypsem"},
        {"ANYTHING": "0123456789abcdef0123456789abcdef"},
        {"KAFKA_SASL_JAAS_CONFIG_SECRET": "x"},
    ],
)
def test_the_search_for_secrets_finds_them(environment: dict[str, str]) -> None:
    assert secrets_in({"services": {"any": {"environment": environment}}})


def test_the_image_runs_as_nobody_in_particular_and_is_built_from_the_lock_file() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    assert [line.split()[1] for line in lines if line.startswith("FROM ")] == ["python:3.11-slim-bookworm"]
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert "RUN python -m pip install --require-hashes -r requirements.lock" in lines
    assert not [line for line in lines if line.startswith("ADD ")]


def test_what_the_image_is_built_from_is_listed_and_everything_else_is_left_out() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        line.split()[1]
        for name in ("Dockerfile", "Dockerfile.gateway")
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if line.startswith("COPY ")
    }
    assert let_in == copied


def test_docker_compose_accepts_the_file() -> None:
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not on PATH: whether 1.29 accepts the file was not tried")
    done = subprocess.run(
        ["docker-compose", "-f", str(COMPOSE), "config"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == SERVICES | BY_HAND | TO_TRY
