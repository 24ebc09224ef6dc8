"""The command `conformance`: runs a producer of any language against a broker, and judges what lands there."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import click

from agencies.conformance.facts import JudgeFacts
from agencies.conformance.judge import FAILS, HOLDS, PointVerdict, judge
from agencies.conformance.reading import RawTopic, reading
from agencies.conformance.wire import WireRecord
from agencies.mint import require_agency
from agencies.options import broker_options, show
from agencies.settings import load_kafka_settings
from models.contract.refusals import Refusal
from models.register import load_register
from models.register.admission import Admission
from models.service import clock
from models.service.commands import CommandFailed
from models.service.exits import DONE, NOT_ALL

QUIET = 2.0
"""Seconds without a record after which a run's records have all been read: they were acknowledged before it ended."""


@click.command("conformance")
@click.option("--agency", required=True, help="Your agency's id.")
@click.option("--run", "command", metavar="COMMAND",
              help="Start this producer, BOOTSTRAP and AGENCY in its environment; else publish by hand.")  # fmt: skip
@click.option("--times", type=click.IntRange(1, 10), default=2, show_default=True,
              help="Runs of COMMAND. A second one shows whether the same records get the same ids.")  # fmt: skip
@click.option("--wait", type=click.FloatRange(1, 3600), default=60, show_default=True, metavar="SECONDS",
              help="How long a run may take, or how long you have to publish.")  # fmt: skip
@click.option("--epoch", "epochs", type=click.IntRange(1, 9999), multiple=True,
              help="An epoch for which intake has a gate key; may be repeated.")  # fmt: skip
@click.option("--register", "register_dir", type=click.Path(path_type=Path), envvar="YPSEM_REGISTER",
              help="Directory of the register, to judge boards, areas and dates too. [env YPSEM_REGISTER]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@broker_options
def conformance(
    agency: str, command: str | None, times: int, wait: float, epochs: tuple[int, ...], register_dir: Path | None,
    as_json: bool, bootstrap: str, kafka_config: Path | None,
) -> None:  # fmt: skip
    """Say which points of the contract hold for a producer that you wrote.

    Reads what lands on cse.events.<agency>.v1 while the producer runs, and judges it. An agency's own login may not
    read that topic, only its receipts: use a broker for tests (an embedded or local one, without logins), or ask
    operations to run it with theirs. Nothing is written, and no value is shown: records are named by
    partition/offset, what is wrong by rule and path (docs/rules.md).

    \b
      python -m agencies conformance --agency ID --bootstrap localhost:9092 --run "node producer.mjs"

    Publish at least one event, a later revision of it, and its withdrawal: what was not published is "not shown".
    """
    settings = load_kafka_settings(kafka_config)
    facts = JudgeFacts(agency, clock.now(), frozenset(epochs), _by_register(agency, register_dir))
    with reading(bootstrap, agency, settings) as topic:
        records = _run(topic, command, times, wait, {"BOOTSTRAP": bootstrap, "AGENCY": agency})
    if not records:
        raise CommandFailed(f"nothing arrived on {topic.name}: is it the producer's topic, and does it wait for acks?")
    verdicts = judge(records, facts)
    show(_as_dict(records, verdicts), "\n".join(_lines(records, verdicts)), as_json)
    raise SystemExit(NOT_ALL if any(verdict.state == FAILS for verdict in verdicts) else DONE)


def _run(
    topic: RawTopic, command: str | None, times: int, wait: float, environment: dict[str, str]
) -> list[WireRecord]:
    if command is None:
        click.echo(f"Publish now, to {topic.name}; reading for up to {wait:.0f} s.", err=True)
        return topic.new(0, QUIET, wait)
    records: list[WireRecord] = []
    for run in range(times):
        try:
            done = subprocess.run(
                shlex.split(command), env=os.environ | environment, timeout=wait, check=False,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise CommandFailed(f"--run: the command did not end within {wait:.0f} s; give a longer --wait") from None
        except (OSError, ValueError) as error:
            says = getattr(error, "strerror", None) or "a quotation mark is missing"
            raise CommandFailed(f"--run: the command cannot be started: {says}") from None
        if done.returncode:
            raise CommandFailed(f"--run: the command ended with exit code {done.returncode}; its own output is above")
        records += topic.new(run, QUIET, max(QUIET, 10))
    return records


def _by_register(agency: str, directory: Path | None) -> Callable[[WireRecord], tuple[Refusal, ...]] | None:
    if directory is None:
        return None
    register = load_register(directory, clock.today())
    require_agency(register, agency)
    admission = Admission(register, clock.now(), clock.today())

    def refusals(seen: WireRecord) -> tuple[Refusal, ...]:
        return () if seen.event is None else tuple(admission.refusals(agency, seen.event))

    return refusals


def _as_dict(records: list[WireRecord], verdicts: list[PointVerdict]) -> dict[str, object]:
    return {
        "records": len(records),
        "points": [
            {"point": one.point, "says": one.says, "state": one.state, "why": list(one.why)} for one in verdicts
        ],
    }


def _lines(records: list[WireRecord], verdicts: list[PointVerdict]) -> list[str]:
    marks = {HOLDS: "holds        ", FAILS: "DOES NOT HOLD"}
    lines = [f"{len(records)} records"]
    for one in verdicts:
        lines.append(f"  {marks.get(one.state, 'not shown    ')}  {one.point}: {one.says}")
        lines += [f"{'':17}{why}" for why in one.why]
    return lines
