"""`python -m streams operations`: the process that carries out what operations asked for on the pages."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click

from models.register import RegisterError
from models.service import certificates
from models.service.exits import FAULT
from models.service.faults import where
from models.service.health import Reason, serve
from streams.health import PULSE
from streams.operators.asked import Asking
from streams.operators.broker import NoBroker, OperatorsBroker
from streams.operators.refused import RefusedCount
from streams.options import register_of, settings_of
from streams.settings import StreamSettings

log = logging.getLogger(__name__)

TURN_SECONDS = 1.0
"""Between two looks at the topic."""
PAUSE_SECONDS = 5.0
"""After a look that failed."""


@click.command("operations")
@click.option("--bootstrap", help="Kafka brokers, host:port[,host:port].")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register.")
@click.option("--keys", type=click.Path(path_type=Path), help="Directory of intake's key files, for a redrive.")
@click.option("--metrics-port", type=int, help="Port of /metrics, /live, /ready; 0 for none.")
def operations(**given: Any) -> None:
    """Carry out what operations ask for on the pages, until stopped (SIGTERM or Ctrl-C).

    It does what skip, resume, redrive and gaps close do, once for each request, and answers. Restart it whenever it
    ends: what it did not answer it does again, which changes nothing.
    """
    settings = settings_of(**given)
    register_of(settings)  # one that cannot be read is said at once
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    certificates.watch(settings.certificates())
    server = serve(PULSE, settings.metrics_host, settings.metrics_port)
    log.info("operations: starting")
    try:
        run(settings, stop)
    except Exception as error:
        log.critical("stopping: %s", where(error))
        sys.exit(FAULT)
    finally:
        if server is not None:
            server.close()


def run(settings: StreamSettings, stop: threading.Event) -> None:
    """Look again and again; a broker that is away, or a register that cannot be read, is waited for."""
    asking, refused = Asking(settings, lambda: register_of(settings)), RefusedCount()
    while not stop.is_set():
        try:
            with OperatorsBroker(settings) as broker:
                while not stop.is_set():
                    asking.turn(broker)
                    refused.turn(broker)
                    PULSE.turned(None)
                    stop.wait(TURN_SECONDS)
        except (NoBroker, RegisterError) as error:
            log.warning("waiting: %s", error)
            PULSE.turned(Reason.NO_BROKER)
            stop.wait(PAUSE_SECONDS)
