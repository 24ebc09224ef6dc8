"""Missing episodes as police and social care recorded them, and as each export edition shows them.

The two tell the same episode with slightly different times, so that merging has work to do. A record changes: it is
opened, closed, corrected, sometimes deleted because it had been logged twice.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from demo.synthetic import borough as b
from demo.synthetic.borough import END, START, at, real_time
from demo.synthetic.histories import InventedEpisode


@dataclass(slots=True)
class Interview:
    """A return home interview as far as social care knows it; `known` is when the outcome was recorded."""

    offered: str
    accepted: str
    completed: datetime | None
    known: datetime
    provider: str


@dataclass(slots=True)
class MissingRecord:
    """One agency's record of one episode; the `wrong_…` fields are what stood there until `corrected`."""

    agency: str
    ref: str
    episode: InventedEpisode
    start: datetime
    end: datetime | None
    recorded: datetime
    closed: datetime | None
    grade: str
    interview: Interview | None = None
    corrected: datetime | None = None
    wrong_grade: str | None = None
    wrong_start: datetime | None = None
    deleted: datetime | None = None

    def as_at(self, day: date) -> MissingRecord | None:
        """The record as an export run at the end of `day` shows it, or None when it is not there."""
        then = at(day, 23, 59)
        if self.recorded > then or (self.deleted is not None and self.deleted <= then):
            return None
        shown = self
        if self.corrected is not None and self.corrected > then:
            start = self.wrong_start or self.start
            shown = replace(shown, start=start, grade=self.wrong_grade or self.grade)
        if self.closed is not None and self.closed > then:
            shown = replace(shown, end=None, interview=None)
        elif self.interview is not None and self.interview.known > then:
            pending = replace(self.interview, accepted="", completed=None)
            shown = replace(shown, interview=pending)
        return shown


def police_records(seed: int, episodes: Iterable[InventedEpisode]) -> list[MissingRecord]:
    """Nine episodes in ten, by reference; and a few logged twice and deleted later."""
    found: list[MissingRecord] = []
    for episode in episodes:
        rng = random.Random(f"{seed}/police/{episode.child.part}/{episode.child.number}/{episode.number}")
        if rng.random() < (0.35 if _placed_away(episode) else 0.94):
            found.append(_police_record(rng, episode))
            if rng.random() < 0.015:
                again = _police_record(rng, episode)
                again.ref += "-2"
                again.deleted = again.recorded + timedelta(days=rng.randint(40, 420))
                found.append(again)
    return sorted(found, key=lambda record: (record.recorded, record.ref))


def _police_record(rng: random.Random, episode: InventedEpisode) -> MissingRecord:
    length = (episode.end - episode.start) if episode.end else timedelta(days=1)
    reported = episode.start + min(timedelta(minutes=rng.randint(20, 420)), length * 0.8)
    if rng.random() < 0.03:
        reported += timedelta(days=rng.randint(3, 25))
    end = episode.end + timedelta(minutes=rng.randint(0, 45)) if episode.end else None
    record = MissingRecord(
        agency=b.POLICE,
        ref=f"MP/{episode.start:%y}/{episode.number:05d}",
        episode=episode,
        start=real_time(episode.start - timedelta(minutes=episode.start.minute % 5)),
        end=real_time(end) if end else None,
        recorded=real_time(reported),
        closed=max(end, reported) + timedelta(hours=rng.randint(0, 50)) if end else None,
        grade=episode.grade,
    )
    if rng.random() < 0.05:
        record.corrected = record.recorded + timedelta(days=rng.randint(10, 320))
        record.wrong_grade = rng.choice([grade for grade in "LMH" if grade != record.grade])
    return record


def care_records(seed: int, episodes: Iterable[InventedEpisode]) -> list[MissingRecord]:
    """What social care holds: nearly all from care, six in ten from home, with the interview after each return."""
    found: list[MissingRecord] = []
    for episode in episodes:
        rng = random.Random(f"{seed}/care/{episode.child.part}/{episode.child.number}/{episode.number}")
        theirs = episode.child.care is not None and episode.child.care.area == "out_of_area_theirs"
        if not theirs and rng.random() < (0.94 if episode.from_care else 0.62):
            found.append(_care_record(rng, episode))
    return sorted(found, key=lambda record: (record.recorded, record.ref))


def _care_record(rng: random.Random, episode: InventedEpisode) -> MissingRecord:
    # At most 75 minutes off, so the hour band is the same or the next one; less when the episode is short.
    length = (episode.end - episode.start) if episode.end else timedelta(days=1)
    most = min(75, int(length.total_seconds() // 60 * 0.3))
    start = real_time(episode.start + timedelta(minutes=rng.randint(-most, most)))
    end = real_time(episode.end + timedelta(minutes=rng.randint(-most, most))) if episode.end else None
    recorded = start + timedelta(hours=rng.randint(3, 96))
    if rng.random() < 0.04:
        recorded += timedelta(days=rng.randint(14, 70))
    closed = max(end, recorded) + timedelta(hours=rng.randint(1, 120)) if end else None
    record = MissingRecord(
        agency=b.SOCIAL_CARE,
        ref=episode.child.person_id,
        episode=episode,
        start=start,
        end=end,
        recorded=recorded,
        closed=closed,
        grade="A" if episode.away else "M",
        interview=_interview(rng, end, closed) if end and closed else None,
    )
    if rng.random() < 0.012 and start.date() > START + timedelta(days=2):
        record.corrected = record.recorded + timedelta(days=rng.randint(10, 320))
        record.wrong_start = real_time(start - timedelta(days=1))
    return record


def _interview(rng: random.Random, returned: datetime, closed: datetime) -> Interview:
    offered = rng.choices(("Yes", "No", "NA", ""), (0.86, 0.08, 0.03, 0.03))[0]
    accepted, completed, known = "", None, closed
    if offered == "Yes":
        accepted = rng.choices(("Yes", "No", ""), (0.69, 0.27, 0.04))[0]
        known += timedelta(days=rng.randint(1, 9))
        if accepted == "Yes" and rng.random() < 0.82:
            hours = rng.uniform(8, 70) if rng.random() < 0.63 else rng.uniform(80, 500)
            completed = real_time((returned + timedelta(hours=hours)).replace(minute=rng.choice((0, 15, 30, 45))))
            completed = completed.replace(hour=10 + completed.hour % 8)
            if completed < returned:
                completed += timedelta(days=1)
            # Interview dates reach the file weeks later.
            known = max(known, completed) + timedelta(days=rng.randint(1, 40))
            if completed.date() > END + timedelta(days=30):
                completed = None
    return Interview(offered, accepted, completed, known, "vcs" if rng.random() < 0.6 else "la")


def _placed_away(episode: InventedEpisode) -> bool:
    care = episode.child.care
    return care is not None and care.area == "out_of_area_ours"
