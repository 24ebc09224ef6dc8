"""Of an error nobody foresaw a log has type and place, whoever logs it; never its text, which may quote a value."""

from __future__ import annotations

import asyncio
import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.service.faults import FaultFormatter, where

ROOT = Path(__file__).parents[3]
VALUE = "lt_aaaabbbbccccddddeeeeffffgggghhhhiiiijjjj"


def fails() -> None:
    raise ValueError(f"cannot read {VALUE}")


def failed() -> ValueError:
    """One that was raised, with a cause that quotes the value too."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011, PT012 - our own, with a cause
        try:
            fails()
        except ValueError as inner:
            raise ValueError(VALUE) from inner
    return caught.value


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a service's log would hold."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(FaultFormatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    yield text
    root.removeHandler(handler)


def test_where_is_type_and_place() -> None:
    assert where(failed()).startswith("ValueError at test_faults.py:")
    assert "failed" in where(failed())
    assert VALUE not in where(failed())


def test_a_traceback_is_logged_without_its_text(log: io.StringIO) -> None:
    logging.getLogger("consumers").critical("stopped", exc_info=failed())
    [line] = log.getvalue().splitlines()
    assert line.startswith("CRITICAL consumers stopped | ValueError at test_faults.py:")
    assert VALUE not in line


def test_what_a_library_logs_of_an_exception_is_its_type(log: io.StringIO) -> None:
    """Faust's services and asyncio put exceptions into their messages and tracebacks behind them."""
    logging.getLogger("mode.services").error("Crashed reason=%r", failed(), exc_info=failed())
    loop = asyncio.new_event_loop()
    loop.call_exception_handler({"message": "Task exception was never retrieved", "exception": failed()})
    loop.close()
    assert log.getvalue().count("ValueError") >= 3
    assert VALUE not in log.getvalue()


def test_a_message_of_ours_may_be_the_text_of_an_error_of_ours(log: io.StringIO) -> None:
    logging.getLogger("consumers").error("%s", RuntimeError("lease held by another sink"))
    assert "lease held by another sink" in log.getvalue()


@pytest.mark.parametrize("package", ["consumers", "dashboards", "streams", "agencies"])
@pytest.mark.parametrize("how", ["thread", "main", "logged"])
def test_no_service_prints_a_value_that_an_error_quotes(package: str, how: str) -> None:
    """With the log as each service sets it up (`test_logs` holds them to that), in a process of its own."""
    ending = {
        "thread": "t = threading.Thread(target=fails); t.start(); t.join()",
        "main": "fails()",
        "logged": "try:\n    fails()\nexcept ValueError:\n    logging.getLogger('uvicorn').exception('in')",
    }[how]
    program = (
        "import logging, threading\nfrom models.service.logs import log_to_stderr\n"
        f"def fails():\n    raise ValueError('{VALUE}')\nlog_to_stderr('{package}')\n{ending}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert "ValueError at <string>:" in done.stderr
    assert VALUE not in done.stderr + done.stdout
    assert done.returncode == (1 if how == "main" else 0)
