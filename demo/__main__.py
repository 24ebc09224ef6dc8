"""Everything on one machine: `python -m demo` leaves a page open, `python -m demo --once` checks itself and ends."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from demo.accounts import in_words
from demo.brokers.embedded import BrokerMissing
from demo.household import Household, Stopped, say
from demo.processes import ChildFailed, accepts, free_port
from demo.run import RunOptions, walk_the_road
from demo.rundir import ROOT, RunFolder

BROKERS = "embedded needs nothing more; kafka is real Apache Kafka, from Java 17 and Maven."
FEW = "The boards release years and pairs of years, as those with few children do; --scale 0.06 makes them such boards."
YEARS = "Financial years to release, each with its quarters; 0 for the last quarter alone, which is quickest."
STOPPED = 130
"""The exit code that a shell gives for Ctrl-C."""


@click.command()
@click.option("--once", is_flag=True, help="Print the reconciliation as JSON and end; exit 1 if it does not add up.")
@click.option("--broker", type=click.Choice(["embedded", "kafka"]), default="embedded", show_default=True, help=BROKERS)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port of the page.")
@click.option("--scale", type=click.FloatRange(0.05, 5), default=1.0, show_default=True, help="Size of the boroughs.")
@click.option("--years", type=click.IntRange(0, 2), default=2, show_default=True, help=YEARS)
@click.option("--few", is_flag=True, help=FEW)
def main(once: bool, broker: str, port: int, scale: float, years: int, few: bool) -> None:
    """Run the whole road with synthetic agencies: broker, stream tier, sink, page, exports published.

    All its files are in var/demo/latest. Ctrl-C stops all of it.
    """
    if once:
        port = free_port()  # nobody looks at the page, so any port will do
    elif accepts(port):
        raise click.ClickException(f"port {port} is taken; choose another with --port (make demo PORT=...)")
    run = RunFolder.make()
    say(f"all files of this run are in {run.path.relative_to(ROOT)}")
    try:
        with Household(ROOT) as household:
            reconciliation, url = walk_the_road(household, run, RunOptions(broker, port, scale, years, few))
            written = json.dumps(reconciliation, indent=2)
            (run.path / "reconciliation.json").write_text(written + "\n", "utf-8")
            if once:
                click.echo(written)
            else:
                _stay(household, reconciliation, url)
    except Stopped:
        say("stopped")
        sys.exit(0 if not once else STOPPED)
    except (BrokerMissing, ChildFailed, TimeoutError) as error:
        say(str(error))
        sys.exit(1)
    if not reconciliation["ok"]:
        say("the reconciliation does not add up")
        sys.exit(1)


def _stay(household: Household, reconciliation: dict[str, Any], url: str) -> None:
    """Keep everything running until someone stops it, or a part of it ends early."""
    for line in in_words(reconciliation["total"]):
        say(line)
    say(
        "it adds up"
        if reconciliation["ok"]
        else "IT DOES NOT ADD UP: see reconciliation.json among the files of this run"
    )
    say(f"the page is open at {url}sign-in/start: choose who to be   (Ctrl-C stops everything)")
    household.wait_for(lambda: False, float("inf"), "someone stops it", every=0.5)


if __name__ == "__main__":
    main(prog_name="python -m demo")
