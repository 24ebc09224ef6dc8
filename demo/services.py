"""Starts what a run consists of, in the order in which it is needed: broker, topics, stream tier, sink, pages."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping

from demo.brokers.apache import ApacheKafka
from demo.brokers.embedded import EmbeddedBroker
from demo.household import Household, say
from demo.processes import accepts, free_port
from demo.rundir import RunFolder, module

READY_SECONDS = 120
"""How long a process may take to start: seconds on a free machine, a minute on a busy one."""
LAST_PORT = 65535
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""For pages on this machine, without any proxy that the environment sets."""


def start_broker(household: Household, run: RunFolder, kind: str) -> str:
    """Start the broker of this kind, `embedded` or `kafka`; returns its address."""
    say("starting the embedded broker" if kind == "embedded" else "starting Apache Kafka")
    folder = run.path / "broker"
    # The run's records carry the run's clock, so the broker must not check the age of its segments.
    never = {"log.initial.task.delay.ms": str(86_400_000)}
    return household.broker(EmbeddedBroker(folder) if kind == "embedded" else ApacheKafka(folder, properties=never))


def make_topics(household: Household, run: RunFolder, environment: Mapping[str, str | None]) -> None:
    """Create every topic with the service's own command."""
    say("making the topics")
    log = run.log("topics")
    household.run("topics", module("streams", "topics", "--apply"), log, environment, READY_SECONDS)


def start_services(household: Household, run: RunFolder, environment: Mapping[str, str | None], port: int) -> str:
    """Start intake, ledger, sink, pages and sign-in, and wait until people can sign in; returns the pages' address.

    The sign-in is at the port after the pages' if that is free.
    """
    say("starting intake, ledger, operations, sink, pages and their sign-in")
    for role in ("intake", "ledger"):
        own = _own(run, role, role)
        household.service(role, module("streams", "worker", "--role", role), run.log(role), {**environment, **own})
    # It decides refused records again as intake does, with intake's key.
    own = _own(run, "operations", "intake")
    household.service("operations", module("streams", "operations"), run.log("operations"), {**environment, **own})
    sink = {**environment, "YPSEM_METRICS_PORT": str(free_port())}
    household.service("sink", module("consumers", "sink"), run.log("sink"), sink)
    url = f"http://127.0.0.1:{port}/"
    beside = port + 1 if port < LAST_PORT and not accepts(port + 1) else free_port()
    choose = module("demo.provider", "--port", str(beside), "--pages", url)
    household.service("sign-in", choose, run.log("sign-in"), environment)
    issuer = f"http://127.0.0.1:{beside}"
    pages = {**environment, **run.of_pages(url, issuer), "YPSEM_METRICS_PORT": str(free_port())}
    serve = module("dashboards", "serve", "--port", str(port))
    household.service("pages", serve, run.log("pages"), pages)
    household.wait_for(lambda: answers(url) is not None, READY_SECONDS, f"the pages answer at {url}")
    household.wait_for(lambda: accepts(beside), READY_SECONDS, f"the sign-in answers at {issuer}")
    say(f"sign in at {url}sign-in/start and choose who to be; figures come when releases are approved")
    return url


def _own(run: RunFolder, name: str, keys: str) -> dict[str, str]:
    """Settings of one process of the stream tier."""
    return {
        "YPSEM_KEYS": str(run.path / "keys" / keys),
        "YPSEM_DATADIR": str(run.path / "streams" / name),
        "YPSEM_METRICS_PORT": str(free_port()),
    }


def answers(url: str) -> int | None:
    """The HTTP status of a page, or None when nobody answers."""
    try:
        with _DIRECT.open(url, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
