"""One cluster for these tests: TLS, logins and rights made by our own commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.secured import Secured


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Register, certificates, passwords, logs and the broker's data."""
    from tests.kafka.access.users import AGENCIES, write_register

    made = tmp_path_factory.mktemp("access")
    (made / "register").mkdir()
    write_register(made / "register", AGENCIES)
    return made


@pytest.fixture(scope="package")
def secured(folder: Path, kafka_jars: None) -> Iterator[Secured]:
    """Topics, logins, rights and quotas are there, and nothing else."""
    # Here, not above: kafka-python warns on import, and pytest knows what to let pass only once it is configured.
    from demo.brokers.apache import ApacheKafka
    from streams.access.passwords import Passwords
    from tests.kafka.access.users import WRITES, admin_environment
    from tests.support.secured import Secured, properties, run

    with ApacheKafka(folder / "kafka", 1, properties(folder / "tls")) as cluster:
        made = Secured(cluster, folder / "tls", folder / "passwords")
        environment = admin_environment(made, folder)
        assert run(environment, "streams", "topics", "--apply").returncode == 0
        shown = run(environment, "streams", "access", "--json")
        assert shown.returncode == 1
        assert len(json.loads(shown.stdout)["changes"]) > 60
        assert not made.passwords.exists(), "showing makes nothing"
        applied = run(environment, "streams", "access", "--apply")
        assert applied.returncode == 0, applied.stderr
        said = shown.stdout + applied.stdout + applied.stderr
        assert not [user for user in WRITES if Passwords(made.passwords).read(user) in said]
        yield made
