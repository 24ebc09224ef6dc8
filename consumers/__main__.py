"""Starts the sink, and stores what reviewers ask the ledger for: `python -m consumers sink`, `request-release`, ..."""

from __future__ import annotations

import logging
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from sqlalchemy import Engine

from consumers import presented, sink
from consumers.broker import Broker, BrokerError
from consumers.errors import NotThere, RequestRefused, SinkStops
from consumers.health import sink_pulse
from consumers.requests import add_erasure_request, add_release_request, add_scan_request
from consumers.settings import SinkSettings
from models.contract.periods import WINDOW_NAME, kind_of
from models.register import load_register
from models.service import clock
from models.service.commands import Program, tell_exits
from models.service.exits import FAULT
from models.service.faults import where
from models.service.health import serve
from models.service.logs import log_to_stderr
from models.service.settings import settings_of
from models.store import make_engine, upgrade
from models.store.trouble import trouble_of

log = logging.getLogger("consumers")


@click.group(cls=Program)
def main() -> None:
    """Carries releases, signals and submission states from Kafka into SQL, and requests back."""


@main.command("sink")
@click.option("--bootstrap", help="Kafka, host:port[,host:port]. [YPSEM_BOOTSTRAP]")
@click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")
@click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register. [YPSEM_REGISTER]"
)
@click.option("--metrics-port", type=int, help="Port of /metrics, /live and /ready; 0 for none.")
@click.option("--metrics-host", help="Address of the metrics port; 127.0.0.1 by default.")
@click.option("--from-beginning", is_flag=True, help="Forget the stored positions: for topics that were recreated.")
def run_sink(from_beginning: bool, **given: Any) -> None:
    """Read releases and submissions into SQL until stopped (Ctrl-C or SIGTERM)."""
    # The sink logs when the broker fails and comes back; the client would log every attempt.
    log_to_stderr("consumers", {"kafka": logging.ERROR})
    settings = settings_of(SinkSettings, **given)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    pulse = sink_pulse()
    server = serve(pulse, settings.metrics_host, settings.metrics_port)
    engine = make_engine(_with_folder(settings.database_url))
    presented.watch(settings, stop)
    broker = Broker(settings.bootstrap, settings.sink_broker_timeout_seconds, settings.client())
    worker = sink.Sink(engine, broker, settings.register_dir, settings.sink_lease_seconds, settings.sink_poll_ms)
    try:
        patience = time.monotonic() + settings.sink_start_wait_seconds
        _until_there("database", lambda: upgrade(engine), sink.DATABASE_ERRORS, patience, stop)
        _until_there("broker", broker.connect, (BrokerError,), patience, stop)
        away = (*sink.DATABASE_ERRORS, BrokerError, NotThere)
        _until_there("topics", lambda: worker.prepare(from_beginning), away, patience, stop)
        if not stop.is_set():
            log.info("reading")
            sink.run(worker, stop.is_set, stop.wait, pulse)
        log.info("stopped")
    except SinkStops as reason:
        log.error("%s", reason)
        sys.exit(reason.exit_code)
    except Exception as error:
        # A fault in the program: stop, so that it is seen. Nothing is lost: the offsets are stored with the rows.
        log.critical("stopped by a fault in the sink: %s", where(error))
        sys.exit(FAULT)
    finally:
        worker.close()
        engine.dispose()
        if server is not None:
            server.close()


@main.command("request-release")
@click.option("--board", required=True, help="The board's code in the register.")
@click.option(
    "--window", "windows", multiple=True,
    help="Such as 2026Q1, 2025FY or, for a board with pairs of years, 2024FY2; by default all closed ones.",
)  # fmt: skip
@click.option("--as", "who", required=True, help="User name of the person who asks.")
@click.option("--database-url", help="[YPSEM_DATABASE_URL]")
@click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register. [YPSEM_REGISTER]"
)
def request_release(board: str, windows: tuple[str, ...], who: str, **given: Any) -> None:
    """Ask the ledger to build releases; the sink passes the request on."""
    try:
        _request(board, given, lambda engine: add_release_request(engine, board, windows, who), windows)
    except ValidationError:
        raise RequestRefused(
            "a window is a quarter such as 2026Q1, a financial year such as 2025FY or a pair of years such as 2024FY2"
        ) from None


@main.command("request-scan")
@click.option("--board", required=True, help="The board's code in the register.")
@click.option("--as", "who", required=True, help="User name of the person who asks.")
@click.option("--database-url", help="[YPSEM_DATABASE_URL]")
@click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register. [YPSEM_REGISTER]"
)
def request_scan(board: str, who: str, **given: Any) -> None:
    """Ask the ledger for the full Monte Carlo of a board now; the sink passes the request on.

    Signals are published once a day whatever is asked for, except while history is being loaded.
    """
    _request(board, given, lambda engine: add_scan_request(engine, board, who))


@main.command("request-erasure")
@click.option("--board", required=True, help="The board's code in the register.")
@click.option("--agency", required=True, help="All that this agency published for the board is erased, for good.")
@click.option("--as", "who", required=True, help="User name of the person who asks.")
@click.option("--yes", is_flag=True, help="Do not ask for the agency's id to be typed again.")
@click.option("--database-url", help="[YPSEM_DATABASE_URL]")
@click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register. [YPSEM_REGISTER]"
)
def request_erasure(board: str, agency: str, who: str, yes: bool, **given: Any) -> None:
    """Ask the ledger to erase what one agency published for a board; the sink passes the request on.

    Releases already published stay as they are. To erase one child's events, the agency, which knows the child, runs
    `python -m agencies erase`.
    """
    if not yes and click.prompt("This cannot be undone. Type the agency's id again") != agency:
        raise RequestRefused("that is another agency; nothing was requested")
    try:
        _request(board, given, lambda engine: add_erasure_request(engine, board, agency, who))
    except ValidationError:
        raise RequestRefused("that is not an agency's id") from None


def _request(board: str, given: dict[str, Any], add: Callable[[Engine], str], windows: tuple[str, ...] = ()) -> None:
    """Store a request; raises `RequestRefused` unless the register lists the board and it releases such windows."""
    settings = settings_of(SinkSettings, **given)
    register = load_register(settings.register_dir, clock.today())
    if board not in register.board_by_code:
        raise RequestRefused("that board is not in the register")
    kinds = register.board_by_code[board].windows
    if strange := [window for window in windows if _is_period(window) and kind_of(window) not in kinds]:
        raise RequestRefused(
            f"that board releases {register.board_by_code[board].releases.replace('_', ' ')} (`releases` in the "
            f"register), not {', '.join(strange)}"
        )
    engine = make_engine(_with_folder(settings.database_url))
    try:
        upgrade(engine)
        request_id = add(engine)
    except sink.DATABASE_ERRORS as error:
        raise RequestRefused(f"nothing was requested: the database failed: {trouble_of(error).words}") from None
    finally:
        engine.dispose()
    click.echo(f"request {request_id} stored; the sink publishes it")


def _is_period(text: str) -> bool:
    return re.fullmatch(WINDOW_NAME, text) is not None


def _with_folder(url: str) -> str:
    """The URL, once the folder of an SQLite file is there."""
    if url.startswith("sqlite:///") and (path := url.removeprefix("sqlite:///")) not in ("", ":memory:"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    return url


def _until_there(
    what: str,
    attempt: Callable[[], None],
    retry_on: tuple[type[Exception], ...],
    patience: float,
    stop: threading.Event,
) -> None:
    """Try until it works; raises `NotThere` when patience (a monotonic time) has run out."""
    pause = 0.5
    while not stop.is_set():
        try:
            return attempt()
        except retry_on as error:
            if time.monotonic() + pause > patience:
                reason = _reason(error)
                raise NotThere(f"gave up waiting for the {what}: {reason}") from None
            log.warning("waiting for the %s (%s)", what, _reason(error))
            stop.wait(pause)
            pause = min(pause * 2, 10)
    return None


def _reason(error: Exception) -> str:
    """In fixed words: an error's own text may hold an address, a query or a value."""
    if isinstance(error, NotThere):
        return str(error)
    if isinstance(error, sink.DATABASE_ERRORS):
        return f"{type(error).__name__}: {trouble_of(error).words}"
    return type(error).__name__


tell_exits(main, "consumers")

if __name__ == "__main__":
    main()
