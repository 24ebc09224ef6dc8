"""What the compose file tells Kafka and PostgreSQL, tried on their own binaries: no Docker is needed (decision 24)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from demo.brokers.apache import ApacheKafka
from tests.operations.files import ROOT, compose
from tests.support.lanes import missing
from tests.support.postgres import PostgresMissing, running_server
from tests.support.waiting import poll_until

NOT_PROPERTIES = {"KAFKA_HEAP_OPTS"}
"""Read by Kafka's start script; the image makes a property of every other KAFKA_ variable."""


class ComposedKafka(ApacheKafka):
    """A broker with the settings of the compose file; addresses and folder are this machine's."""

    def _generated(self, node: int) -> dict[str, str]:
        environment = compose()["services"]["kafka"]["environment"]
        folder = str(self._folder / f"data-{node}")
        here = {"KAFKA_LOG_DIRS": folder}
        found = {}
        for name, value in {**environment, **here}.items():
            if name in NOT_PROPERTIES:
                continue
            assert name.startswith("KAFKA_"), f"{name} is not a setting of the broker"
            found[name.removeprefix("KAFKA_").lower().replace("_", ".")] = self._here(value)
        return found

    def _here(self, value: str) -> str:
        services, agencies, controller = self._ports[0]
        for inside, outside in ((":9092", services), (":9094", agencies), (":9093", controller)):
            value = value.replace(f"://{inside}", f"://127.0.0.1:{outside}").replace(
                f"kafka{inside}", f"127.0.0.1:{outside}"
            )
            value = value.replace(f"127.0.0.1{inside}", f"127.0.0.1:{outside}")
        return value


@pytest.mark.kafka
@pytest.mark.slow
def test_kafka_starts_with_these_settings_and_holds_the_topics(kafka_jars: None, tmp_path: Path) -> None:
    with ComposedKafka(tmp_path / "kafka") as broker:
        command = compose()["services"]["topics"]["command"]
        given = compose()["services"]["topics"]["environment"]
        here = {"YPSEM_BOOTSTRAP": broker.bootstrap, "YPSEM_REGISTER": str(ROOT / "demo" / "register")}
        for expected in ("create with", "nothing to change"):
            done = subprocess.run(
                [sys.executable, *command[1:]],
                cwd=ROOT, env={**given, **here}, capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
            assert expected in done.stdout


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
