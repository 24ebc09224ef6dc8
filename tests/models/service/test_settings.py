"""What services share of their settings has one home, and a bad one is told by its name and rule alone."""

from __future__ import annotations

import ast
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pydantic_settings import BaseSettings

from consumers.__main__ import main as consumers_command
from consumers.settings import SinkSettings
from dashboards.__main__ import main as dashboards_command
from dashboards.settings import PageSettings
from models.service.errors import SettingsError
from models.service.exits import UNUSABLE
from models.service.settings import AuditSettings, BrokerSettings, DatabaseSettings, ServiceSettings, settings_of
from models.service.transport import Transport
from streams.__main__ import cli as streams_command
from streams.settings import StreamSettings

ROOT = Path(__file__).parents[3]
_SHARING = (ServiceSettings, BrokerSettings, DatabaseSettings, AuditSettings, Transport)
SHARED = {name for kind in _SHARING for name in kind.model_fields}
STARTS: dict[str, tuple[click.Command, list[str]]] = {
    "streams": (streams_command, ["worker", "--role", "intake"]),
    "consumers": (consumers_command, ["sink"]),
    "dashboards": (dashboards_command, ["serve"]),
}


@pytest.mark.parametrize("service", sorted(STARTS))
@pytest.mark.parametrize("value", ["70001", "open-sesame"])
def test_a_setting_that_cannot_be_used_is_named_with_its_rule_and_without_its_value(service: str, value: str) -> None:
    command, words = STARTS[service]
    done = CliRunner().invoke(command, words, env={"YPSEM_METRICS_PORT": value})
    assert done.exit_code == UNUSABLE
    assert "metrics_port" in done.stderr.casefold()
    assert ("less than or equal to 65535" if value.isdecimal() else "valid integer") in done.stderr
    assert value not in done.output


def test_a_rule_about_several_settings_names_them() -> None:
    with pytest.raises(SettingsError, match="kafka_ssl_certfile and kafka_ssl_keyfile go together"):
        settings_of(SinkSettings, kafka_security_protocol="SSL", kafka_ssl_certfile=Path("secret.pem"))


def test_what_is_given_goes_before_the_environment_and_what_is_not_given_comes_from_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YPSEM_REGISTER", "of-the-environment")
    monkeypatch.setenv("YPSEM_METRICS_PORT", "9103")
    found = settings_of(SinkSettings, register_dir=Path("given"), metrics_port=None)
    assert (found.register_dir, found.metrics_port) == (Path("given"), 9103)
    assert settings_of(PageSettings).register_dir == Path("of-the-environment")


@pytest.mark.parametrize("kind", [StreamSettings, SinkSettings, PageSettings])
def test_no_service_has_a_shared_setting_of_its_own(kind: type[BaseSettings]) -> None:
    tree = ast.parse((ROOT / f"{kind.__module__.replace('.', '/')}.py").read_text("utf-8"))
    own = {
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    assert own & SHARED == set()
    assert own | SHARED >= set(kind.model_fields)
