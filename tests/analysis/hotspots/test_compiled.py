"""Where compiled code is kept, also when the checkout cannot be written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.hotspots.compiled import CHECKOUT, cache_place, version_of_kernels

SCRIPT = """
import json, numba
from analysis.hotspots.likelihood import log_likelihood_ratio as ratio
value = ratio(0, 10.0, 1.0, 100.0, 100.0)
hits = sum(ratio.stats.cache_hits.values())
print(json.dumps({"ratio": value, "where": numba.config.CACHE_DIR, "hits": hits}))
"""


def test_inside_the_checkout_where_it_can_be_written(tmp_path: Path) -> None:
    assert cache_place(tmp_path) == tmp_path / "var" / "numba"


def test_in_a_private_folder_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout, temporary = tmp_path / "checkout", tmp_path / "tmp"
    checkout.mkdir()
    temporary.mkdir()
    # Nobody, root neither, can make a folder below a file.
    (checkout / "var").write_text("")
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    own = cache_place(checkout)
    assert own.parent == temporary
    assert own.stat().st_mode & 0o077 == 0
    assert cache_place(checkout) == own


def test_never_in_a_folder_that_others_can_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "var").write_text("")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    planted = tmp_path / f"ypsem-numba-{os.getuid()}"
    planted.mkdir()
    planted.chmod(0o777)
    assert cache_place(tmp_path) != planted


def test_a_changed_kernel_is_compiled_anew(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("@compiled\ndef f(): return 1")
    (tmp_path / "b.py").write_text("nothing to compile")
    before = version_of_kernels(tmp_path)
    (tmp_path / "b.py").write_text("still nothing")
    assert version_of_kernels(tmp_path) == before
    (tmp_path / "a.py").write_text("@compiled\ndef f(): return 2")
    assert version_of_kernels(tmp_path) != before


@pytest.mark.slow
def test_a_second_process_loads_what_the_first_compiled(tmp_path: Path) -> None:
    """With NUMBA_CACHE_DIR, which has precedence."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    told = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True
        )
        told.append(json.loads(done.stdout))
    assert [each["hits"] for each in told] == [0, 1]
    assert told[0]["where"] == str(tmp_path)
    assert told[1]["ratio"] == told[0]["ratio"]
