"""The sink as a process: it waits, answers its endpoints, refuses a second one, and ends cleanly on a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, func, select

from demo.processes import free_port
from models.contract import topics
from models.store import LeaseRow, ReleaseRow, make_engine
from tests.consumers.conftest import REGISTER
from tests.consumers.hand import Topics
from tests.models.store.factories import make_release, make_submission, wire
from tests.support.waiting import poll_until

ROOT = Path(__file__).parents[2]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new folder' / 'store.db'}"


@pytest.fixture
def start(url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts `python -m consumers sink` and stops it at the end."""
    started: list[subprocess.Popen[str]] = []

    def make(bootstrap: str, *options: str, **settings: str) -> subprocess.Popen[str]:
        places = ["--bootstrap", bootstrap, "--database-url", url, "--register", str(REGISTER)]
        log = (tmp_path / f"log-{len(started)}").open("w")
        with log:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "consumers", "sink", *places, *options],
                    cwd=ROOT,
                    env=os.environ | settings,
                    stderr=log,
                    text=True,
                )
            )
        return started[-1]

    yield make
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body; status 0 while nothing listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except (URLError, ConnectionError):
        return 0, ""


def stored(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(ReleaseRow)).scalar_one()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_it_reads_answers_and_ends_with_0(
    kafka: Topics, start: Start, url: str, tmp_path: Path, how: signal.Signals
) -> None:
    kafka.put(topics.RELEASES, wire(make_release()), b"{}")
    kafka.put(topics.SUBMISSIONS, wire(make_submission()))
    port = free_port()
    process = start(kafka.bootstrap, "--metrics-port", str(port))
    poll_until(lambda: get(port, "/ready")[0] == 200, 30, "the sink is ready")
    poll_until(lambda: 'outcome="refused"' in get(port, "/metrics")[1], 20, "the bad record is counted")
    assert get(port, "/live")[0] == 200
    assert get(port, "/else")[0] == 404
    families = {f.name: f for f in text_string_to_metric_families(get(port, "/metrics")[1])}
    counted = {(s.labels["topic"], s.labels["outcome"]): s.value for s in families["ypsem_sink_records"].samples
               if s.name.endswith("_total")}  # fmt: skip
    assert counted[("releases", "applied")] == counted[("releases", "refused")] == 1
    assert {s.labels["topic"] for s in families["ypsem_sink_lag_records"].samples} == {
        "releases", "submissions", "signals", "remedies"
    }  # fmt: skip
    assert families["ypsem_sink_last_poll_timestamp_seconds"].samples[0].value > 0
    process.send_signal(how)
    assert process.wait(20) == 0
    engine = make_engine(url)
    assert stored(engine) == 1
    with engine.connect() as connection:
        assert connection.execute(select(LeaseRow.name)).all() == [], "the lease is given back"
    engine.dispose()
    log = (tmp_path / "log-0").read_text()
    assert "rule=schema.missing" in log
    assert "Traceback" not in log


@pytest.mark.slow
def test_a_second_one_is_refused_with_a_sentence(kafka: Topics, start: Start, tmp_path: Path) -> None:
    port = free_port()
    start(kafka.bootstrap, "--metrics-port", str(port))
    poll_until(lambda: get(port, "/ready")[0] == 200, 30, "the first sink is ready")
    assert start(kafka.bootstrap).wait(30) == 4
    assert "another sink is writing to this database" in (tmp_path / "log-1").read_text()


@pytest.mark.slow
def test_it_waits_for_topics_and_gives_up_with_a_sentence(
    fresh_embedded_broker: str, start: Start, tmp_path: Path
) -> None:
    process = start(fresh_embedded_broker, YPSEM_SINK_START_WAIT_SECONDS="1")
    assert process.wait(30) == 2
    log = (tmp_path / "log-0").read_text()
    assert "waiting for the topics" in log
    assert "python -m streams topics" in log


@pytest.mark.slow
def test_a_killed_sink_is_followed_by_one_that_ends_up_equal(
    kafka: Topics, start: Start, url: str, tmp_path: Path
) -> None:
    kafka.put(topics.RELEASES, wire(make_release("2025Q3")))
    first = start(kafka.bootstrap, YPSEM_SINK_LEASE_SECONDS="3")
    engine = make_engine(url)
    poll_until(lambda: (tmp_path / "new folder" / "store.db").exists() and _there(engine), 30, "it reads")
    first.kill()
    first.wait(10)
    kafka.put(topics.RELEASES, wire(make_release("2025Q3")), wire(make_release("2025Q4")))

    def next_one_stays() -> bool:
        # Refused with exit code 4 until the dead one's lease has ended.
        port = free_port()
        process = start(kafka.bootstrap, "--metrics-port", str(port))
        poll_until(lambda: process.poll() is not None or get(port, "/ready")[0] == 200, 30, "it ends or is ready")
        assert process.poll() in (None, 4)
        return process.poll() is None

    poll_until(next_one_stays, 30, "the lease has ended")
    poll_until(lambda: stored(engine) == 2, 20, "the rest is stored")
    engine.dispose()


def _there(engine: Engine) -> bool:
    try:
        return stored(engine) == 1
    except Exception:  # the tables are still being made
        return False
