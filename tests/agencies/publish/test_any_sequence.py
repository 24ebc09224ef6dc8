"""Whatever is published, corrected, moved, completed, killed or lost on the way: in the end the broker's latest
revisions are the file's truth, and no event was withdrawn before it was published."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agencies.mint import Minter
from agencies.outbox import Outbox, Queued, Sent
from agencies.publish.broker import BrokerProblem
from agencies.rows import SourceRow
from tests.agencies.support import OTHER_WARD, WARD, YEAR, Log, minter, publish, row

KEYS = [str(n) for n in range(4)]
Content = tuple[str, str]


class Killed(Exception):
    """The process ends here: nothing after this point ran."""


class MortalLog(Log):
    """A broker's log whose client dies after so many messages, before it can note the acknowledgements."""

    dies_after: int | None = None

    def send(self, batch: Sequence[Queued]) -> tuple[list[Sent], BrokerProblem | None]:
        """See `Log.send`."""
        if self.dies_after is None:
            return super().send(batch)
        left, self.dies_after = self.dies_after, None
        if left < len(batch):
            super().send(batch[:left])
            raise Killed
        sent = super().send(batch)
        self.dies_after = left - len(batch)
        return sent


class AnySequence(RuleBasedStateMachine):
    """An agency whose file changes, whose process dies and whose broker goes away."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        self.by: Minter = minter(path)
        self.log = MortalLog()
        self.file: dict[str, Content] = {}
        self.outbox = Outbox(path / "outbox.sqlite")

    def rows(self) -> list[SourceRow]:
        return [row(key, ward=ward, police_grade=grade) for key, (ward, grade) in self.file.items()]

    def run_publish(self, complete: bool) -> None:
        try:
            publish(self.outbox, self.log, self.rows(), self.by, YEAR if complete else None, yes=True)
        except Killed:
            self.outbox.close()
            self.outbox = Outbox(self.outbox.path)

    @rule(key=st.sampled_from(KEYS), ward=st.sampled_from([WARD, OTHER_WARD]), grade=st.sampled_from(["low", "high"]))
    def edit(self, key: str, ward: str, grade: str) -> None:
        self.file[key] = (ward, grade)

    @rule(key=st.sampled_from(KEYS))
    def delete(self, key: str) -> None:
        self.file.pop(key, None)

    @rule(complete=st.booleans())
    def publish_file(self, complete: bool) -> None:
        self.log.takes = None
        self.run_publish(complete)

    @rule(complete=st.booleans(), takes=st.integers(0, 3))
    def publish_while_the_broker_fails(self, complete: bool, takes: int) -> None:
        self.log.takes = takes
        self.run_publish(complete)
        self.log.takes = None

    @rule(complete=st.booleans(), after=st.integers(0, 4))
    def publish_and_be_killed(self, complete: bool, after: int) -> None:
        self.log.takes, self.log.dies_after = None, after
        self.run_publish(complete)
        self.log.dies_after = None

    @rule()
    def resend(self) -> None:
        self.outbox.resend_all()

    @rule()
    def publish_the_truth(self) -> None:
        self.log.takes = self.log.dies_after = None
        receipt = publish(self.outbox, self.log, self.rows(), self.by, YEAR, yes=True)
        assert receipt.spooled == 0
        found = sorted((data["board"], data["police_grade"]) for data in self.log.live().values())
        boards = {WARD: "X08000001", OTHER_WARD: "X08000002"}
        assert found == sorted((boards[ward], grade) for ward, grade in self.file.values())

    @invariant()
    def one_content_per_revision_and_no_withdrawal_first(self) -> None:
        contents: dict[tuple[str, int], dict[str, Any]] = {}
        begun: set[str] = set()
        for event in self.log.events():
            data = event["data"]
            assert contents.setdefault((data["event_id"], data["revision"]), event) == event
            if event["type"] == "ypsem.withdrawal.v1":
                assert data["event_id"] in begun
            begun.add(data["event_id"])

    @invariant()
    def a_record_is_never_live_twice(self) -> None:
        tokens = [str(data["tokens"]) for data in self.log.live().values()]
        assert len(tokens) == len(set(tokens))

    def teardown(self) -> None:
        if hasattr(self, "outbox"):
            self.outbox.close()
            self.folder.cleanup()


AnySequence.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnySequence = AnySequence.TestCase
