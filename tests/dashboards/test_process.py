"""The pages as a process: they answer before there is a database, and end cleanly on a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest
from prometheus_client.parser import text_string_to_metric_families

from demo.processes import free_port
from models.store import make_engine, upgrade
from tests.dashboards.conftest import REGISTER, store
from tests.models.store.factories import make_release
from tests.support.waiting import poll_until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body; status 0 while nothing listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except URLError:
        return 0, ""


@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_it_answers_before_the_sink_ran_and_after_and_ends_with_0(tmp_path: Path, how: signal.Signals) -> None:
    url = f"sqlite:///{tmp_path / 'var' / 'store.db'}"
    port, metrics_port = free_port(), free_port()
    places = ["--database-url", url, "--register", str(REGISTER)]
    ports = ["--port", str(port), "--metrics-port", str(metrics_port)]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboards", "serve", *places, *ports],
            cwd=ROOT,
            stderr=log,
            env=os.environ | {"YPSEM_SIGN_IN": "off"},
        )
    try:
        poll_until(lambda: get(port, "/")[0] == 200, 30, "the pages answer")
        assert "The database is empty" in get(port, "/")[1]
        poll_until(
            lambda: get(metrics_port, "/ready") == (503, "not ready: the database does not have the tables\n"),
            10,
        )
        assert get(metrics_port, "/live")[0] == 200
        engine = make_engine(url)
        upgrade(engine)
        store(engine, make_release())
        engine.dispose()
        assert "Jan to Mar 2026" in get(port, "/")[1]
        poll_until(lambda: get(metrics_port, "/ready")[0] == 200, 15)
        assert get(port, "/metrics")[0] == 404
        families = {f.name: f for f in text_string_to_metric_families(get(metrics_port, "/metrics")[1])}
        assert {key for s in families["ypsem_web_requests"].samples for key in s.labels} == {"code"}
        assert families["ypsem_web_newest_release_timestamp_seconds"].samples[0].value > 0
        process.send_signal(how)
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_register_that_is_missing_is_said_in_a_sentence(tmp_path: Path) -> None:
    places = ["--database-url", f"sqlite:///{tmp_path / 'store.db'}", "--register", str(tmp_path / "none")]
    done = subprocess.run(
        [sys.executable, "-m", "dashboards", "serve", *places],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no register-YYYY-MM-DD.yaml" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "options", "says"),
    [
        ({}, [], "people sign in before they see anything, and for that these are missing: YPSEM_WEB_URL"),
        ({"YPSEM_SIGN_IN": "off"}, ["--host", "192.0.2.1"], "the pages then start on a loopback address only"),
    ],
)
def test_pages_that_would_be_open_to_anybody_do_not_start(
    environment: dict[str, str], options: list[str], says: str, tmp_path: Path
) -> None:
    places = ["--database-url", f"sqlite:///{tmp_path / 'store.db'}", "--register", str(REGISTER)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("YPSEM_")}
    done = subprocess.run(
        [sys.executable, "-m", "dashboards", "serve", *places, *options],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=own | environment,
    )  # fmt: skip
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
