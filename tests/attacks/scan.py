"""`make scan`: lets a scanner that others wrote loose on the pages, signed out and signed in with every role.

The pages are real ones on a loopback port, over invented releases of the demo's two boards, with a provider of the
tests. How often somebody may ask is not limited here: a scanner would see little else. Reports go to a folder outside
the repository.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from dashboards.people.cookies import Cookies
from dashboards.people.entrance import WithSessions
from dashboards.registry import RegisterReader
from dashboards.sign_in.provider import Provider, Registration
from dashboards.sign_in.routes import SignIn
from dashboards.web import create_app
from demo.boards import LARGE, SMALL, write_register
from tests.attacks.pages.world import EVERY_ROLE, World, world
from tests.dashboards.conftest import TODAY, signed_in
from tests.dashboards.sign_in.lying_provider import CLIENT, SECRET

PORT = 18_090
ROOT = f"http://127.0.0.1:{PORT}"
HOW = "no scanner: `python -m venv DIR && DIR/bin/pip install wapiti3`, then `make scan SCANNER=DIR/bin/wapiti`"
LEAVE = ("/sign-out", "/sessions")
"""What would end the scanner's own session."""
MODULES = (
    "backup,brute_login_form,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,https_redirect,ldap,methods,"
    "permanentxss,redirect,shellshock,spring4shell,sql,timesql,upload,xss"
)
"""Those that ask nobody else: the others look something up on the web, or have the pages call back to a service."""


@contextlib.contextmanager
def served(pages: World, register: Path) -> Iterator[None]:
    """The same pages on a port, with cookies that a browser on this machine keeps over plain HTTP."""
    known = Registration(pages.provider.issuer, CLIENT, SECRET, f"{ROOT}/sign-in/back", f"{ROOT}/signed-out")
    sessions = WithSessions(pages.engine, frozenset({f"127.0.0.1:{PORT}"}), Cookies(tls=False))
    app = create_app(pages.engine, RegisterReader(register), sessions, SignIn(Provider(known), "roles"), pages.limits)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=PORT, log_config=None, access_log=False, server_header=False, proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


def main() -> int:
    """Scan twice; returns what the scanner returned, or 2 without one."""
    scanner = shutil.which(os.environ.get("SCANNER", "wapiti"))
    out = Path(os.environ.get("SCAN_OUT") or tempfile.mkdtemp())
    if scanner is None:
        sys.stderr.write(f"{HOW}\n")
        return 2
    os.environ["YPSEM_CLOCK_OFFSET_SECONDS"] = str(int((TODAY - datetime.now(UTC)).total_seconds()))
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as pages:
        plain = Path(folder) / "plain"
        write_register(plain)
        viewers = (f"viewer:{board}:aldermere-police" for board in (LARGE, SMALL))
        number = signed_in(pages.engine, *EVERY_ROLE, *viewers)
        failed = 0
        with served(pages, plain):
            for name, headers in (("out", []), ("in", ["-H", f"Cookie: ypsem={number}"])):
                command = [
                    scanner,
                    "-u",
                    f"{ROOT}/",
                    "--scope",
                    "domain",
                    "-m",
                    MODULES,
                    "-f",
                    "json",
                    "--flush-session",
                ]
                seconds = os.environ.get("SCAN_SECONDS", "300")
                command += ["--max-scan-time", seconds, "--max-attack-time", seconds, "-o", str(out / f"{name}.json")]
                command += ["--endpoint", ROOT]
                command += [part for path in LEAVE for part in ("-x", f"{ROOT}{path}")] + headers
                command += [f"--store-session={folder}", "-v", "1", "--no-bugreport"]
                failed = subprocess.run(command, check=False).returncode or failed
    sys.stderr.write(f"reports: {out}\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
