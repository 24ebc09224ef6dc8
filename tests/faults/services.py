"""Our services under a supervisor that starts again what has ended, as compose would, and notes how it ended."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families

from demo.processes import ChildProcess, free_port
from models.service.health import Reason
from tests.kafka.road import Services
from tests.support.pace import patience

MODULES = {
    "intake": ("streams", "worker", "--role", "intake"),
    "ledger": ("streams", "worker", "--role", "ledger"),
    "sink": ("consumers", "sink"),
}
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Service:
    """One process that should run: its role, its options, and its endpoints."""

    role: str
    environment: dict[str, str]
    port: int
    child: ChildProcess
    exits: list[int] = field(default_factory=list)
    """How earlier processes of this service ended."""
    started: float = field(default_factory=time.monotonic)
    wanted: bool = True
    """False while it is stopped on purpose."""
    module: tuple[str, ...] = ()
    """What to run instead of the role's own module: one with a fault planted in it."""

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a health endpoint; status 0 when nobody answers within two seconds of a free machine."""
        try:
            with _DIRECT.open(f"http://127.0.0.1:{self.port}{path}", timeout=patience(2)) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (OSError, ValueError):
            return 0, ""

    def says(self, reason: Reason) -> bool:
        """Whether /ready is red for this reason."""
        return self.get("/ready") == (503, f"not ready: {reason.value}\n")

    @property
    def ready(self) -> bool:
        """Whether /ready is green."""
        return self.get("/ready")[0] == 200

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples with these labels; 0 while nobody answers."""
        total = 0.0
        for family in text_string_to_metric_families(self.get("/metrics")[1]):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    total += sample.value
        return total

    def log(self) -> str:
        """Everything the present process wrote."""
        return self.child.log.read_text("utf-8", "replace")


class Supervisor:
    """Starts services of one run, and starts them again when they end."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.running: list[Service] = []

    def start(self, role: str, **environment: str) -> Service:
        """Start one more process of a role."""
        port = free_port()
        service = Service(role, environment, port, self._start(MODULES[role], environment, port))
        self.running.append(service)
        return service

    def _again(self, service: Service, options: tuple[str, ...] = ()) -> ChildProcess:
        return self._start((service.module or MODULES[service.role]) + options, service.environment, service.port)

    def _start(self, module: tuple[str, ...], environment: dict[str, str], port: int) -> ChildProcess:
        before = dict(self._services.environment)
        own = {"YPSEM_METRICS_PORT": str(port), "YPSEM_DATADIR": str(self._services.folder / f"streams-{port}")}
        self._services.environment |= environment | own
        try:
            return self._services.start(*module)
        finally:
            self._services.environment = before

    def of(self, role: str) -> Service:
        """The first service of a role that should run."""
        return next(service for service in self.running if service.role == role)

    def mend(self) -> None:
        """Start again whatever has ended, at most once in two seconds: a supervisor's restart with a pause."""
        for service in self.running:
            code = service.child.exit_code
            if code is not None and service.wanted and time.monotonic() - service.started > 2:
                service.exits.append(code)
                service.started = time.monotonic()
                service.child = self._again(service)

    def remove(self, service: Service, *, kill: bool = False) -> int:
        """Take a service out, by SIGTERM or SIGKILL; returns its exit code."""
        self.running.remove(service)
        if kill:
            service.child.kill()
        else:
            service.child.stop(patience(30))
        return service.child.exit_code or 0

    def stop_one(self, service: Service) -> None:
        """Stop a service, for `start_again`."""
        service.wanted = False
        service.child.stop(patience(30))

    def start_once(self, service: Service, *options: str) -> None:
        """Start a service that has ended, this time with more options."""
        if (code := service.child.exit_code) is not None:
            service.exits.append(code)
        service.started = time.monotonic()
        service.child = self._again(service, options)

    def start_again(self) -> None:
        """Start what `stop_one` stopped."""
        for service in self.running:
            if not service.wanted:
                service.wanted = True
                service.child = self._again(service)

    def wait_ready(self, seconds: float = 90, *services: Service) -> None:
        """Wait until these (or all) are ready, mending meanwhile; AssertionError when one is not in time."""
        wanted = list(services) or self.running
        began = time.monotonic()
        while late := [service for service in wanted if not service.ready]:
            self.mend()
            waited = time.monotonic() - began
            assert waited < patience(seconds), f"not ready in {waited:.0f} s: {late[0].role}: {late[0].child.tail(5)}"
            time.sleep(0.3)

    def stop(self) -> None:
        """Stop everything."""
        for service in self.running:
            service.child.kill()
        self.running.clear()
