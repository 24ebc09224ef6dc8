"""The agency kit: small, pinned by hash, the same every time, and it runs where nothing else is installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from agencies.kit.build import FOLDER, ROOT, build_kit
from agencies.kit.lock import LockError, parse, subset, wanted
from tests.factories import BOARD, POLICE, register
from tests.support.lanes import missing

LOCK = """# made by a compiler
alpha==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
    # via ypsem (pyproject.toml)
beta[extra]==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:bb
    # via alpha
delta==4.0 \\
    --hash=sha256:dd
    # via
    #   beta
    #   other
other==9 \\
    --hash=sha256:ee
    # via ypsem (pyproject.toml)
"""


def test_a_subset_holds_what_its_names_need_and_no_more() -> None:
    assert [(pin.name, set(pin.via)) for pin in parse(LOCK)] == [
        ("alpha", {"ypsem"}), ("beta", {"alpha"}), ("delta", {"beta", "other"}), ("other", {"ypsem"}),
    ]  # fmt: skip
    cut = subset(LOCK, ["alpha"])
    assert [line for line in cut.splitlines() if "==" in line] == [
        "alpha==1.0 \\", "beta[extra]==2.0 ; sys_platform == 'win32' \\", "delta==4.0 \\",
    ]  # fmt: skip
    assert "--hash=sha256:bb" in cut
    assert "--hash=sha256:ee" not in cut
    assert "via" not in cut


def test_a_name_the_lock_lacks_is_an_error() -> None:
    with pytest.raises(LockError, match="gamma"):
        subset(LOCK, ["alpha", "gamma"])


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    with zipfile.ZipFile(build_kit(folder / "kit.zip")) as archive:
        archive.extractall(folder)
    return folder / FOLDER


def test_the_kits_lock_is_cut_from_the_projects_and_small(kit: Path) -> None:
    project = {pin.name: pin.text for pin in parse((ROOT / "requirements.lock").read_text("utf-8"))}
    lock = (kit / "requirements.lock").read_text("utf-8")
    pins = parse(lock)
    assert all(project[pin.name] == pin.text for pin in pins)
    names = {pin.name for pin in pins}
    assert names >= {"click", "kafka-python", "pydantic", "pydantic-core"}
    assert not names & {"faust-streaming", "aiokafka", "sqlalchemy", "numba", "numpy", "fastapi", "pytest"}
    assert len(names) < 30
    assert "://" not in lock


def test_every_library_the_kit_imports_is_asked_for(kit: Path) -> None:
    distributions = {
        "yaml": "pyyaml", "kafka": "kafka-python", "stdnum": "python-stdnum", "pydantic_settings": "pydantic-settings",
        "prometheus_client": "prometheus-client", "pydantic_core": "pydantic-core",
    }  # fmt: skip
    found = {
        name
        for path in kit.rglob("*.py")
        for name in re.findall(r"^\s*(?:from|import) ([a-z_0-9]+)", path.read_text("utf-8"), re.MULTILINE)
    }
    third_party = found - sys.stdlib_module_names - {"agencies", "models"}
    lock = {pin.name for pin in parse((kit / "requirements.lock").read_text("utf-8"))}
    assert "pydantic" in third_party
    assert {distributions.get(name, name) for name in third_party} <= lock
    asked = set(wanted((ROOT / "agencies/kit/requirements.in").read_text("utf-8")))
    assert {distributions.get(name, name) for name in third_party} - {"pydantic-core"} <= asked


def test_the_kit_holds_the_contract_and_nothing_of_the_service(kit: Path) -> None:
    inside = {str(path.relative_to(kit)) for path in kit.rglob("*") if path.is_file()}
    assert {"README.md", "agencies/__main__.py", "models/contract/events.py", "models/register/load.py"} <= inside
    tops = {tuple(Path(name).parts[:2]) for name in inside if name.startswith("models")}
    assert tops == {("models", "__init__.py"), *(("models", name) for name in ("contract", "register", "service"))}
    assert not [name for name in inside if "__pycache__" in name or "/kit/" in name or name.endswith(".key")]
    assert not [name for name in inside if str(ROOT) in (kit / name).read_text("utf-8")]


def test_the_same_checkout_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = build_kit(tmp_path / "one.zip"), build_kit(tmp_path / "sub" / "other.zip")
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_installs_and_runs_in_an_empty_environment(kit: Path, tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME") or name.startswith("PIP_")}
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], env=bare, check=True, timeout=120)
    python = str(venv / "bin" / "python")

    def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-m", *command], cwd=kit, env=bare | environment, capture_output=True, text=True, timeout=400,
            check=False,
        )  # fmt: skip

    installed = run("pip", "install", "--quiet", "--require-hashes", "-r", "requirements.lock")
    if installed.returncode and re.search(r"NewConnection|ConnectTimeout|No matching dist", installed.stderr):
        missing(f"the kit's lock could not be installed here: {installed.stderr.strip().splitlines()[-1:]}")
    assert installed.returncode == 0, installed.stderr
    told = run("agencies", "--help")
    assert told.returncode == 0, told.stderr
    assert "Dry run" in told.stdout

    export = tmp_path / "Missing.csv"
    export.write_text("CHILD,DOB,MISSING,MIS_START,MIS_END\n500001,01/02/2011,M,03/03/2026,04/03/2026\n")
    checked = run("agencies", "check", str(export), "--format", "ssda903-missing", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert json.loads(checked.stdout)["publishable"] == 1

    (tmp_path / "register").mkdir()
    document = json.loads(register().model_dump_json())
    (tmp_path / "register" / "register-2024-04-01.yaml").write_text(yaml.safe_dump(document), "utf-8")
    where = {
        "YPSEM_KEYS": str(tmp_path / "keys"), "YPSEM_REGISTER": str(tmp_path / "register"),
        "YPSEM_OUTBOX": str(tmp_path / "outbox.sqlite"), "YPSEM_BOOTSTRAP": "127.0.0.1:9",
        "YPSEM_KAFKA_CONNECT_SECONDS": "0.5",
    }  # fmt: skip
    assert run("agencies", "keys", "create", **where).returncode == 0
    given = ("--agency", POLICE, "--format", "ssda903-missing", "--board", BOARD)
    published = run("agencies", "publish", str(export), *given, **where)
    assert published.returncode == 0, published.stdout + published.stderr
    assert "spooled 1" in published.stdout
    assert "missing_episode" in run("agencies", "report", **where).stdout
