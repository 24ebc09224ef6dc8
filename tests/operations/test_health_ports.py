"""No client can block a health port for the others: each service runs as a real process, beside hostile clients.

Each runs in the cheapest way: the dashboards on an empty database, sink and HTTP intake without a broker, and intake
with a broker that never answers, since without one it ends.
"""

from __future__ import annotations

import resource
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.processes import ChildProcess, free_port
from models.service.exits import UNUSABLE
from tests.agencies.serve.support import Gateway
from tests.factories import stream_keys
from tests.support.hostile import ATTACKS, PATHS, ask, silent, slowest
from tests.support.pace import patience
from tests.support.services import start_module
from tests.support.waiting import poll_until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SERVICES = ("streams", "consumers", "agencies", "dashboards")
WITHIN = 2.0
"""Seconds in which an honest client must have its answer on a free machine; a scrape may take ten."""


@dataclass
class Running:
    """A service and its health port."""

    name: str
    child: ChildProcess
    port: int


def start(name: str, folder: Path, port: int, broker: int) -> ChildProcess:
    """The service without anything it depends on; nobody answers on port `broker`."""
    nowhere = f"127.0.0.1:{broker if name == 'streams' else free_port()}"
    environment: dict[str, str | None] = {
        "YPSEM_METRICS_PORT": str(port),
        "YPSEM_REGISTER": str(ROOT / "demo/register"),
    }
    if name == "streams":
        environment |= {"YPSEM_KEYS": str(stream_keys(folder / "keys")), "YPSEM_DATADIR": str(folder / "data")}
        environment |= {"YPSEM_BOOTSTRAP": nowhere}
        return start_module(folder, "streams", "worker", "--role", "intake", env=environment)
    environment["YPSEM_DATABASE_URL"] = f"sqlite:///{folder / 'store.db'}"
    if name == "consumers":
        return start_module(folder, "consumers", "sink", env=environment | {"YPSEM_BOOTSTRAP": nowhere})
    if name == "dashboards":
        environment["YPSEM_SIGN_IN"] = "off"
        return start_module(folder, "dashboards", "serve", "--port", str(free_port()), env=environment)
    gateway = Gateway(folder, nowhere, environment={"YPSEM_METRICS_PORT": str(port)})
    return gateway.start(wait=False)


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    port, folder = free_port(), tmp_path_factory.mktemp(request.param)
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        start(request.param, folder, port, mute.getsockname()[1]) as child,
    ):
        child.wait_for_port(port, 60)
        yield Running(request.param, child, port)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nobody_is_kept_waiting(service: Running, attack: str) -> None:
    with ATTACKS[attack](service.port):
        assert slowest(service.port, 1) < patience(WITHIN)
    assert service.child.exit_code is None
    assert "Traceback" not in service.child.log.read_text()


def test_two_thousand_silent_connections_leave_it_answering(service: Running) -> None:
    if sys.platform == "linux":
        # What a service is given where nobody has set a limit.
        resource.prlimit(service.child.pid, resource.RLIMIT_NOFILE, (1024, 1024))
    with silent(service.port, 2000):
        assert slowest(service.port, 2) < patience(WITHIN)


def test_not_ready_is_explained_in_one_line(service: Running) -> None:
    told = {
        "streams": "not ready: still starting\n",
        "consumers": "not ready: no turn has succeeded yet\n",
        "agencies": "not ready: no broker in reach\n",
        "dashboards": "not ready: the database does not have the tables\n",
    }
    poll_until(lambda: ask(service.port, "/ready") == (503, told[service.name]), 15)


def test_methods_and_paths(service: Running) -> None:
    assert ask(service.port, "/metrics", "HEAD") == (200, "")
    assert {ask(service.port, path, "POST")[0] for path in PATHS} == {405}
    assert ask(service.port, "/else")[0] == 404


@pytest.mark.parametrize("name", SERVICES)
def test_a_port_that_is_taken_is_said_in_a_sentence(name: str, tmp_path: Path) -> None:
    port = free_port()
    with ExitStack() as stack:
        stack.enter_context(socket.create_server(("127.0.0.1", port)))
        child = stack.enter_context(start(name, tmp_path, port, port))
        assert child.wait(60) == UNUSABLE
        assert f"the metrics port {port} cannot be opened" in child.tail()
        assert "Traceback" not in child.tail()
