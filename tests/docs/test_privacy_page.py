"""docs/privacy.md agrees with the code where that can be checked: commands, links, and that no limit is left out."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from agencies.__main__ import main as agencies
from analysis.__main__ import main as analysis
from analysis.commands.dpia.facts import RESIDUAL
from consumers.__main__ import main as consumers
from dashboards.__main__ import main as dashboards
from dashboards.life.states import DecisionReason
from streams.__main__ import cli as streams
from tests.operations.files import ROOT, compose

COMMANDS: dict[str, click.Command] = {
    "agencies": agencies, "analysis": analysis, "consumers": consumers, "dashboards": dashboards, "streams": streams,
}  # fmt: skip
PAGES = ("privacy.md", "keys.md", "release-life.md")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def problem(text: str) -> str | None:
    """What is wrong with a command as written in a document, if anything."""
    package, *words = shlex.split(text.replace("…", "").replace("<", "").replace(">", ""))[2:]
    command: click.Command = COMMANDS[package]
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        below = command.get_command(click.Context(command), words[0])
        if below is None:
            return f"{package} has no {words[0]}"
        command, words = below, words[1:]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
    unknown = {word for word in words if word.startswith("-")} - known
    return f"{command.name} has no {sorted(unknown)}" if unknown else None


@pytest.mark.parametrize("name", PAGES)
def test_every_command_exists_with_its_options(name: str) -> None:
    found = re.findall(r"`(python -m (?:" + "|".join(COMMANDS) + r") [^`]*)`", page(name))
    assert found
    assert [(text, wrong) for text in found if (wrong := problem(text))] == []


@pytest.mark.parametrize("text", ["python -m dashboards audit burn", "python -m analysis dpia-facts --secrets"])
def test_a_command_that_does_not_exist_is_found(text: str) -> None:
    assert problem(text)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page("privacy.md")):
        assert (ROOT / "docs" / target).exists(), target
    for path in re.findall(r"`((?:models|tests)/[a-z_./]+)`", page("privacy.md")):
        assert (ROOT / path).exists(), path


def test_what_the_protection_does_not_prove_is_said() -> None:
    """Its honest limits, and the risks that dpia-facts prints."""
    text = re.sub(r"\s+", " ", page("privacy.md"))
    for limit in (
        "What is left is odds",
        "is not hidden to that degree",
        "Two agencies that act together",
        "section 171",
        "72 hours",
    ):
        assert limit in text, limit
    for word in ("offsets", "link key", "already knows", "Two agencies"):
        assert word in text
        assert any(word.lower() in risk.lower() for risk in RESIDUAL), word


def test_the_page_says_how_the_compose_file_connects() -> None:
    """TLS and a login for everything that speaks to Kafka, and TLS for the database; it once said plain text."""
    text = re.sub(r"\s+", " ", page("privacy.md"))
    kafka = compose()["services"]["kafka"]["environment"]
    protocols = dict(pair.split(":") for pair in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    assert {protocols["SERVICES"], protocols["AGENCIES"]} == {"SASL_SSL"}
    assert set(protocols.values()) == {"SASL_SSL", "SSL"}
    assert kafka["KAFKA_SASL_ENABLED_MECHANISMS"] == "SCRAM-SHA-512"
    assert "every connection to Kafka is over TLS with a login of its own (SASL, SCRAM-SHA-512) or" in text
    for service in compose()["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if name == "YPSEM_KAFKA_SECURITY_PROTOCOL":
                assert value in ("SASL_SSL", "SSL")
            if str(value).startswith("postgresql://"):
                assert "sslmode=verify-full" in value
        assert all(str(port).startswith(("127.0.0.1:", "${")) for port in service.get("ports", ()))
    assert "plain text" not in text


def test_the_reason_of_the_withdrawal_is_one_of_the_list() -> None:
    reasons = re.findall(r"--reason (\w+)", page("privacy.md"))
    assert reasons
    assert set(reasons) <= {reason.value for reason in DecisionReason}
