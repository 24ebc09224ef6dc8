"""What the agencies of a harder board write down, as records of linked children: no exports, no brokers, no linking.

The children and the signs are those of the demo's generator (`demo.synthetic.exploitation`). Who notices, copies,
raises, screens, and under which identifier, is drawn here by the board's habits. With `EASY` it is the demo's recording
again, by the same chances: tests/benchmarks compare the two.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from analysis.ledger.records import ConcernRecord, ScreeningRecord, SignRecord
from analysis.measures.history import LinkedChild
from benchmarks.conclusions.habits import SECOND, SILENT_FROM, Habits, expit, logit
from demo.synthetic import borough as b
from demo.synthetic.borough import END, START, Borough, delay
from demo.synthetic.catalogue import category, observers
from demo.synthetic.children import make_children
from demo.synthetic.exploitation import Sign, Story, make_stories
from demo.synthetic.sightings import KEEPS_INDICATORS, RAISES_CONCERNS
from models.contract import codes as c

_NO_RISE = 0.0


@dataclass(slots=True)
class Recorded:
    """A board as it was written down."""

    children: dict[str, LinkedChild] = field(default_factory=dict, repr=False)
    sector_of: dict[str, str] = field(default_factory=dict)
    """Agency -> sector, as the register has it."""
    signs: dict[tuple[str, str], list[tuple[str, date, float]]] = field(default_factory=dict, repr=False)
    """Sector, topic -> (child, day, log odds beside the habit) of each sign that it could see: for true effects."""


@cache
def _borough() -> Borough:
    return Borough(0)


def stories_of(seed: int, scale: float) -> list[Story]:
    """Children's signs as the demo's generator makes them, without the planted rise."""
    children = [one for one in make_children(seed, scale, _borough()) if one.part != "quiet"]
    return make_stories(seed, _NO_RISE, children, _borough())


def record(habits: Habits, sector_of: dict[str, str]) -> Recorded:
    """Everything that is written down of the board's children."""
    plan = habits.plan
    found = Recorded(sector_of=sector_of)
    for story in stories_of(plan.seed, plan.scale):
        _Child(habits, story, found).record()
    for child in found.children.values():
        child.close()
    return found


class _Child:
    """The recording of one child's story."""

    def __init__(self, habits: Habits, story: Story, found: Recorded) -> None:
        self.habits, self.story, self.found = habits, story, found
        self.rng = random.Random(f"{habits.plan.seed}/write/{story.child.part}/{story.child.number}")
        self.name = str(story.child.number)
        hard = habits.plan.hardness
        self.plain = self.rng.gauss(0, hard.child) if hard.child else 0.0
        self.plain_signs = [self.plain + (self.rng.gauss(0, hard.sign) if hard.sign else 0.0) for _ in story.signs]
        self.seen: defaultdict[str, list[Sign]] = defaultdict(list)
        self.written: list[tuple[str, ConcernRecord | SignRecord | ScreeningRecord]] = []

    def record(self) -> None:
        """Notice, copy, raise, screen; then each record under the child that its identifier gives."""
        for sector in self.habits.agencies:
            if sector in self.story.in_contact:
                self._notice(sector)
        self._copy()
        for sector in self.habits.agencies:
            if seen := sorted(self.seen.get(sector, ()), key=lambda sign: sign.day):
                raised = self._raise(sector, seen) if sector in RAISES_CONCERNS else []
                if sector in KEEPS_INDICATORS:
                    told = {(concern.occurred_on, code) for concern in raised for code in concern.indicators}
                    self._observe(sector, [s for s in seen if s.day >= START and (s.day, s.code) not in told])
        self._place()

    def _notice(self, sector: str) -> None:
        first, last = self._contact()
        agency = self._agency(sector)
        for sign, plain in zip(self.story.signs, self.plain_signs, strict=True):
            if sector not in _observers(sign.code):
                continue
            topic = category(sign.code)
            more = plain + self.habits.agency_logit[agency]
            if first <= sign.day <= last:
                self.found.signs.setdefault((sector, topic), []).append((self.name, sign.day, more))
                if self.rng.random() < expit(logit(self.habits.chance(sector, topic, sign.day)) + more):
                    self.seen[sector].append(sign)

    def _contact(self) -> tuple[date, date]:
        """When the sector is in contact: mostly all the time, else for 90 to 300 days about one of the signs."""
        if self.rng.random() >= self.habits.plan.hardness.brief:
            return date.min, date.max
        about = self.rng.choice(self.story.signs).day
        return about - timedelta(days=self.rng.randint(30, 150)), about + timedelta(days=self.rng.randint(60, 150))

    def _agency(self, sector: str) -> str:
        names = self.habits.agencies[sector]
        return names[self.story.child.number % len(names)]

    def _copy(self) -> None:
        """A sign that one told, written down by another as its own: it need not have seen anything."""
        share = self.habits.plan.hardness.copied
        if not share:
            return
        heard = [(sector, sign) for sector, signs in self.seen.items() for sign in signs]
        for sector, sign in heard:
            if self.rng.random() < share:
                others = [s for s in self.story.in_contact if s != sector and s in _observers(sign.code)]
                if others:
                    to = self.rng.choice(sorted(others))
                    if sign not in self.seen[to]:
                        later = sign.day + timedelta(days=self.rng.randint(0, 14))
                        self.seen[to].append(Sign(sign.code, min(later, END), sign.ward, sign.place))

    def _raise(self, sector: str, seen: list[Sign]) -> list[ConcernRecord]:
        rng, story = self.rng, self.story
        if story.onset is None:
            return [self._concern(sector, seen[-1].day, seen)] if rng.random() < 0.07 and seen[-1].day >= START else []
        day = seen[0].day + timedelta(days=delay(rng, self.habits.days[sector], 0.45))
        found: list[ConcernRecord] = []
        while day <= min(END, story.ends + timedelta(days=45)) and story.child.under_18(day):
            if day >= START and rng.random() < self.habits.raises[sector, int(day >= SECOND)]:
                found.append(self._concern(sector, day, seen))
            later = [sign.day for sign in seen if sign.day > day + timedelta(days=45)]
            if not later or rng.random() < 0.35:
                break
            day = later[0] + timedelta(days=delay(rng, 6))
        return found

    def _concern(self, sector: str, day: date, seen: list[Sign]) -> ConcernRecord:
        before = ([sign for sign in seen if sign.day <= day] or seen[:1])[-5:]
        told = ConcernRecord(
            **self._shared(sector, day),
            indicators=frozenset(sign.code for sign in before),
            level=c.RiskLevel(self.story.severity or "at_risk"),
            harm_status=c.HarmStatus.SUSPECTED,
            models=(),
            location_type=c.LocationType.UNKNOWN,
            next_step=c.NextStep.UNKNOWN,
            occurred_at="",
        )
        self.written.append((sector, told))
        if sector in (b.SOCIAL_CARE, b.POLICE) and self.rng.random() < self.habits.screens[int(day >= SECOND)]:
            self._screen(day + timedelta(days=delay(self.rng, 7, 0.7, 60)))
        return told

    def _screen(self, day: date) -> None:
        if day <= END and self.story.child.under_18(day):
            told = ScreeningRecord(
                **self._shared(b.SOCIAL_CARE, day),
                tool=c.RiskScheme.WEST_MIDLANDS,
                native=c.NativeLevel.AT_RISK,
                level=c.RiskLevel(self.story.severity or "at_risk"),
                score=None,
                professional_override=c.YesNo.UNKNOWN,
            )
            self.written.append((b.SOCIAL_CARE, told))

    def _observe(self, sector: str, signs: list[Sign]) -> None:
        for sign in signs:
            told = SignRecord(
                **self._shared(sector, sign.day),
                indicators=frozenset((sign.code,)),
                location_type=c.LocationType.UNKNOWN,
                occurred_at="",
            )
            self.written.append((sector, told))

    def _shared(self, sector: str, day: date) -> dict[str, Any]:
        """What every record says; who the child is, is nobody's business here."""
        return {
            "event_id": f"{self.name}-{len(self.written)}",
            "agency": self._agency(sector),
            "occurred_on": day,
            "recorded_on": day,
            "home": "",
            "tokens": (),
            "sex": c.Sex.UNKNOWN,
            "ethnic_group": c.EthnicGroup.UNKNOWN,
            "disability": c.YesNo.UNKNOWN,
            "age_band": c.AgeBand.UNKNOWN,
            "placement_group": c.PlacementGroup.UNKNOWN,
            "placement_area": c.PlacementArea.UNKNOWN,
        }

    def _place(self) -> None:
        """Under the child; an identifier that no other agency has makes a child of its own; without one, nowhere."""
        hard, children = self.habits.plan.hardness, self.found.children
        for _, told in sorted(self.written, key=lambda one: (one[1].occurred_on, one[1].event_id)):
            lost = told.agency in self.habits.untokened or (hard.untokened and self.rng.random() < hard.untokened)
            if lost or (told.agency in self.habits.silent and told.occurred_on >= SILENT_FROM):
                continue
            alone = hard.apart and self.rng.random() < hard.apart
            link = f"{self.name}/{told.agency}" if alone else self.name
            children.setdefault(link, LinkedChild()).add(told)


@cache
def _observers(code: str) -> frozenset[str]:
    return frozenset(observers(code))
