"""From its start every process that uses a certificate shows when it runs out, whether or not the other end answers."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from agencies.serve.credentials import write
from demo.processes import free_port
from models.service.certificates import earliest
from streams.access.certificates import make
from tests.factories import stream_keys
from tests.operations.files import ROOT
from tests.support.waiting import poll_until

REGISTER = ROOT / "demo" / "register"
KAFKA = {"kafka-ca", "kafka-client"}
COMMANDS = {
    "streams": (["worker", "--role", "intake"], KAFKA),
    "consumers": (["sink"], {*KAFKA, "database-ca"}),
    "dashboards": (["serve"], {"database-ca"}),
    "agencies": (["serve", "--port", "{port}", "--tls-cert", "{broker}", "--tls-key", "{broker}"], {*KAFKA, "server"}),
}


def shown(port: int) -> dict[str, float]:
    """What a process shows of its certificates; nothing while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            found = text_string_to_metric_families(answer.read().decode())
    except OSError:
        return {}
    return {
        sample.labels["file"]: sample.value
        for family in found
        for sample in family.samples
        if sample.name == "ypsem_certificate_not_after_seconds"
    }


@pytest.mark.slow
@pytest.mark.parametrize("package", sorted(COMMANDS))
def test_a_process_shows_its_certificates(package: str, tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    make(folder, ["127.0.0.1"], 30)
    arguments, uses = COMMANDS[package]
    port, nobody, broker = free_port(), free_port(), folder / "broker.pem"
    write(tmp_path / "credentials.json", [])
    database = f"postgresql://a@127.0.0.1:{nobody}/x?sslmode=verify-full&sslrootcert={folder / 'ca.pem'}"
    settings = {
        "YPSEM_BOOTSTRAP": f"127.0.0.1:{nobody}",
        "YPSEM_DATABASE_URL": database,
        "YPSEM_REGISTER": str(REGISTER),
        "YPSEM_KEYS": str(stream_keys(tmp_path / "keys")),
        "YPSEM_DATADIR": str(tmp_path / "data"),
        "YPSEM_SERVE_CREDENTIALS": str(tmp_path / "credentials.json"),
        "YPSEM_WEB_PORT": str(free_port()),
        "YPSEM_SIGN_IN": "off",
        "YPSEM_METRICS_PORT": str(port),
        "YPSEM_KAFKA_SECURITY_PROTOCOL": "SSL",
        "YPSEM_KAFKA_SSL_CAFILE": str(folder / "ca.pem"),
        "YPSEM_KAFKA_SSL_CERTFILE": str(folder / "admin.pem"),
        "YPSEM_KAFKA_SSL_KEYFILE": str(folder / "admin.key"),
    }
    files = {"kafka-ca": "ca.pem", "kafka-client": "admin.pem", "database-ca": "ca.pem", "server": "broker.pem"}
    wanted = {use: earliest((folder / files[use]).read_bytes()) for use in uses}
    command = [one.format(port=free_port(), broker=broker) for one in arguments]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", package, *command], cwd=ROOT, env=os.environ | settings, stderr=log
        )
        try:
            poll_until(lambda: shown(port) == wanted or process.poll() is not None, 30, "it answers")
            assert shown(port) == wanted, (tmp_path / "log").read_text()
        finally:
            process.kill()
            process.wait(10)
