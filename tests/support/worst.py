"""The ten worst places of the code by shape: where to look first, no limits. `make worst` prints them.

Longest functions, most parameters, most arguments by position, `Any`, class names that are used twice, and imports
that close a circle between folders (none: import-linter holds that). Tests and benchmarks are not looked at.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import click
import grimp

ROOT = Path(__file__).parents[2]
PACKAGES = ("models", "agencies", "analysis", "streams", "consumers", "dashboards", "demo")
TEN = 10
Place = tuple[int, str, str]
"""A place in the code: how much of the quantity, where, and what it is."""


def sources(root: Path = ROOT) -> Iterator[tuple[str, ast.Module]]:
    """Every module of the services, by its path."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            yield str(path.relative_to(root)), ast.parse(path.read_text("utf-8"))


def shapes(modules: dict[str, ast.Module]) -> dict[str, list[Place]]:
    """By heading, the places with the most of it, worst first."""
    found: defaultdict[str, list[Place]] = defaultdict(list)
    classes: defaultdict[str, list[str]] = defaultdict(list)
    any_in: Counter[str] = Counter()
    for path, module in modules.items():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                found["longest functions (lines)"].append((lines, f"{path}:{node.lineno}", node.name))
                every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                found["most parameters"].append((len(every), f"{path}:{node.lineno}", node.name))
            elif isinstance(node, ast.Call):
                called = ast.unparse(node.func).splitlines()[0]
                found["most arguments by position"].append((len(node.args), f"{path}:{node.lineno}", called))
            elif isinstance(node, ast.ClassDef):
                classes[node.name].append(path)
            elif isinstance(node, ast.Name) and node.id == "Any":
                any_in[path] += 1
    found["Any"] = [(number, path, "") for path, number in any_in.items()]
    found["class names used twice"] = [
        (len(paths), ", ".join(paths), name) for name, paths in classes.items() if len(paths) > 1
    ]
    return {heading: sorted(places, key=lambda place: (-place[0], *place[1:])) for heading, places in found.items()}


def circles() -> list[Place]:
    """Imports that would have to go so that no folders (or modules of one folder) import each other in a circle."""
    graph = grimp.build_graph(*PACKAGES)
    parents = sorted(module for module in graph.modules if graph.find_children(module))
    return [
        (1, parent, f"{importer} -> {imported}")
        for parent in parents
        for importer, imported in sorted(graph.nominate_cycle_breakers(parent))
    ]


@click.command(help=__doc__)
@click.option("--all", "every", is_flag=True, help="Print all, not ten.")
def worst(every: bool) -> None:
    """Print the places."""
    found = shapes(dict(sources())) | {"circles between folders": circles()}
    for heading, places in found.items():
        click.echo(f"{heading} ({len(places)})")
        for number, where, what in places if every else places[:TEN]:
            click.echo(f"  {number:>5}  {where}  {what}".rstrip())


if __name__ == "__main__":
    worst()
