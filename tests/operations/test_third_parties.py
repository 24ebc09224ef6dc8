"""What the compose file tells Kafka and PostgreSQL, tried on their own binaries: no Docker is needed (decision 24)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient
from sqlalchemy import create_engine, make_url, text

from demo.brokers.apache import ApacheKafka
from demo.brokers.jars import class_path, java
from demo.processes import free_port
from models.contract.topics import REMEDIES
from models.contract.transport import Transport
from streams.access.certificates import make as make_certificates
from tests.operations.files import ROOT, compose
from tests.support.lanes import missing
from tests.support.postgres import PostgresMissing, running_server
from tests.support.waiting import poll_until

NOT_PROPERTIES = {"KAFKA_HEAP_OPTS"}
"""Read by Kafka's start script; the image makes a property of every other KAFKA_ variable."""


class ComposedKafka(ApacheKafka):
    """A broker with the settings of the compose file; addresses and folders are this machine's."""

    def __init__(self, folder: Path) -> None:
        protocols = compose()["services"]["kafka"]["environment"]["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"]
        self.agencies = free_port()
        # Said once more for who waits for the broker: what it is called there is CLIENTS.
        super().__init__(folder, 1, {"listener.security.protocol.map": f"{protocols},CLIENTS:SASL_SSL"})

    def _generated(self, node: int) -> dict[str, str]:
        environment = compose()["services"]["kafka"]["environment"]
        folder = str(self._folder / f"data-{node}")
        here = {"KAFKA_LOG_DIRS": folder}
        found = {}
        for name, value in {**environment, **here}.items():
            if name in NOT_PROPERTIES:
                continue
            assert name.startswith("KAFKA_"), f"{name} is not a setting of the broker"
            found[_property(name)] = self._here(value)
        return found

    def _here(self, value: str) -> str:
        services, admin, controller = self._ports[0]
        ports = ((":9092", services), (":9094", self.agencies), (":9095", admin), (":9093", controller))
        for inside, outside in ports:
            value = value.replace(f"://{inside}", f"://127.0.0.1:{outside}").replace(
                f"kafka{inside}", f"127.0.0.1:{outside}"
            )
            value = value.replace(f"127.0.0.1{inside}", f"127.0.0.1:{outside}")
        return value.replace("/run/secrets", str(self._folder.parent / "tls"))


def _property(name: str) -> str:
    """As the image does: a dot for one underscore, an underscore for two, a dash for three."""
    text = name.removeprefix("KAFKA_").lower()
    return text.replace("___", "-").replace("__", "\0").replace("_", ".").replace("\0", "_")


def _in_place(service: str, folder: Path, bootstrap: str) -> dict[str, str]:
    """A service's environment with the addresses and files of this machine; nothing of the caller's."""
    found = {}
    for name, value in compose()["services"][service]["environment"].items():
        found[name] = value.replace("/run/secrets/kafka-password", str(folder / f"kafka/ypsem-{service}.password"))
        found[name] = found[name].replace("/run/secrets", str(folder / "tls"))
    return found | {"YPSEM_BOOTSTRAP": bootstrap, "YPSEM_REGISTER": str(ROOT / "demo" / "register"), "PATH": os.defpath}


def _run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.batch
def test_kafka_starts_with_these_settings_and_lets_each_service_in(kafka_jars: None, tmp_path: Path) -> None:
    make_certificates(tmp_path / "tls", ["kafka", "127.0.0.1"], 30)
    with ComposedKafka(tmp_path / "kafka") as broker:
        admin = _in_place("topics", tmp_path, broker.internal)
        command = compose()["services"]["topics"]["command"]
        for expected in ("create with", "nothing to change"):
            done = _run(admin, *command[1:])
            assert done.returncode == 0, done.stdout + done.stderr
            assert expected in done.stdout
        done = _run(admin, "-m", "streams", "access", "--apply", "--passwords", str(tmp_path / "kafka"))
        assert done.returncode == 0, done.stderr
        for service in ("intake", "ledger", "sink"):
            secured = Transport.model_validate(
                {name.removeprefix("YPSEM_").lower(): value
                 for name, value in _in_place(service, tmp_path, broker.bootstrap).items()}
            )  # fmt: skip
            client = KafkaAdminClient(bootstrap_servers=broker.bootstrap, **secured.client())
            assert [one["name"] for one in client.describe_topics([REMEDIES])] == [REMEDIES]
            client.close()
        assert [_run(_in_place("topics", tmp_path, at), *command[1:]).returncode for at in (broker.bootstrap,)] == [2]
        tools = [java(), "-cp", class_path(), "kafka.admin.ConfigCommand", "--bootstrap-server", broker.internal]
        config = ["--command-config", str(tmp_path / "tls" / "admin.properties")]
        told = subprocess.run(
            [*tools, *config, "--describe", "--entity-type", "users"], capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        assert "ypsem-intake" in told.stdout, told.stderr
        assert "agency.aldermere-police" in told.stdout
        assert "producer_byte_rate" in told.stdout, "what Kafka's own tool sees of the quotas"


@pytest.mark.postgres
@pytest.mark.slow
def test_the_sink_and_the_pages_reach_postgres_by_the_password_file_alone(tmp_path: Path) -> None:
    """PostgreSQL asks for a password over TCP, as its image does; the URL of the compose file has none."""
    password = tmp_path / "pgpass"
    service = compose()["services"]["sink"]
    assert (
        service["environment"]["YPSEM_DATABASE_URL"]
        == compose()["services"]["dashboards"]["environment"]["YPSEM_DATABASE_URL"]
    )
    try:
        with running_server() as server:
            engine = create_engine(server, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text("ALTER ROLE ypsem PASSWORD 'synthetic'"))
                connection.execute(text("CREATE DATABASE ypsem"))
                hba = Path(str(connection.execute(text("SHOW hba_file")).scalar_one()))
                hba.write_text("host all all 127.0.0.1/32 scram-sha-256\n")
                connection.execute(text("SELECT pg_reload_conf()"))
            engine.dispose()
            url = make_url(service["environment"]["YPSEM_DATABASE_URL"]).set(host="127.0.0.1", port=server.port)
            password.write_text(f"127.0.0.1:{server.port}:ypsem:ypsem:synthetic\n")
            password.chmod(0o600)
            poll_until(lambda: _upgrade(str(url), tmp_path / "no-such-file") != 0, 10, "the password is asked for")
            assert _upgrade(str(url), password) == 0
    except PostgresMissing as error:
        missing(str(error))


def _upgrade(url: str, password_file: Path) -> int:
    """Make the tables, as the sink does when it starts; the exit code."""
    script = "import sys; from models.store import make_engine, upgrade; upgrade(make_engine(sys.argv[1]))"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(
        [sys.executable, "-c", script, url],
        cwd=ROOT, env={**environment, "PGPASSFILE": str(password_file)}, capture_output=True, timeout=60, check=False,
    ).returncode  # fmt: skip
