"""Password files: one a user, 256 random bits, mode 600, never printed; for an agency a settings file to hand over."""

from __future__ import annotations

import secrets
from pathlib import Path

from models.service.atomic import make_folder, write_whole
from models.service.transport import read_password
from streams.access.principals import Principal

AGENCY_FILE = """# Of {user}. Hand it over by a safe way, with the CA's certificate; then delete it here. Mode 600.
security_protocol=SASL_SSL
sasl_mechanism=SCRAM-SHA-512
sasl_username={user}
sasl_password={password}
ssl_cafile=ca.pem
"""


class Passwords:
    """A directory of password files; made with mode 700."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, user: str) -> Path:
        """Where a user's password is."""
        return self._directory / f"{user}.password"

    def has(self, user: str) -> bool:
        """Whether there is a file."""
        return self.path(user).is_file()

    def read(self, user: str) -> str:
        """The password; raises `models.service.transport.TransportError`."""
        return read_password(self.path(user))

    def make(self, principal: Principal) -> str:
        """A new password, on disk before it is used, in place of one that is there."""
        password = secrets.token_urlsafe(32)
        self._write(self.path(principal.user), password + "\n")
        if principal.is_agency:
            text = AGENCY_FILE.format(user=principal.user, password=password)
            self._write(self._directory / f"{principal.user}.conf", text)
        return password

    def remove(self, user: str) -> None:
        """Delete what there is of a user."""
        for suffix in ("password", "conf"):
            (self._directory / f"{user}.{suffix}").unlink(missing_ok=True)

    def _write(self, path: Path, text: str) -> None:
        make_folder(self._directory, mode=0o700)
        write_whole(path, text)
