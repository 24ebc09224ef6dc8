"""Starts the pages: `python -m dashboards serve`."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import click
import uvicorn
from pydantic import ValidationError

from dashboards import health, logs
from dashboards.registry import RegisterReader
from dashboards.settings import Settings
from dashboards.web import create_app
from models.register import RegisterError
from models.store import make_engine


@click.group()
def main() -> None:
    """The reviewers' pages: released figures only, never one child."""


@main.command("serve")
@click.option("--host", "web_host", help="Address to serve on; 127.0.0.1 by default. [YPSEM_WEB_HOST]")
@click.option("--port", "web_port", type=int, help="Port to serve on; 8080 by default. [YPSEM_WEB_PORT]")
@click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), help="Directory. [YPSEM_REGISTER]")
@click.option("--metrics-port", type=int, help="Port of /metrics, /live and /ready; 0 for none.")
@click.option("--metrics-host", help="Address of those; 127.0.0.1 by default.")
def serve(**given: Any) -> None:
    """Serve the pages until stopped (Ctrl-C or SIGTERM)."""
    logs.configure()
    settings = _settings(given)
    try:
        registry = RegisterReader(settings.register_dir)
    except RegisterError as error:
        raise click.ClickException(str(error)) from None
    engine = make_engine(settings.database_url)
    # An SQLite file whose folder is missing cannot be opened, not even to find it empty.
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    server = None
    if settings.metrics_port:
        try:
            server = health.serve(engine, settings.metrics_host, settings.metrics_port)
        except OSError:
            raise click.ClickException(f"metrics port {settings.metrics_port} cannot be opened") from None
    # uvicorn raises the signal that stopped it once more at the end: being stopped is no failure.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)
    click.echo(f"serving http://{settings.web_host}:{settings.web_port}/", err=True)
    try:
        uvicorn.run(
            create_app(engine, registry),
            host=settings.web_host,
            port=settings.web_port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
    finally:
        engine.dispose()
        if server is not None:
            server.shutdown()
            server.server_close()


def _settings(given: dict[str, Any]) -> Settings:
    # The register's setting has an alias, which is also its name when given directly.
    named = {("YPSEM_REGISTER" if name == "register_dir" else name): value for name, value in given.items()}
    try:
        return Settings(**{name: value for name, value in named.items() if value is not None})
    except ValidationError as error:
        wrong = ", ".join(sorted({str(item["loc"][0]) for item in error.errors()}))
        raise click.ClickException(f"these settings are not usable: {wrong}") from None


if __name__ == "__main__":
    main()
