"""schemathesis against a running central intake: every answer is one that the OpenAPI document describes.

Where it is not installed this is skipped aloud; `make fuzz` runs it, as it takes minutes.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agencies.serve.support import Gateway
from tests.factories import POLICE
from tests.support.lanes import missing

pytestmark = [pytest.mark.batch, pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(900)]

NOT_ASKED = "positive_data_acceptance"
"""A schema does not know the register: an event that fits the schema may be for a board that does not exist."""


def test_every_answer_is_as_the_document_says(tmp_path: Path, fresh_embedded_broker: str) -> None:
    if importlib.util.find_spec("schemathesis") is None:
        missing("schemathesis is not installed: the OpenAPI document was not fuzzed by it")
    gateway = Gateway(tmp_path, fresh_embedded_broker, environment={"YPSEM_KAFKA_IDEMPOTENCE": "false"})
    gateway.make_topics()
    config = tmp_path / "schemathesis.toml"
    config.write_text(f'[headers]\nAuthorization = "Bearer {gateway.tokens[POLICE]}"\n')
    with gateway:
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
        address = f"http://127.0.0.1:{gateway.port}/v1/openapi.json"
        options = ["--max-examples", "400", "--checks", "all", "--exclude-checks", NOT_ASKED, "--seed", "1"]
        done = subprocess.run(
            [*command, address, *options, "--phases", "coverage,fuzzing", "--continue-on-failure", "--no-color"],
            env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.fuzz.schemathesis_hooks"}, capture_output=True, text=True,
            timeout=800, check=False,
        )  # fmt: skip
        assert gateway.watched("/live").status == 200
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    cases = re.search(r"([0-9,]+) generated", said)
    assert cases is not None, said[-1000:]
    assert int(cases[1].replace(",", "")) > 1000
    sys.stdout.write(f"schemathesis: {cases[1]} cases\n")
