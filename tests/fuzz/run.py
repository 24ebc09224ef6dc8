"""One fuzzing run: real Kafka, real services, hostile messages on both ways in, and a table of what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from models.contract import topics
from tests.agencies.serve.support import Gateway
from tests.factories import SCHOOLS
from tests.fuzz.hostile import CANARY
from tests.fuzz.http_intake import Answers, fuzz
from tests.fuzz.raw_topic import Run
from tests.kafka.road import log_end


@dataclass
class Result:
    """What a run found; good when there is nothing in `problems`."""

    raw: int = 0
    http: int = 0
    valid: int = 0
    kinds: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


def fuzz_everything(
    folder: Path, bootstrap: str, seed: int, raw: int, over_http: int, say: Callable[[str], object] = lambda _: None
) -> Result:
    """Send, wait until all of it was decided, search."""
    began = time.monotonic()
    with ExitStack() as stack:
        run = Run.begin(folder, bootstrap, stack)
        gateway = Gateway(folder / "gateway", bootstrap)
        gateway.environment["YPSEM_CLOCK_OFFSET_SECONDS"] = run.services.environment["YPSEM_CLOCK_OFFSET_SECONDS"]
        stack.enter_context(gateway)
        say(f"sending {over_http} messages over HTTP")
        answers = fuzz(gateway, seed + 100, over_http)
        say(f"sending {raw} messages to raw topics")
        run.feed(seed, raw)
        through = log_end(bootstrap, topics.raw(SCHOOLS))
        say(f"waiting for {run.sent.count + through} records to be decided")
        result = Result(run.sent.count, answers.sent, len(run.sent.valid) + answers.valid, len(run.sent.how))
        try:
            run.settle(run.sent.count + through, timeout=300 + raw / 200)
        except AssertionError as error:
            result.problems.append(str(error)[:500])
        result.problems += [f"{name} does not run" for name in run.alive()]
        result.problems += _of_gateway(gateway, answers)
        say("searching everything that came out")
        result.problems += [f"a canary in: {name}" for name in run.leaks()]
        if not result.problems and not run.finds_what_is_planted():
            result.problems.append("the search does not find what is planted: it has shown nothing")
        result.statuses = dict(sorted(answers.statuses.items()))
    result.seconds = time.monotonic() - began
    return result


def _of_gateway(gateway: Gateway, answers: Answers) -> list[str]:
    found = sorted(set(answers.problems))
    if gateway.child is None or gateway.child.exit_code is not None or gateway.watched("/live").status != 200:
        found.append("the HTTP intake does not run")
        return found
    for name, content in (("log", gateway.log().encode()), ("metrics", gateway.watched("/metrics").body)):
        if CANARY.search(content):
            found.append(f"a canary in the HTTP intake's {name}")
    return found
