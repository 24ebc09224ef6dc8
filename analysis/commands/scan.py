"""`scan`: find clusters of cases in space, or in space and time."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analysis.commands._errors import Unusable

if TYPE_CHECKING:
    from analysis.commands._scan_files import Population, ScanAreas
    from analysis.hotspots.intervals import Intervals, Span
    from analysis.hotspots.problem import Problem
    from analysis.hotspots.scan import Cluster
    from analysis.hotspots.zones import Zones

# The command itself imports Numba and numpy, so that other commands start without them.
MODELS = ("poisson", "bernoulli", "space-time-poisson", "space-time-permutation", "expectation-poisson")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHARE = click.FloatRange(0, 1, min_open=True)


@click.command(name="scan")
@click.argument("cases", type=_FILE)
@click.option("--areas", type=_FILE, required=True, help="CSV: area,x,y or area,lat,lon.")
@click.option("--model", type=click.Choice(MODELS), required=True)
@click.option(
    "--population", type=_FILE, help="CSV: area,population[,date]. A year means 1 July; linear between dates."
)
@click.option("--controls", type=_FILE, help="CSV: area,count. For bernoulli.")
@click.option("--expected", type=_FILE, help="CSV: area,expected[,date]. Instead of population, or for adjusted rates.")
@click.option("--prospective", is_flag=True, help="Only clusters that last until the end of the study period.")
@click.option("--start", help="First date of the study period; default: the first of the cases.")
@click.option("--end", help="Last date of the study period; default: the last of the cases.")
@click.option("--max-population", type=_SHARE, default=0.5, show_default=True, help="Largest share of the population.")
@click.option("--max-radius", type=click.FloatRange(0), help="In the unit of the coordinates; km for latlon.")
@click.option("--max-window", type=click.IntRange(1), help="Longest cluster, in time units.")
@click.option("--max-window-fraction", type=_SHARE, help="Longest cluster, of the study period.  [default: 0.5]")
@click.option("--time-unit", type=click.Choice(["day", "month", "year"]), help="Default: as exact as the cases' dates.")
@click.option("--coordinates", type=click.Choice(["cartesian", "latlon"]), help="Default: by the columns of AREAS.")
@click.option("--shape", type=click.Choice(["circle", "flexible"]), default="circle", show_default=True)
@click.option("--neighbours", type=_FILE, help="CSV of pairs of adjoining areas. For flexible.")
@click.option("--k", type=click.IntRange(1), help="Most areas in a cluster, of the nearest.  [flexible: 10]")
@click.option("--replicates", type=click.IntRange(0), default=999, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**62), default=1, show_default=True)
@click.option("--min-cases", type=click.FloatRange(1), default=2, show_default=True)
@click.option(
    "--p-value",
    type=click.Choice(["auto", "monte-carlo", "sequential", "gumbel"]),
    default="auto",
    show_default=True,
    help="auto: Monte Carlo rank, and the Gumbel approximation where that is below 0.01 and there are over 20 cases.",
)
@click.option(
    "--ties",
    type=click.Choice(["exceed", "pass"]),
    default="exceed",
    show_default=True,
    help="Simulations that equal the observed value: `exceed` counts them against it, which is valid; `pass` does not. "
    "SaTScan lets them pass, so its p-values are smaller where cases are few.",
)
@click.option("--json", "as_json", is_flag=True)
def command(**options: Any) -> None:
    """Scan CASES (area,count[,date]) for areas, or areas and times, with more cases than their share.

    Dates are YYYY, YYYY-MM or YYYY-MM-DD. The cap on size is a share of the population if that is given, else of the
    expected cases. p-values come from simulations under the model's null hypothesis. A secondary cluster shares no area
    with a better one, and is compared with the same simulations. For the permutation and expectation models, the
    relative risk is observed over expected. To compare with p-values that SaTScan printed, give --ties pass. The input
    holds counts of children: keep it inside the boundary.
    """
    clusters, parameters = _run(options)
    if options["as_json"]:
        click.echo(json.dumps({"clusters": clusters, "parameters": parameters}, ensure_ascii=False))
        return
    if not clusters:
        click.echo("No cluster: nowhere are there more cases than expected.")
    for cluster in clusters:
        click.echo(_sentence(cluster))


def _run(options: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Read the files and scan. Returns the clusters and the parameters, as they are written."""
    import numpy as np

    from analysis.commands import _scan_files as files
    from analysis.hotspots.problem import DataFault, Problem, permutation_measure
    from analysis.hotspots.scan import scan

    model = options["model"]
    in_time = _in_time(options)
    _options_fit(options, in_time)
    areas = files.read_areas(options["areas"], options["coordinates"])
    whole = model in ("bernoulli", "space-time-permutation")
    cases = files.read_cases(
        options["cases"],
        areas,
        _date("--start", options["start"]),
        _date("--end", options["end"]),
        options["time_unit"],
        in_time=in_time,
        whole=whole,
    )
    population = (
        files.read_population(options["population"], areas, cases.intervals, in_time) if options["population"] else None
    )
    try:
        if model == "bernoulli":
            measure = cases.counts + files.read_controls(options["controls"], areas)
        elif model == "space-time-permutation":
            measure = permutation_measure(cases.counts)
        elif options["expected"]:
            measure = files.read_expected(options["expected"], areas, cases.intervals, in_time)
        else:
            assert population is not None  # noqa: S101 - _options_fit has checked this
            measure = population.time_at_risk
        share = population.average if population else np.asarray(measure.sum(axis=1))
        zones = _zones(options, areas, share)
        problem = Problem(
            model,
            cases.counts,
            measure,
            zones,
            _longest(options, cases.counts.shape[1]) if in_time else 1,
            options["prospective"],
            options["min_cases"],
        )
        clusters = scan(problem, options["replicates"], options["seed"], options["p_value"], ties=options["ties"])
    except DataFault as error:
        raise Unusable(str(error)) from None
    rows = [_row(rank, cluster, areas, cases.intervals, options) for rank, cluster in enumerate(clusters, start=1)]
    parameters = _parameters(options, in_time, areas, problem, cases.intervals, population, clusters)
    parameters["cases_outside_period"] = _plain(cases.outside)
    return rows, parameters


def _in_time(options: dict[str, Any]) -> bool:
    """Whether the scan is over time. With the expectation model it is if the cases have dates."""
    if options["model"] == "expectation-poisson":
        from analysis.commands._tables import read_table

        return read_table(options["cases"], ["area", "count"]).has("date")
    return str(options["model"]).startswith("space-time")


def _options_fit(options: dict[str, Any], in_time: bool) -> None:
    model = options["model"]
    if model in ("poisson", "space-time-poisson") and not (options["population"] or options["expected"]):
        raise click.UsageError(f"--model {model} needs --population or --expected")
    if model == "expectation-poisson" and not options["expected"]:
        raise click.UsageError(f"--model {model} needs --expected")
    if model == "bernoulli" and not options["controls"]:
        raise click.UsageError(f"--model {model} needs --controls")
    if model != "bernoulli" and options["controls"]:
        raise click.UsageError("--controls is for --model bernoulli")
    if model in ("bernoulli", "space-time-permutation") and options["expected"]:
        raise click.UsageError(f"--model {model} takes no --expected")
    if options["prospective"] and not in_time:
        raise click.UsageError("--prospective needs a model over time and dated cases")
    if options["max_window"] and options["max_window_fraction"]:
        raise click.UsageError("give --max-window or --max-window-fraction, not both")
    if options["shape"] == "flexible" and not options["neighbours"]:
        raise click.UsageError("--shape flexible needs --neighbours")


def _date(name: str, text: str | None) -> Span | None:
    from analysis.hotspots.intervals import DateFault, read_date

    try:
        return read_date(text) if text else None
    except DateFault as error:
        raise click.UsageError(f"{name}: {error}") from None


def _longest(options: dict[str, Any], intervals: int) -> int:
    """The longest window, in intervals."""
    if options["max_window"]:
        return min(int(options["max_window"]), intervals)
    longest = math.floor((options["max_window_fraction"] or 0.5) * intervals + 1e-9)
    if longest < 1:
        raise Unusable("the study period is too short for a window: give --max-window, or a shorter --time-unit")
    return longest


def _zones(options: dict[str, Any], areas: ScanAreas, share: Any) -> Zones:
    from analysis.commands._scan_files import read_neighbours
    from analysis.hotspots.connected import TooManyZones, connected
    from analysis.hotspots.zones import cartesian_distances, circles, great_circle_distances

    distances = great_circle_distances(areas.y, areas.x) if areas.degrees else cartesian_distances(areas.x, areas.y)
    cap, radius, k = options["max_population"], options["max_radius"], options["k"]
    if options["shape"] == "circle":
        return circles(distances, share, cap, radius, k)
    try:
        return connected(distances, read_neighbours(options["neighbours"], areas), k or 10, share, cap, radius)
    except TooManyZones as error:
        raise click.UsageError(f"--k: {error}") from None


def _row(
    rank: int,
    cluster: Cluster,
    areas: ScanAreas,
    intervals: Intervals | None,
    options: dict[str, Any],
) -> dict[str, Any]:
    """A cluster in the form in which it is written."""
    from analysis.hotspots.significance import recurrence_interval_days

    interval = None
    if options["prospective"] and intervals and cluster.p:
        interval = recurrence_interval_days(cluster.p, intervals.unit)
    return {
        "rank": rank,
        "areas": [areas.codes[i] for i in cluster.areas],
        "centre": areas.codes[cluster.areas[0]],
        "radius": cluster.radius,
        "start": intervals.bounds(cluster.first)[0].isoformat() if intervals else None,
        "end": intervals.bounds(cluster.last)[1].isoformat() if intervals else None,
        "observed": _plain(cluster.observed),
        "expected": cluster.expected,
        "relative_risk": cluster.relative_risk,
        "llr": cluster.ratio,
        "p": cluster.p,
        "p_method": cluster.p_method,
        "recurrence_interval_days": interval,
    }


def _parameters(
    options: dict[str, Any],
    in_time: bool,
    areas: ScanAreas,
    problem: Problem,
    intervals: Intervals | None,
    population: Population | None,
    clusters: list[Cluster],
) -> dict[str, Any]:
    """Everything that led to the result: the options, and a summary of the files."""
    parameters = {
        name: value
        for name, value in options.items()
        if name not in ("cases", "areas", "population", "controls", "expected", "neighbours", "as_json", "start", "end")
    }
    parameters["coordinates"] = "latlon" if areas.degrees else "cartesian"
    if in_time and intervals:
        parameters |= {"time_unit": intervals.unit, "intervals": len(intervals), "max_window": problem.longest}
    return parameters | {
        "start": intervals.starts[0].isoformat() if intervals else None,
        "end": intervals.end.isoformat() if intervals else None,
        "areas": len(areas),
        "zones": int(problem.zones.whole.sum()),
        "cases": _plain(problem.total),
        "population": float(population.average.sum()) if population else None,
        "cluster_populations": [float(population.average[c.areas].sum()) for c in clusters] if population else None,
    }


def _plain(value: float) -> float | int:
    """The value, as an integer if it is whole, so that it is written without a decimal point."""
    return int(value) if value == math.floor(value) else value


def _sentence(cluster: dict[str, Any]) -> str:
    risk = f"{cluster['relative_risk']:.2f}" if cluster["relative_risk"] is not None else "-"
    p = f"{cluster['p']:.2g} ({cluster['p_method']})" if cluster["p"] is not None else "not computed"
    lines = [
        f"{cluster['rank']}. {', '.join(cluster['areas'])}",
        f"   centre {cluster['centre']}, radius {cluster['radius']:.4g}",
        f"   observed {cluster['observed']}, expected {cluster['expected']:.2f}, relative risk {risk}",
        f"   log likelihood ratio {cluster['llr']:.6f}, p {p}",
    ]
    if cluster["start"]:
        lines.insert(2, f"   {cluster['start']} to {cluster['end']}")
    if cluster["recurrence_interval_days"]:
        lines.append(f"   recurrence interval {cluster['recurrence_interval_days']:.0f} days")
    return "\n".join(lines)
