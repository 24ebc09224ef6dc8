"""The lock file check finds what a changed pyproject.toml leaves behind."""

from __future__ import annotations

import pytest

from tests.support.lock_in_step import ROOT, out_of_step

PYPROJECT = """
[project]
dependencies = ["Some.Thing[extra]>=2,<3"]
[dependency-groups]
dev = ["other==1.*"]
"""
HASH = " \\\n    --hash=sha256:00\n    # via nothing\n"


def test_the_checkout_is_in_step() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert out_of_step((ROOT / "pyproject.toml").read_text("utf-8"), lock) == []


def test_pins_that_the_project_allows_are_in_step() -> None:
    assert out_of_step(PYPROJECT, f"some-thing==2.5{HASH}other==1.9 ; python_version < '4'{HASH}") == []


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        (f"other==1.0{HASH}", "Some.Thing: not in requirements.lock"),
        (f"some-thing==3.0{HASH}other==1.0{HASH}", "has 3.0, pyproject.toml wants"),
        (f"some-thing==2.0{HASH}other==2.0{HASH}", "has 2.0, pyproject.toml wants ==1.*"),
        (f"some-thing==2.0\nother==1.0{HASH}", "1 pins without a hash"),
    ],
)
def test_what_is_out_of_step_is_named(lock: str, said: str) -> None:
    assert any(said in sentence for sentence in out_of_step(PYPROJECT, lock))
