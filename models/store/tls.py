"""The TLS settings in a database's URL: the files it names, and the server that shows a certificate."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

_PORT = 5432


def certificates(url: str) -> dict[str, Path]:
    """Use (`models.service.certificates.USES`) -> PEM file, of those that the URL names; empty for SQLite."""
    query = make_url(url).query
    named = {"database-ca": query.get("sslrootcert"), "database-client": query.get("sslcert")}
    # libpq's word for "those that the system trusts" is no file.
    return {use: Path(name) for use, name in named.items() if isinstance(name, str) and name != "system"}


def server(url: str) -> tuple[str, int] | None:
    """Host and port of a PostgreSQL server reached over TLS; None in clear, for SQLite, or by a local socket."""
    parsed = make_url(url)
    mode = parsed.query.get("sslmode")
    if parsed.get_backend_name() != "postgresql" or not parsed.host:
        return None
    return (parsed.host, parsed.port or _PORT) if mode in ("require", "verify-ca", "verify-full") else None
