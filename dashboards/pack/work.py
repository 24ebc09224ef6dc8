"""What the papers say of agencies' work: who sees, what was done, training, signals, actions and returns."""

from __future__ import annotations

from typing import NamedTuple

from analysis.measures.registry import MEASURE_WORDS
from analysis.shown import measure as shown
from analysis.signals.sentences import CAUTION, NOT_A_COUNT
from dashboards.actions.view import ActionView
from dashboards.pack.blocks import Block, Grid, Part, Points, Row, Said
from dashboards.pack.picture import columns, row, scale
from dashboards.pack.source import Source
from dashboards.tied import class_words, name_of, not_in_totals
from dashboards.training.needs import NeedRow
from dashboards.words import KINDS, moment, quarter, sector_words, short_quarter, uncapital
from models.catalogue import shipped
from models.contract.periods import before, kind_of

NOT_FAULT = (
    "Nobody is ranked. A sector that records little may meet few such children, may not write down what it sees, or "
    "may not know the signs. These tables are for asking, not for blame."
)


class Step(NamedTuple):
    """A step of the work, and of which children it is a share."""

    part: str
    whole: str


STEPS = (
    Step("m7_screened", "m7_children"), Step("m16_met", "m16_high"), Step("m8_offered", "m8_returned"),
    Step("m8_completed", "m8_offered"), Step("m8_within_72h", "m8_completed"), Step("m10_responded", "m10_children"),
    Step("m12_completed", "m12_returned"), Step("m21_turned_away", "m1_children"),
    Step("m21_raised_again", "m21_turned_away"),
)  # fmt: skip


def recognition(source: Source) -> Part:
    """Concerns by sector, who is late, and which kinds of sign a sector hardly records."""
    blocks: list[Block] = [Said(NOT_FAULT)]
    rows = tuple(row(source, sector_words(sector), "m1_children", sector=sector) for sector in source.sectors)
    if rows:
        blocks.append(
            Grid(f"{MEASURE_WORDS['m1_children']}, by sector", ("Sector", *columns(source)), rows, "", scale(rows))
        )
        late = tuple(_late(source, sector) for sector in source.sectors)
        heads = ("Sector", "Raised by two or more", "Raised over 30 days later", "Share", "Likely")
        note = "Of the children whom two agencies or more raised, and of whom this sector was one."
        blocks.append(Grid("Children raised more than 30 days after another agency had, by sector", heads, late, note))
        blocks += _prompts(source)
    else:
        blocks.append(Said("This board releases no figures by sector: it has too few children for them."))
    return Part("Who sees and who does not", tuple(blocks))


def _late(source: Source, sector: str) -> Row:
    share = source.figures.share("m2_raised_later", "m2_raised_by_several", sector=sector)
    return Row(sector_words(sector), (share.whole, share.part, share.text, share.likely or "–"))


def _prompts(source: Source) -> list[Block]:
    """The kinds of sign that a sector is expected to see and recorded about few children."""
    listed = shown.prompts(source.known.boards[source.window], shipped())
    if not listed:
        return []
    rows = tuple(Row(sector_words(sector), (", ".join(few),)) for sector, few in listed)
    note = (
        "The list of signs says which of them each sector can be expected to see. “Fewer than 10” may be none. Ask "
        "whether staff know these signs, and whether they write them down."
    )
    caption = "Kinds of sign that a sector can see, and recorded about fewer than 10 children"
    return [Grid(caption, ("Sector", "Kinds of sign"), rows, note, numeric=False)]


def responses(source: Source) -> Part:
    """Each step of the work as a share, beside the year before."""
    rows = []
    for step in STEPS:
        now = source.figures.share(step.part, step.whole)
        past = source.figures.share(step.part, step.whole, window=before(source.window))
        if now.part.cell is not None:
            entries = (now.part, now.whole, now.text, now.likely or "–", past.text)
            rows.append(Row(MEASURE_WORDS[step.part], entries))
    year = KINDS[kind_of(source.window)]
    heads = ("Step", "Children", "Of", "Share", "Likely", f"Share, the {year} before")
    note = (
        "Shares of two years may differ by chance alone. Where the share of one year is within the likely range of the "
        "other, take it that nothing changed."
    )
    return Part(
        "What was done",
        (
            Grid(
                f"Steps after a concern or a missing episode, {quarter(source.window)}",
                heads,
                tuple(rows),
                note,
            ),
        ),
    )


def signals(source: Source) -> Part:
    """Open signals in sentences, those closed in the last year, and how to read them."""
    page = source.signals
    blocks: list[Block] = [Said(signal.words, strong=False) for signal in page.open]
    if not page.open:
        blocks.append(Said("No signal about children is open."))
    if page.closed:
        blocks += [
            Said("Closed in the last twelve months", strong=True),
            Points(tuple(Said(s.words) for s in page.closed)),
        ]
    if page.operational:
        blocks += [Said("About agencies", strong=True), Points(tuple(Said(s.words) for s in page.operational))]
    return Part("Signals", (*blocks, Said(f"{NOT_A_COUNT} {CAUTION}")))


def training(source: Source) -> Part:
    """Needs with what each rests on, and what became of the training held."""
    page = source.training
    if page is None:
        return Part(
            "Training needs and effects", (Said("No year with figures by sector is released, so nothing can be said."),)
        )
    blocks: list[Block] = []
    if source.needs:
        needs = tuple(need_row(need) for need in source.needs)
        heads = NEED_COLUMNS
        note = f"{page.measured} A need is a question to the sector, not a verdict on it."
        blocks.append(Grid(f"Training needs, {quarter(page.year)}", heads, needs, note, numeric=False))
    else:
        blocks.append(Said(f"No training need can be told from the figures of {quarter(page.year)}."))
    blocks.append(Points(tuple(Said(f"{question} {answer}") for question, answer in page.answers)))
    told = [programme for programme in page.programmes if programme.result in ("changed", "no clear change")]
    if told:
        rows = tuple(Row(one.title, (one.when, one.not_proof or "–", one.said)) for one in told)
        titles = ("Programme", "When", "Share of signs", "Compared with other sectors")
        blocks.append(Grid("Training that could be compared with sectors not trained", titles, rows, numeric=False))
    early = len(page.programmes) - len(told)
    if early:
        words = "programme cannot be judged yet" if early == 1 else "programmes cannot be judged yet"
        blocks.append(
            Said(f"{early} more {words}, or the figures say too little. The training page gives the reason of each.")
        )
    return Part("Training needs and effects", tuple(blocks))


NEED_COLUMNS = ("Sector", "Subject", "How sure", "Against what we expect", "It rests on")


def need_row(need: NeedRow) -> Row:
    """One need in words."""
    expected = f"{need.against} (likely {need.interval})"
    return Row(need.sector, (need.about, f"{need.standing}, {need.probability}", expected, need.rests_on))


def actions(source: Source) -> Part:
    """What is overdue, what is open, and what was closed last."""
    page, blocks = source.actions, list[Block]()
    if page.overdue:
        blocks.append(_actions("Overdue, the longest first", page.overdue))
    else:
        blocks.append(Said("No action is overdue."))
    if page.open:
        blocks.append(_actions("Open and in time, the next due first", page.open))
    if page.closed:
        blocks.append(_actions("Closed last", page.closed[:5]))
    return Part("Actions", tuple(blocks))


def _actions(caption: str, listed: tuple[ActionView, ...]) -> Grid:
    rows = tuple(Row(one.title, (one.owner, one.due, one.state, f"{one.told}{_untold(one)}")) for one in listed)
    return Grid(caption, ("Action", "Owner", "Due", "State", "Who was told"), rows, numeric=False)


def _untold(action: ActionView) -> str:
    return ". Its owner is not listed as told" if action.is_open and action.owner in action.not_told else ""


def quality(source: Source) -> Part:
    """Returns, records that cannot be tied to a child, and what is missing."""
    release, blocks = source.release, list[Block]()
    blocks.append(
        Said(
            f"{release.agencies_returned} of {release.agencies_expected} agencies had returned the whole period by "
            f"{moment(release.cut_off)}. A year counts what had come by then, so it may hold late records that its "
            "quarters lack."
        )
    )
    rows = tuple(Row(agency.name, tuple(map(str, agency.returns[: len(source.quarters)]))) for agency in source.returns)
    heads = ("Agency", *map(short_quarter, source.quarters))
    note = "No return does not mean that nothing happened."
    blocks.append(Grid("Returns of the last quarters, as of today", heads, rows, note, numeric=False))
    lost = [gap.agency for gap in source.left.unread if gap.agency]
    if lost:
        blocks.append(Said(f"Some of what {' and '.join(lost)} sent was lost, and is not in the figures."))
    if source.left.records:
        many = source.left.records > 1
        blocks.append(Said(f"{source.left.records} {'records are' if many else 'record is'} left out by operations."))
    if release.tied:
        tied = tuple(Row(name_of(one), (class_words(one.own),)) for one in release.tied if one.own != "too few records")
        blocks.append(
            Grid("Share of records that can be tied to a child", ("Sector and records", "Share"), tied, numeric=False)
        )
    if totals := not_in_totals(release):
        blocks.append(Said(totals))
    return Part("How far the figures can be trusted", tuple(blocks))


def silent_sectors(source: Source) -> str:
    """The sectors that returned nothing for the period, within a sentence; empty if each returned something."""
    names = map(sector_words, shown.silent(source.known.boards[source.window]))
    return ", ".join(uncapital(name) for name in names)
