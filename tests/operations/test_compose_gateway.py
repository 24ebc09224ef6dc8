"""The second compose file adds the HTTP intake, with its own login and rights, and changes nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.operations.files import COMPOSE, PROMETHEUS, ROOT, compose
from tests.operations.test_compose import BY_HAND, SERVICES, secrets_in

GATEWAY = ROOT / "docker-compose.gateway.yml"


def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(GATEWAY.read_text("utf-8"))
    return found


def test_it_runs_with_nothing_but_its_own() -> None:
    gateway = document()["services"]["gateway"]
    assert gateway["read_only"] is True
    assert gateway["cap_drop"] == ["ALL"]
    assert not str(gateway["user"]).startswith(("0", "root"))
    assert all(volume.endswith(":ro") for volume in gateway["volumes"])
    mounted = " ".join(gateway["volumes"])
    assert not any(name in mounted for name in ("/intake", "/ledger", "pgpass", "admin", "broker"))
    assert gateway["environment"]["YPSEM_KAFKA_SASL_USERNAME"] == "ypsem-gateway"
    networks = set(gateway["networks"])
    assert networks.isdisjoint(compose()["services"]["postgres"]["networks"])
    assert "stream" in networks
    assert all(port.startswith("127.0.0.1:") for port in gateway["ports"])
    assert secrets_in(document()) == []


def test_every_variable_is_one_that_the_command_knows() -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "agencies", "serve", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=True,
    ).stdout  # fmt: skip
    given = document()["services"]["gateway"]["environment"]
    others = {name for name in given if not name.startswith("YPSEM_KAFKA_")}
    assert {name for name in others if name not in helped} == set()


def test_its_image_adds_the_agencies_package_to_the_services() -> None:
    lines = (ROOT / "Dockerfile.gateway").read_text("utf-8").splitlines()
    assert [line.split()[1] for line in lines if line.startswith("FROM ")] == [compose()["services"]["sink"]["image"]]
    assert [line for line in lines if line.startswith("COPY ")] == ["COPY agencies/ agencies/"]
    assert [line for line in lines if line.startswith("USER ")][-1] == "USER 10001:10001"


def test_prometheus_finds_it() -> None:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    (job,) = (job for job in config["scrape_configs"] if job["job_name"] == "gateway")
    (where,) = job["file_sd_configs"][0]["files"]
    ((volume,),) = [document()["services"]["prometheus"]["volumes"]]
    source, target, _ = volume.split(":")
    (told,) = yaml.safe_load((ROOT / source / Path(where).name).read_text("utf-8"))
    assert Path(where).parent == Path(target)
    assert told["targets"] == [f"gateway:{document()['services']['gateway']['environment']['YPSEM_METRICS_PORT']}"]


@pytest.mark.slow
def test_docker_compose_accepts_both_files_together() -> None:
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not on PATH: whether 1.29 accepts the files was not tried")
    command = ["docker-compose", "-f", str(COMPOSE), "-f", str(GATEWAY), "config"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    both = yaml.safe_load(done.stdout)["services"]
    assert set(both) == SERVICES | BY_HAND | {"gateway"}
    assert len(both["prometheus"]["volumes"]) == len(compose()["services"]["prometheus"]["volumes"]) + 1
