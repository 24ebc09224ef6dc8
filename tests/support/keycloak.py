"""Keycloak as an authority runs it: its distribution from Maven, once per checkout, and one that runs for a test."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from demo.brokers.embedded import BrokerMissing
from demo.brokers.jars import java
from demo.processes import free_port, start
from demo.rundir import ROOT

VERSION = "26.0.7"
ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
REALM = ROOT / "demo" / "keycloak" / "realm-ypsem.json"
ADDRESS = "http://127.0.0.1:8080"
"""The pages' address in the realm file, which is that of the compose file."""
START_SECONDS = 500
ADMIN, PASSWORD = "admin", "synthetic-password"


def distribution(var: Path = ROOT / "var") -> Path:
    """The unpacked distribution, fetched if it is not there; raises `BrokerMissing` if it cannot be had."""
    java()
    folder = var / f"keycloak-{VERSION}"
    var.mkdir(parents=True, exist_ok=True)
    with (var / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerMissing("no mvn on PATH to resolve Keycloak")
    unfinished = folder.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [maven, "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={unfinished}"]
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, timeout=600, check=False)
    found = list(unfinished.glob("*.zip"))
    if done.returncode != 0 or not found:
        # Maven's own words may hold addresses and paths: only that it failed is passed on.
        raise BrokerMissing(f"mvn could not resolve Keycloak (exit code {done.returncode})")
    packed = found[0]
    with zipfile.ZipFile(packed) as content:
        content.extractall(unfinished)
    packed.unlink()
    (unpacked,) = unfinished.iterdir()
    script = unpacked / "bin" / "kc.sh"
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    unpacked.rename(folder)
    unfinished.rmdir()


@contextmanager
def keycloak(folder: Path, pages: str) -> Iterator[str]:
    """One that runs in `folder` with the compose file's realm, for pages at this address; gives its address.

    Raises `ChildFailed` with its last words if it does not come up.
    """
    home = folder / "keycloak"
    shutil.copytree(distribution(), home)
    imported = home / "data" / "import"
    imported.mkdir(parents=True)
    (imported / REALM.name).write_text(REALM.read_text("utf-8").replace(ADDRESS, pages), "utf-8")
    port = free_port()
    command = [
        str(home / "bin" / "kc.sh"), "start-dev", "--import-realm", "--db=dev-mem", "--cache=local",
        "--http-host=127.0.0.1", f"--http-port={port}",
    ]  # fmt: skip
    settings = {
        "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN, "KC_BOOTSTRAP_ADMIN_PASSWORD": PASSWORD,
        "JAVA_OPTS_KC_HEAP": "-Xms128m -Xmx640m", "PATH": os.environ["PATH"],
    }  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with start("Keycloak", command, folder / "keycloak.log", env=settings, cwd=home) as child:
        child.wait_until(lambda: _answers(address), START_SECONDS, "answering")
        yield address


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/realms/ypsem/.well-known/openid-configuration", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def set_password(address: str, username: str, password: str) -> None:
    """Give one of the realm's people a password, by Keycloak's own interface for administrators."""
    form = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN, "password": PASSWORD}
    token = httpx2.post(f"{address}/realms/master/protocol/openid-connect/token", data=form, timeout=60).json()
    headers = {"Authorization": f"Bearer {token['access_token']}", "Content-Type": "application/json"}
    users = f"{address}/admin/realms/ypsem/users"
    found: list[dict[str, Any]] = httpx2.get(f"{users}?username={username}&exact=true", headers=headers).json()
    given = json.dumps({"type": "password", "value": password, "temporary": False})
    answer = httpx2.put(f"{users}/{found[0]['id']}/reset-password", content=given, headers=headers)
    assert answer.status_code == 204, answer.status_code


__all__ = ["distribution", "keycloak", "set_password"]
