"""The files for operations as data, and the metrics and settings of the code that they mention."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from prometheus_client import Histogram
from prometheus_client.metrics import MetricWrapperBase
from pydantic_settings import BaseSettings

import agencies.serve.metrics
import consumers.metrics
import consumers.settings
import dashboards.metrics
import dashboards.settings
import streams.backup.metrics_file
import streams.metrics
import streams.settings

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
PROMETHEUS = ROOT / "dashboards" / "prometheus"
GRAFANA = ROOT / "dashboards" / "grafana"

SETTINGS: dict[str, type[BaseSettings]] = {
    "streams": streams.settings.StreamSettings,
    "consumers": consumers.settings.SinkSettings,
    "dashboards": dashboards.settings.PageSettings,
}
"""Package of a process -> its settings."""
METRICS: tuple[ModuleType, ...] = (
    streams.metrics,
    consumers.metrics,
    dashboards.metrics,
    agencies.serve.metrics,
    streams.backup.metrics_file,
)

SCRAPE_JOBS = {
    "intake": "streams", "ledger": "streams", "sink": "consumers", "dashboards": "dashboards", "operations": "streams",
}  # fmt: skip
"""Service and scrape job -> package."""


@cache
def compose() -> dict[str, Any]:
    """docker-compose.yml, anchors resolved."""
    document: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return document


def ours() -> dict[str, dict[str, Any]]:
    """The services that run this repository's code."""
    return {name: service for name, service in compose()["services"].items() if "build" in service}


def variables(settings: type[BaseSettings]) -> dict[str, Any]:
    """Environment variable -> default, of every setting of a process."""
    prefix = settings.model_config["env_prefix"]
    return {
        str(field.validation_alias or f"{prefix}{name.upper()}"): field.default
        for name, field in settings.model_fields.items()
    }


def metrics_of(module: ModuleType) -> dict[str, MetricWrapperBase]:
    """Metric name as it is scraped (`_total` on counters) -> metric."""
    found = [thing for thing in vars(module).values() if isinstance(thing, MetricWrapperBase)]
    return {name: metric for metric in found for name in _scraped(metric)}


def _scraped(metric: MetricWrapperBase) -> list[str]:
    name, kind = metric._name, metric._type
    if isinstance(metric, Histogram):
        return [f"{name}_bucket", f"{name}_sum", f"{name}_count"]
    return [f"{name}_total" if kind == "counter" else name]


def all_metrics() -> dict[str, MetricWrapperBase]:
    """Every metric of every process, by its scraped name."""
    return {name: metric for module in METRICS for name, metric in metrics_of(module).items()}


def alert_rules() -> list[dict[str, Any]]:
    """Every alert and recording rule."""
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((PROMETHEUS / "rules").glob("*.yml"))]
    return [rule for document in documents for group in document["groups"] for rule in group["rules"]]


@cache
def grafana() -> dict[str, Any]:
    """The operations dashboard."""
    document: dict[str, Any] = json.loads((GRAFANA / "dashboards" / "operations.json").read_text("utf-8"))
    return document


def queries() -> list[str]:
    """Every PromQL expression of rules and panels."""
    panels = [target["expr"] for panel in grafana()["panels"] for target in panel.get("targets", ())]
    return [rule["expr"] for rule in alert_rules()] + panels


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_METRIC = re.compile(r"\bypsem[a-z0-9_:]+|\bup\b|\bALERTS\b|\bprocess_[a-z_]+")
_SELECTED = re.compile(r"[{,]\s*([a-z_]+)\s*(?:=~|!~|!=|=)")
_GROUPED = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")


def metric_names(query: str) -> set[str]:
    """The metrics that a query reads."""
    return set(_METRIC.findall(_STRING.sub('""', query)))


def label_names(query: str) -> set[str]:
    """The labels that a query selects or groups by."""
    bare = _STRING.sub('""', query)
    grouped = {name.strip() for names in _GROUPED.findall(bare) for name in names.split(",")}
    return set(_SELECTED.findall(bare)) | grouped - {""}


def sources(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of these packages, parsed."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text("utf-8"))


def tables(markdown: str, heading: str) -> list[list[str]]:
    """The cells of every table row under a heading, up to the next of its level; header rows left out."""
    level = heading.split(" ")[0]
    below = markdown.split(f"\n{heading}\n", 1)
    if len(below) < 2:
        raise AssertionError(f"no heading {heading!r}")
    section = re.split(rf"\n#{{1,{len(level)}}} ", below[1])[0]
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    rules = [index for index, row in enumerate(rows) if set("".join(row)) <= set("-: ")]
    dropped = {index for rule in rules for index in (rule - 1, rule)}
    return [row for index, row in enumerate(rows) if index not in dropped]
