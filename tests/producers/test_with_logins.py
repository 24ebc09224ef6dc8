"""Worked producers over TLS with an agency's own login and least rights: what they ask of the broker, they may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.producers import toolchains
from tests.producers.support import key_files

if TYPE_CHECKING:
    from tests.support.secured import Secured

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.batch, pytest.mark.timeout(600)]
AGENCY = "aldermere-police"


@pytest.fixture(scope="module")
def secured(kafka_jars: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A cluster with certificates, logins and rights made by our own commands."""
    # Here, not above: kafka-python warns on import, and pytest knows what to let pass only once it is configured.
    from demo.brokers.apache import ApacheKafka
    from tests.kafka.access.users import AGENCIES, admin_environment, write_register
    from tests.support.secured import Secured, properties, run

    folder = tmp_path_factory.mktemp("logins")
    (folder / "register").mkdir()
    write_register(folder / "register", AGENCIES)
    with ApacheKafka(folder / "kafka", 1, properties(folder / "tls")) as cluster:
        made = Secured(cluster, folder / "tls", folder / "passwords")
        for command in ("topics", "access"):
            done = run(admin_environment(made, folder), "streams", command, "--apply")
            assert done.returncode == 0, done.stderr
        yield made


WORKED = (toolchains.python, toolchains.javascript, toolchains.jvm, toolchains.golang)


@pytest.mark.parametrize("made", WORKED, ids=lambda made: made.__name__)
def test_a_worked_producer_publishes_with_an_agencys_login(
    made: Callable[[], toolchains.Producer], secured: Secured, tmp_path: Path
) -> None:
    from streams.access.passwords import Passwords

    user = f"agency.{AGENCY}"
    told = {
        "BOOTSTRAP": secured.cluster.bootstrap,
        "AGENCY": AGENCY,
        "KEYS": str(key_files(tmp_path / "keys")),
        "KAFKA_USER": user,
        "KAFKA_PASSWORD_FILE": str(Passwords(secured.passwords).path(user)),
        "KAFKA_CA": secured.ca,
    }
    producer = made()
    assert len(producer.lines(**told)) == 3
    elsewhere = producer.run(**told | {"AGENCY": "aldermere-schools"})
    assert elsewhere.returncode != 0, "another agency's topic is not writable"
