"""The command line of the pages: `python -m dashboards serve`, `approve`, `actions`, ..."""

from __future__ import annotations

import gc
import signal
from pathlib import Path
from typing import Any

import click
import uvicorn

from dashboards import health
from dashboards.actions import commands as actions
from dashboards.exports import commands as exports
from dashboards.geography import commands as geography
from dashboards.geography.files import Maps
from dashboards.life import accountability
from dashboards.life import commands as life
from dashboards.pack import commands as packs
from dashboards.people import commands as people
from dashboards.registry import RegisterReader
from dashboards.settings import PageSettings
from models.service import certificates
from models.service.commands import Program, tell_exits
from models.service.health import serve as health_port
from models.service.logs import log_to_stderr
from models.service.settings import settings_of
from models.store import make_engine, tls


@click.group(cls=Program)
def main() -> None:
    """The reviewers' pages. They show released figures only, and never one child."""


@main.command("serve")
@click.option("--host", "web_host", help="Address to serve on; 127.0.0.1 by default. [YPSEM_WEB_HOST]")
@click.option("--port", "web_port", type=int, help="Port to serve on; 8080 by default. [YPSEM_WEB_PORT]")
@click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")
@click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register. [YPSEM_REGISTER]"
)
@click.option("--metrics-port", type=int, help="Port of /metrics, /live and /ready; 0 for none.")
@click.option("--metrics-host", help="Address of the metrics port; 127.0.0.1 by default.")
def serve(**given: Any) -> None:
    """Serve the pages until stopped (Ctrl-C or SIGTERM)."""
    # Imported here, because the pages load the statistics libraries. That takes a second, and `approve` needs none.
    from dashboards.people.limits import Limits
    from dashboards.sign_in.configured import door, rates
    from dashboards.upkeep import Upkeep
    from dashboards.web import create_app

    log_to_stderr("dashboards")
    settings = settings_of(PageSettings, **given)
    registry = RegisterReader(settings.register_dir)
    Maps(registry.directory).check(registry.current())
    engine = make_engine(settings.database_url)
    # SQLite cannot open a file in a folder that does not exist, and the pages must be able to say that it is empty.
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    sessions, sign_in = door(settings, engine)
    certificates.watch(tls.certificates(settings.database_url))
    watch = health.Watch(engine)
    upkeep = Upkeep(engine, registry)
    upkeep.start()
    server = health_port(watch, settings.metrics_host, settings.metrics_port)
    # uvicorn raises the signal that stopped it again when it ends. Being stopped is not a failure, so ignore it.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)
    app = create_app(engine, registry, sessions, sign_in, Limits(rates(settings)))
    # What is there now stays for ever: to look through it for rubbish again and again takes longer than a page.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # a page makes tens of thousands of objects, and lets go of them by itself
    click.echo(f"serving http://{settings.web_host}:{settings.web_port}/", err=True)
    try:
        uvicorn.run(
            app,
            host=settings.web_host,
            port=settings.web_port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
    finally:
        upkeep.stop()
        watch.stop()
        engine.dispose()
        if server is not None:
            server.close()


for command in (
    *life.COMMANDS,
    *actions.COMMANDS,
    *accountability.COMMANDS,
    *exports.COMMANDS,
    *geography.COMMANDS,
    *packs.COMMANDS,
    *people.COMMANDS,
):
    main.add_command(command)
tell_exits(main, "dashboards")


if __name__ == "__main__":
    main()
