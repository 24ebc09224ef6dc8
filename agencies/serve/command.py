"""`python -m agencies serve`: the HTTP intake, central or inside one agency."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import click
import uvicorn
from starlette.applications import Starlette

from agencies.options import FILE, READABLE, broker_options
from agencies.serve.connections import protocol
from agencies.serve.credential_commands import credentials_option, register_option
from agencies.serve.credentials import Doorkeeper
from agencies.serve.files import Inside
from agencies.serve.front import Front, application
from agencies.serve.health import intake_pulse
from agencies.serve.limits import IntakeLimits
from agencies.serve.openapi import document
from agencies.serve.register import CurrentRegister
from agencies.serve.services import AgencyService, CentralService, Service
from agencies.settings import DEFAULT_OUTBOX, load_kafka_settings
from models.service import certificates
from models.service.commands import CommandFailed
from models.service.exits import DONE, UNUSABLE
from models.service.health import Pulse, Reason
from models.service.health import serve as health_port
from models.service.logs import log_to_stderr
from models.service.settings import LOOPBACK

log = logging.getLogger("agencies.serve")

DRAIN_SECONDS = 20
"""After SIGTERM: how long requests under way may take to end."""
BEAT_SECONDS = 2.0


@click.command()
@credentials_option
@register_option
@broker_options
@click.option("--host", default=LOOPBACK, show_default=True, envvar="YPSEM_SERVE_HOST",
              help="Address to listen on. [env YPSEM_SERVE_HOST]")  # fmt: skip
@click.option("--port", type=click.IntRange(1, 65535), default=8443, show_default=True, envvar="YPSEM_SERVE_PORT",
              help="Port to listen on. [env YPSEM_SERVE_PORT]")  # fmt: skip
@click.option("--tls-cert", type=READABLE, envvar="YPSEM_SERVE_TLS_CERT",
              help="Certificate chain, PEM. [env YPSEM_SERVE_TLS_CERT]")  # fmt: skip
@click.option("--tls-key", type=READABLE, envvar="YPSEM_SERVE_TLS_KEY",
              help="Its key, PEM, mode 600. [env YPSEM_SERVE_TLS_KEY]")  # fmt: skip
@click.option("--behind-proxy", is_flag=True, envvar="YPSEM_SERVE_BEHIND_PROXY",
              help="Listen without TLS beyond loopback: for a proxy that has it, on a private network. "
              "[env YPSEM_SERVE_BEHIND_PROXY]")  # fmt: skip
@click.option("--max-in-flight", type=click.IntRange(1, 256), default=IntakeLimits().in_flight, show_default=True,
              envvar="YPSEM_SERVE_MAX_IN_FLIGHT",
              help="Most requests under way at once, a quarter of them for one agency; any more get 429. "
              "[env YPSEM_SERVE_MAX_IN_FLIGHT]")  # fmt: skip
@click.option("--metrics-port", type=click.IntRange(0, 65535), default=0, show_default=True,
              envvar="YPSEM_METRICS_PORT",
              help="Port of /metrics, /live, /ready; 0: none. [env YPSEM_METRICS_PORT]")  # fmt: skip
@click.option("--metrics-host", default=LOOPBACK, show_default=True, envvar="YPSEM_METRICS_HOST",
              help="Address of that port. [env YPSEM_METRICS_HOST]")  # fmt: skip
@click.option("--agency", help="Run inside this agency: takes its files, with its own keys and outbox.")
@click.option("--keys", "keys_dir", type=click.Path(path_type=Path), envvar="YPSEM_KEYS",
              help="With --agency: directory of its key files. [env YPSEM_KEYS]")  # fmt: skip
@click.option("--outbox", "outbox_path", type=FILE, default=DEFAULT_OUTBOX, show_default=True, envvar="YPSEM_OUTBOX",
              help="With --agency: its outbox. [env YPSEM_OUTBOX]")  # fmt: skip
def serve(
    path: Path, register_dir: Path, bootstrap: str, kafka_config: Path | None, host: str, port: int,
    tls_cert: Path | None, tls_key: Path | None, behind_proxy: bool, max_in_flight: int, metrics_port: int,
    metrics_host: str, agency: str | None, keys_dir: Path | None, outbox_path: Path,
) -> None:  # fmt: skip
    """Run the HTTP intake until stopped (SIGTERM or Ctrl-C): requests under way are finished first.

    Central, it takes tokenised canonical events of every agency that has a credential, and no files. With --agency
    it takes that agency's export files, on its own machine, and sends out what `publish` would.
    """
    log_to_stderr("agencies")
    if bool(tls_cert) != bool(tls_key):
        raise click.UsageError("--tls-cert and --tls-key go together")
    if not (tls_cert or behind_proxy or _loopback(host)):
        raise CommandFailed(f"--host {host}: credentials would travel in clear; give --tls-cert and --tls-key")
    if tls_key is not None and stat.S_IMODE(tls_key.stat().st_mode) & 0o077:
        raise CommandFailed(f"{tls_key}: others can read this key; run: chmod 600 {tls_key}")
    settings = load_kafka_settings(kafka_config)
    limits = IntakeLimits(in_flight=max_in_flight, per_agency=max(1, max_in_flight // 4))
    front = Front(Doorkeeper(path), limits)
    register = CurrentRegister(register_dir)
    if agency is None:
        service: Service = CentralService(front, register, bootstrap, settings)
    else:
        if keys_dir is None:
            raise click.UsageError("--agency needs --keys")
        service = AgencyService(front, Inside(agency, register, keys_dir, outbox_path, bootstrap, settings))
    encrypted = settings.security_protocol.endswith("SSL")
    certificates.watch(
        {
            "kafka-ca": settings.ssl_cafile if encrypted else None,
            "kafka-client": settings.ssl_certfile if encrypted else None,
            "server": tls_cert,
        }
    )
    pulse = intake_pulse()
    lifespan = _lifespan(service, pulse, lambda: server.should_exit)
    config = uvicorn.Config(
        application(service.routes, document(service.kind, limits), lifespan),
        host=host, port=port, log_config=None, access_log=False, server_header=False, proxy_headers=False,
        ssl_certfile=tls_cert, ssl_keyfile=tls_key, ws="none",
        http=protocol(limits, by_address=not behind_proxy and not _loopback(host)),
        loop="agencies.serve.connections:Loop", timeout_keep_alive=int(limits.idle_seconds),
        timeout_graceful_shutdown=DRAIN_SECONDS, lifespan="on",
    )  # fmt: skip
    server = uvicorn.Server(config)
    watched = health_port(pulse, metrics_host, metrics_port)
    log.info("%s intake: starting", service.kind)
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn stops by its own handlers, then raises the signal once more: that one has done its work.
        signal.signal(number, lambda *_: None)
    try:
        server.run()
    finally:
        if watched is not None:
            watched.close()
    log.info("stopped")
    sys.exit(DONE if server.started else UNUSABLE)


def _lifespan(service: Service, pulse: Pulse, stopping: Callable[[], bool]) -> Any:
    async def beats() -> None:
        while True:
            ready = await asyncio.to_thread(service.ready)
            pulse.turned(Reason.STOPPING if stopping() else None if ready else Reason.NO_BROKER)
            await asyncio.sleep(BEAT_SECONDS)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(beats()), asyncio.create_task(service.work())]
        try:
            yield
        finally:
            pulse.turned(Reason.STOPPING)
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await asyncio.to_thread(service.close)

    return lifespan


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
