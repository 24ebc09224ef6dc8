"""Calibration rests on simulated boards: the gate itself must say the same of the same children."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from analysis.signals import gate
from analysis.signals import seen as seen_module
from analysis.signals.draws import DEVIATION, LOOK_DAYS, Whole, drawn, variance
from analysis.signals.places import Places
from analysis.signals.seen import DAYS
from analysis.signals.simulated import (
    FIRST_DAY,
    PAST_WEEKS,
    SHARES,
    WEEK,
    Children,
    Rise,
    Setting,
    any_place,
    day_of,
    invented,
    judge,
    judged,
    new_signals,
    noises,
    noticed,
    with_rise,
)
from analysis.signals.thresholds import Thresholds
from models.signals import CHILD_KINDS, ChildKind
from tests.analysis.signals.worlds import AGENCIES, KEYS, Story, places, row

LOW = Thresholds(0.8, 3.0)
"""So low that much stands, and the two ways have something to differ in."""
KIND_OF_RECORD: dict[ChildKind, str] = {
    "cse_concern": "cse_concern",
    "cse_sign": "indicator_observed",
    "missing": "missing_episode",
}


def told_as_events(children: dict[ChildKind, Children], weeks: int) -> Story:
    """The same children as rows of a ledger; signs that are in concerns are rows of those."""
    story = Story()
    for kind in CHILD_KINDS:
        of = children[kind]
        begin = len(children["cse_concern"].ward) if kind == "cse_sign" else 0
        for n in range(begin, len(of.ward)):
            day = FIRST_DAY + timedelta(days=int(of.day[n]))
            for holder in np.flatnonzero(of.held[n]).tolist():
                ward = places().wards[of.ward[n]]
                story.add(row(AGENCIES[holder], f"{kind}{n}", day, ward, KIND_OF_RECORD[kind]))
    # Somebody is heard on every day, from outside of every ward: the windows of both end on the same day.
    for agency in AGENCIES:
        for day in (FIRST_DAY + timedelta(days=n) for n in range(weeks * WEEK)):
            story.add(row(agency, f"heard-{agency}-{day}", day, None, "cse_concern"))
    return story


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_gate_itself_finds_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(seed)
    setting, rise = with_rise(draw, Setting(900), Rise(tuple(any_place(draw, places(), "ward")), 0, 8, ratio=9.0))
    children, noise = invented(draw, places(), setting, rise), noises(draw, places(), setting)
    found = judged(places(), setting, children, noise)
    known = told_as_events(children, setting.weeks).evidence()
    # How complete reports are is estimated by the gate, and is never quite 1; the simulation leaves that out.
    monkeypatch.setattr(seen_module, "_exposure", lambda *_: np.ones(DAYS))
    stood = 0
    for look in range(setting.looks):
        at = {kind: noise[kind][look] for kind in CHILD_KINDS}

        def fixed(_: Places, kind: ChildKind, *__: object, at: dict[ChildKind, Whole] = at) -> Whole:
            return at[kind]

        monkeypatch.setattr(gate, "drawn", fixed)
        real = gate.verdict(known, places(), day_of(look), KEYS, LOW)
        assert real is not None
        assert real.last == day_of(look) - timedelta(days=1)
        for kind in CHILD_KINDS:
            mine, theirs = found.verdict(look, LOW.told).standing[kind], real.standing[kind]
            # All but the board, which counts those who were heard too.
            assert mine[:-1] == pytest.approx(theirs[:-1], abs=1e-6)
            stood += int((theirs[:-1] > 0).sum())
    assert stood > 10


def test_its_noise_has_the_law_of_the_keyed_one() -> None:
    draw = np.random.default_rng(1)
    setting = Setting(100, looks=400)
    for kind, noise in noises(draw, places(), setting).items():
        spread = noise.reshape(-1, len(places().places), noise.shape[2]).var(axis=(0, 2))
        # The season's draw is shared by six looks, so that there are few of them; with fixed seeds nothing flickers.
        assert spread == pytest.approx(variance(places(), kind), rel=0.4)
        assert abs(noise.mean()) < 0.5
        keyed = drawn(places(), kind, day_of(0), KEYS)
        assert np.abs(keyed[: len(places().wards)]).max() <= 8 * DEVIATION
        assert keyed.shape == noise.shape[1:]


def test_leaving_out_two_of_three_leaves_what_the_third_holds() -> None:
    children = invented(np.random.default_rng(3), places(), Setting(300))["missing"]
    views = children.views(len(places().wards), Setting(300).weeks, 2)
    assert len(views) == 1 + len(SHARES) + 3
    assert views[0].sum() == len(children.ward)
    assert views[-1].sum() == children.held[:, 0].sum(), "without the second and the third"


def test_a_rise_is_noticed_while_it_lasts_and_only_there() -> None:
    draw = np.random.default_rng(4)
    setting, rise = with_rise(draw, Setting(400), Rise((5,), 0, 13, extra=90))
    assert setting.seen(setting.looks - 1) <= rise.first + rise.weeks
    assert setting.seen(setting.looks) > rise.first + rise.weeks - LOOK_DAYS // WEEK
    found = judge(draw, places(), setting, rise)
    thresholds = Thresholds(6.0, 9.0)
    assert noticed(found, places(), thresholds, rise, setting)
    far = Rise((20,), rise.first, rise.weeks)
    assert places().town_of[20] != places().town_of[5]
    assert not noticed(found, places(), thresholds, far, setting)


def test_what_stands_before_the_year_is_not_new_in_it() -> None:
    draw = np.random.default_rng(6)
    loud = judge(draw, places(), Setting(400), Rise((5,), PAST_WEEKS - 12, 200, extra=2_000))
    # Wards rise and stay: the rise is found at the first look, and is one signal of each kind all the year.
    assert new_signals(loud, places(), Thresholds(9.0, 12.0)) <= 3
    assert loud.busy(9.0)[:20].all(), "later its own past has it"
