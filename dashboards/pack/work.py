"""What the papers say of agencies' work: who sees, what was done, training, signals, actions and returns."""

from __future__ import annotations

from typing import NamedTuple

from analysis.measures import m6, m18
from analysis.measures.registry import MEASURE_WORDS
from analysis.signals.sentences import CAUTION, NOT_A_COUNT
from dashboards.actions.view import ActionView
from dashboards.measures.view import measure_page
from dashboards.pack.blocks import Block, Drawing, Grid, Heat, Part, Points, Row, Said
from dashboards.pack.picture import columns, row, scale
from dashboards.pack.source import Source
from dashboards.pictures import before_after, flow, needs
from dashboards.sections.steps import ROADS, roads
from dashboards.tied import not_in_totals
from dashboards.training.needs import NeedRow
from dashboards.words import KINDS, capital, moment, quarter, sector_words, short_quarter, uncapital
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
    """Concerns by sector, what a sector sees of what others see, who is late, and which signs a sector records."""
    blocks: list[Block] = [Said(NOT_FAULT)]
    rows = tuple(row(source, sector_words(sector), "m1_children", sector=sector) for sector in source.sectors)
    if not rows:
        blocks.append(Said("This board releases no figures by sector: it has too few children for them."))
        return Part("Who sees and who does not", tuple(blocks))
    caption = f"{MEASURE_WORDS['m1_children']}, by sector"
    blocks.append(Grid(caption, ("Sector", *columns(source)), rows, "", scale(rows)))
    late = tuple(_late(source, sector) for sector in source.sectors)
    heads = ("Sector", "Raised by two or more", "Raised over 30 days later", "Share", "Likely")
    note = "Of the children whom two agencies or more raised, and of whom this sector was one."
    blocks.append(Grid("Children raised more than 30 days after another agency had, by sector", heads, late, note))
    return Part("Who sees and who does not", (*blocks, *_seen_too(source), coverage(source)))


def _seen_too(source: Source) -> tuple[Drawing, ...]:
    """The share of what others saw that each sector recorded too, as dots."""
    names = [f"m18_{part}_{m18.ANY_TOPIC}" for part in ("recorded", "missed")]
    figures = tuple(
        (sector_words(sector), source.figures.of(name, sector=sector)) for sector in source.sectors for name in names
    )
    page = measure_page(source.known, "m18")
    return tuple(
        Drawing(title, svg, " ".join(section.findings), figures, wide=True, note=section.how)
        for section in page.sections
        for title, svg in section.pictures
    )


def coverage(source: Source) -> Heat:
    """About how many children each sector recorded which kind of sign; sectors that recorded none are named beneath."""
    topics, shown, none = m6.MEASURE.columns, list[str](), list[str]()
    for sector in source.sectors:
        figures = [source.figures.of(topic.part, sector=sector) for topic in topics]
        if any(figure.value is not None or figure.few for figure in figures):
            shown.append(sector)
        else:
            none.append(f"{sector_words(sector)}: {figures[0].text}.")
    rows = tuple(
        (capital(topic.words), tuple(source.figures.of(topic.part, sector=sector) for sector in shown))
        for topic in topics
    )
    caption = f"Children about whom each sector recorded a sign, {quarter(source.window)}"
    note = "Fewer than 10 is a reason to ask, where the sector can see such signs. Not seen is no fault."
    return Heat(caption, ("Kind of sign", *map(sector_words, shown)), rows, " ".join((note, *none)))


def _late(source: Source, sector: str) -> Row:
    share = source.figures.share("m2_raised_later", "m2_raised_by_several", sector=sector)
    return Row(sector_words(sector), (share.whole, share.part, share.text, share.likely or "–"))


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
        "Shares of two years may differ by chance alone, even where one is outside the likely range of the other. A "
        "change that is clear stands among the findings."
    )
    steps = dict(ROADS)
    drawn = tuple(
        Drawing(title, svg, "", tuple((words, source.figures.of(count)) for count, words in steps[title]))
        for title, svg in roads(source.known.boards[source.window])
    )
    read = (Said(flow.KEY),) if drawn else ()
    caption = f"Steps after a concern or a missing episode, {quarter(source.window)}"
    return Part("What was done", (*drawn, *read, Grid(caption, heads, tuple(rows), note)))


HOW_TO_READ = f"{NOT_A_COUNT} {CAUTION}"


def signals(source: Source) -> Part:
    """Open signals in sentences, those closed in the last year, and how to read them."""
    page = source.signals
    blocks: list[Block] = [Points(signal_points(source))] if page.open else [Said("No signal about children is open.")]
    for title, listed in (("Closed in the last twelve months", page.closed), ("About agencies", page.operational)):
        if listed:
            blocks += [Said(title, strong=True), Points(tuple(Said(signal.words) for signal in listed))]
    return Part("Signals", (*blocks, Said(HOW_TO_READ)))


def signal_points(source: Source) -> tuple[Said, ...]:
    """Each open signal, with the kind of thing that it is about."""
    return tuple(Said(f"{signal.name}: {uncapital(signal.words)}") for signal in source.signals.open)


def training(source: Source) -> Part:
    """Needs with what each rests on, and what became of the training held."""
    page = source.training
    if page is None:
        said = "No year with figures by sector is released, so nothing can be said."
        return Part("Training needs and effects", (Said(said),))
    told = (*page.of("changed"), *page.of("no clear change"))
    drawn = [Drawing("Each need, against what we would expect", page.needs_picture, page.findings[0], note=needs.KEY)]
    drawn += [Drawing(f"{one.title}, {one.when}", one.picture, one.said, note=before_after.KEY) for one in told]
    blocks: list[Block] = [drawing for drawing in drawn if drawing.svg] or [Said(page.findings[0])]
    if page.needs:
        rows = tuple(need_row(need) for need in page.needs)
        note = f"{page.measured} A need is a question to the sector, not a verdict on it. {page.more_needs}".strip()
        blocks.append(Grid(f"Training needs, {quarter(page.year)}", NEED_COLUMNS, rows, note, numeric=False))
    blocks.append(Points(tuple(Said(f"{question} {answer}") for question, answer in page.answers)))
    early, never = len(page.of("too early")), len(page.of("cannot tell"))
    counted = [
        f"{number} {'programme' if number == 1 else 'programmes'} {words}"
        for number, words in (
            (early, "came too late to be judged yet"),
            (never, "cannot be judged: the figures say too little"),
        )
        if number
    ]
    if counted:
        blocks.append(Said(f"{'; '.join(counted)}. The training page gives the reason of each."))
    return Part("Training needs and effects", tuple(blocks))


NEED_COLUMNS = ("Sector", "Subject", "How sure", "What it does", "It rests on")


def need_row(need: NeedRow) -> Row:
    """One need in words."""
    sure = f"{need.standing}, {need.probability}"
    return Row(need.sector, (need.about, sure, f"{need.against} ({need.interval})", need.rests_on))


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
    if totals := not_in_totals(release):
        blocks.append(Said(totals))
    return Part("How far the figures can be trusted", tuple(blocks))
