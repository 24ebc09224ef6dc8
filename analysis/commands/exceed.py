"""`exceed`: on which dates a single series is higher than expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from analysis.commands._series_files import Series
    from analysis.hotspots.series import SeriesVerdict

METHODS = ("farrington", "ears-c1", "ears-c2", "ears-c3", "ewma", "predictive")
_ALPHA = {"farrington": 0.01, "ears-c1": 0.001, "ears-c2": 0.001, "ears-c3": 0.025, "ewma": 0.01, "predictive": 0.005}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="exceed")
@click.argument("series", type=_FILE)
@click.option("--method", type=click.Choice(METHODS), required=True)
@click.option(
    "--alpha",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Chance of a false alarm.  [farrington, ewma: 0.01; ears-c1, c2: 0.001; ears-c3: 0.025; predictive: 0.005]",
)
@click.option("--min-sigma", type=click.FloatRange(0), default=0.0, show_default=True, help="ears: least sd.")
@click.option("--years", type=click.IntRange(1), default=5, show_default=True, help="farrington: years back.")
@click.option("--half-window", type=click.IntRange(0), default=3, show_default=True, help="farrington: weeks around.")
@click.option("--periods", type=click.IntRange(1), default=10, show_default=True, help="farrington: season levels.")
@click.option("--exclude-weeks", type=click.IntRange(0), default=26, show_default=True, help="farrington: left out.")
@click.option("--limit54", default="5,4", show_default=True, help="farrington: no alarm below N cases in M weeks.")
@click.option("--p-trend", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="farrington: trend kept.")
@click.option("--threshold", type=click.Choice(["nbplugin", "delta", "muan"]), default="nbplugin", show_default=True)
@click.option("--weights-threshold", type=click.FloatRange(0), default=2.58, show_default=True, help="farrington.")
@click.option("--json", "as_json", is_flag=True)
def command(series: Path, method: str, alpha: float | None, as_json: bool, **options: Any) -> None:
    """Judge each date of SERIES (date,count[,population]) against its past. Dates are a day, week or month apart.

    The farrington of 1996: --periods 1 --threshold delta --exclude-weeks 3 --p-trend 0.05 --weights-threshold 1.
    No result (null) does not mean "no alarm": the history is too short, the count is missing or no model converged.
    """
    from analysis.commands._series_files import read_series

    data = read_series(series)
    level = _ALPHA[method] if alpha is None else alpha
    verdicts = _judge(data, method, level, options)
    rows = [_row(data, i, verdict) for i, verdict in enumerate(verdicts)]
    if as_json:
        chosen = {name: value for name, value in options.items() if method == "farrington" or name == "min_sigma"}
        parameters = {"method": method, "alpha": level, "step": data.step} | chosen
        click.echo(json.dumps({"dates": rows, "parameters": parameters}, ensure_ascii=False))
        return
    alarms = [row for row in rows if row["alarm"]]
    judged = sum(row["alarm"] is not None for row in rows)
    click.echo(f"{len(alarms)} alarms in {judged} dates judged, of {len(rows)}")
    for row in alarms:
        bound = f"{row['upper_bound']:.4g}" if row["upper"] is not None else "-"
        click.echo(f"{row['date']}: {row['count']}, expected {row['expected']:.4g}, upper bound {bound}")


def _judge(data: Series, method: str, alpha: float, options: dict[str, Any]) -> list[SeriesVerdict]:
    """One verdict for each date."""
    from analysis.hotspots.ears import ears
    from analysis.hotspots.ewma import ewma
    from analysis.hotspots.farrington import Options, farrington
    from analysis.hotspots.predictive import predictive

    if method == "farrington":
        enough = _pair(options["limit54"])
        chosen = Options(
            years=options["years"],
            half_window=options["half_window"],
            periods=options["periods"],
            exclude=options["exclude_weeks"],
            alpha=alpha,
            threshold=options["threshold"],
            enough=enough,
            p_trend=options["p_trend"],
            weights_from=options["weights_threshold"],
            fewest_years=min(2, options["years"]),
        )
        return farrington(data.counts, chosen, data.dates, data.population)
    if method == "ewma":
        return ewma(data.counts, alpha)
    if method == "predictive":
        days = {"day": 1, "week": 7, "month": 30}[data.step]
        return predictive(data.counts, alpha, data.population, days)
    kind: Any = method.removeprefix("ears-")
    return ears(data.counts, kind, alpha, options["min_sigma"])


def _pair(text: str) -> tuple[int, int]:
    try:
        cases, points = (int(part) for part in text.split(","))
    except ValueError:
        raise click.UsageError("--limit54: give two whole numbers, such as 5,4") from None
    if cases < 0 or points < 1:
        raise click.UsageError("--limit54: at least 0 cases in at least 1 week")
    return cases, points


def _row(data: Series, i: int, verdict: SeriesVerdict) -> dict[str, Any]:
    count = data.counts[i]
    return {
        "date": data.dates[i].isoformat(),
        "count": None if count != count else int(count) if count == int(count) else float(count),
        "expected": verdict.expected,
        "upper_bound": verdict.upper,
        "score": verdict.score,
        "alarm": verdict.alarm,
        "p": verdict.p,
    }
