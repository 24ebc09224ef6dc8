"""`python -m demo.provider`: serves the choice of synthetic people, on a loopback address and on no other."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import click
import uvicorn

from demo.provider.protocol import CLIENT, Protocol
from demo.provider.web import provider_app


def is_this_machine(host: str) -> bool:
    """Whether nobody but this machine can reach an address. A name may lead anywhere, so it is none."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address; it starts on no other.")
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Port to serve on.")
@click.option("--pages", required=True, metavar="URL", help="The demo's pages, on a loopback address too.")
def main(host: str, port: int, pages: str) -> None:
    """Let people choose a synthetic person to be, without any proof: for invented data on this machine alone."""
    for address in (host, urlsplit(pages).hostname or ""):
        if not is_this_machine(address):
            raise click.ClickException(
                "this provider asks nobody for a password, so it serves loopback addresses such as 127.0.0.1 only. "
                "For real people set up your organisation's provider (docs/running.md, People sign in)"
            )
    issuer, root = f"http://{f'[{host}]' if ':' in host else host}:{port}", pages.rstrip("/")
    protocol = Protocol(issuer, CLIENT, f"{root}/sign-in/back", f"{root}/signed-out")
    uvicorn.run(
        provider_app(protocol), host=host, port=port, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=2,
    )  # fmt: skip


if __name__ == "__main__":
    main(prog_name="python -m demo.provider")
