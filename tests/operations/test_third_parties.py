"""What the compose file tells Kafka and PostgreSQL, tried on their own binaries: no Docker is needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from kafka.admin import KafkaAdminClient
from sqlalchemy import URL, create_engine, make_url, text

from consumers import presented
from demo.brokers.apache import ApacheKafka
from demo.brokers.jars import class_path, java
from demo.processes import free_port
from models.contract.topics import REMEDIES
from models.service.certificates import earliest
from models.service.transport import Transport
from models.store import SchemaState, make_engine, schema_state, tls
from models.store.roles import RIGHTS
from streams.access.certificates import make as make_certificates
from tests.operations.files import ROOT, compose, ours
from tests.support.lanes import missing
from tests.support.postgres import PostgresMissing, running_server
from tests.support.waiting import poll_until

NOT_PROPERTIES = {"KAFKA_HEAP_OPTS"}
"""Read by Kafka's start script; the image makes a property of every other KAFKA_ variable."""


class ComposedKafka(ApacheKafka):
    """A broker with the settings of the compose file, but with this machine's addresses and folders."""

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
        value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        services, admin, controller = self._ports[0]
        ports = ((":9092", services), (":9094", self.agencies), (":9095", admin), (":9093", controller))
        for inside, outside in ports:
            value = value.replace(f"://{inside}", f"://127.0.0.1:{outside}").replace(
                f"kafka{inside}", f"127.0.0.1:{outside}"
            )
            value = value.replace(f"127.0.0.1{inside}", f"127.0.0.1:{outside}")
        return value.replace("/run/secrets", str(self._folder.parent / "tls"))


def _property(name: str) -> str:
    """As the image does it: one underscore becomes a dot, two an underscore, three a dash."""
    text = name.removeprefix("KAFKA_").lower()
    return text.replace("___", "-").replace("__", "\0").replace("_", ".").replace("\0", "_")


def _in_place(service: str, folder: Path, bootstrap: str) -> dict[str, str]:
    """A service's environment with this machine's addresses and files, and nothing from the caller's environment."""
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


def _server_options() -> dict[str, str]:
    """What the compose file starts PostgreSQL with, by `-c`."""
    script = compose()["services"]["postgres"]["command"][2]
    return dict(word.split("=", 1) for word in re.findall(r"-c (\S+)", script))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[URL, Path]]:
    """PostgreSQL with the certificate, settings and rules of the compose file, and the folder of passwords and CA."""
    folder = tmp_path_factory.mktemp("database")
    make_certificates(folder, ["127.0.0.1"], 30, ["127.0.0.1"])
    try:
        with running_server() as server:
            engine = create_engine(server, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text("ALTER ROLE ypsem PASSWORD 'synthetic'"))
                connection.execute(text("CREATE DATABASE ypsem"))
                data = Path(str(connection.execute(text("SHOW data_directory")).scalar_one()))
                for name, value in _server_options().items():
                    source = ROOT / "models" / "store" if value.endswith("pg_hba.conf") else folder
                    mounted = data / Path(value).name
                    if value.startswith("/"):
                        # As the command does: the key has to be the server's own user's.
                        shutil.copy(source / mounted.name, mounted)
                        mounted.chmod(0o600)
                        os.chown(mounted, data.stat().st_uid, data.stat().st_gid)
                        value = str(mounted)
                    if name == "hba_file":
                        Path(str(connection.execute(text("SHOW hba_file")).scalar_one())).write_text(
                            mounted.read_text()
                        )
                    else:
                        connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = '{value}'")
                connection.execute(text("SELECT pg_reload_conf()"))
            engine.dispose()
            (folder / "pgpass").write_text(
                "".join(f"127.0.0.1:{server.port}:ypsem:{user}:synthetic\n" for user in ("ypsem", *RIGHTS))
            )
            (folder / "pgpass").chmod(0o600)
            poll_until(
                lambda: _tables(_here("tables", server, folder), folder) == 0, 30, "the tables are made, over TLS"
            )
            yield server, folder
    except PostgresMissing as error:
        missing(str(error))


def _here(service: str, server: URL, folder: Path) -> URL:
    """A service's URL with the address and CA of this machine."""
    url = make_url(ours()[service]["environment"]["YPSEM_DATABASE_URL"])
    assert url.query["sslrootcert"] == "/run/secrets/ca.pem"
    return url.set(host="127.0.0.1", port=server.port).update_query_dict({"sslrootcert": str(folder / "ca.pem")})


def _tables(url: URL, folder: Path) -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    own = {"YPSEM_DATABASE_URL": url.render_as_string(), "PGPASSFILE": str(folder / "pgpass")}
    command = [sys.executable, *ours()["tables"]["command"][1:], "--wait", "0"]
    return subprocess.run(
        command, cwd=ROOT, env={**environment, **own}, capture_output=True, timeout=60, check=False
    ).returncode


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.parametrize("service", ["tables", "sink", "dashboards", "reviewer"])
def test_the_database_is_reached_by_the_password_file_and_over_tls(
    service: str, database: tuple[URL, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, folder = database
    monkeypatch.setenv("PGPASSFILE", str(folder / "pgpass"))
    engine = make_engine(str(_here(service, server, folder)))
    with engine.connect() as connection:
        used = connection.execute(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).scalar_one()
        assert used is True
    assert schema_state(engine) is SchemaState.CURRENT
    engine.dispose()
    place = tls.server(engine.url.render_as_string())
    assert place is not None
    assert presented.database(place) == earliest((folder / "postgres.pem").read_bytes())


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sslmode": "disable"}, "no encryption"),
        ({"sslrootcert": "{folder}/another/ca.pem"}, "certificate verify failed"),
        ({"host": "localhost"}, "does not match host name"),
        ({"passfile": "{folder}/none"}, "no password supplied"),
        ({"user": "postgres"}, "no pg_hba.conf entry"),
        ({"dbname": "postgres"}, "no pg_hba.conf entry"),
    ],
)
def test_another_way_in_is_refused(
    change: dict[str, str], said: str, database: tuple[URL, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, folder = database
    if not (folder / "another").exists():
        make_certificates(folder / "another", ["127.0.0.1"], 30)
    monkeypatch.setenv("PGPASSFILE", str(folder / "pgpass"))
    url = _here("sink", server, folder)
    given: dict[str, Any] = dict(url.query) | {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "dbname": url.database,
    }
    given |= {name: value.format(folder=folder) for name, value in change.items()}
    with pytest.raises(psycopg.OperationalError, match=said):
        psycopg.connect(**given, connect_timeout=10)
