"""Metrics: every process serves them, labels are families and closed codes, rules and panels name only what exists."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

import dashboards.health
import streams.health
from consumers.health import sink_pulse
from demo.processes import free_port
from models.service.health import serve
from models.store import make_engine
from tests.operations.files import (
    GRAFANA,
    METRICS,
    PROMETHEUS,
    ROOT,
    SCRAPE_JOBS,
    alert_rules,
    all_metrics,
    grafana,
    label_names,
    metric_names,
    metrics_of,
    ours,
    queries,
    sources,
    tables,
)

LABELS = {"topic", "outcome", "rule", "code", "file"}
"""Every label that our metrics may have; a topic is a family, the others are closed codes."""
LABEL_VALUES = {
    "'raw'", "'accepted'", "'refused'", "'requests'", "'folded'", "'answered'", "'built'", "'re_emitted'",
    "'dead_lettered'",
    "topics.family(topic)", "topics.family(record.topic)", "family",
    "'accepted' if rule == 'accepted' else 'refused'",
    "'skipped'", "'retention'", "'erasure'",
    "rule",  # a rule id of streams.intake.decide
    "outcome.value",  # of consumers.store.RemedyOutcome
    "code.value",  # of models.store.trouble.Trouble
    "str(message['status'])",
    "str(status)",  # of an answer of the HTTP intake
    "refusal.rule",
    "warning.rule",  # an identifier.… id of models.contract.structures
    "BEGUN", "SIGNED_IN", "reason.value", "str(_outcome)",  # of a sign-in: dashboards.sign_in.provider.Reason
    "ENDED", "REFUSED", "AGAIN",  # of a message of the sign-in provider: dashboards.sign_in.back_channel
    "limit.value", "_limit",  # of dashboards.people.limits.RateLimit
    "_outcome", "'accepted' if service else 'refused'",  # of a service account's token
    "_known(use)",  # of models.service.certificates.USES
}  # fmt: skip
"""What the code passes to `.labels()`, as written there. A person looks at anything new: could it name an agency?"""
SCRAPED_LABELS = {"job", "instance", "le", "alertstate", "alertname"}
"""What Prometheus adds by itself."""
PROMETHEUS_OWN = {"up", "ALERTS"}
CLIENTS_OWN = {"process_start_time_seconds"}
"""What every process serves without code of ours; each is tried."""
NOT_SHOWN = {"ypsem_ledger_rows", "ypsem_web_overdue_actions"}
"""For the log and for debugging: no panel shows how much is in the ledger. Overdue actions are the board's matter, on
its pages; an alert tells operations of them."""
SEVERITIES = {"page", "ticket"}
PROMTOOL = shutil.which("promtool")


def recorded() -> set[str]:
    """Names that recording rules make."""
    return {rule["record"] for rule in alert_rules() if "record" in rule}


def test_no_metric_has_a_label_that_could_name_an_agency() -> None:
    names = {label for metric in all_metrics().values() for label in metric._labelnames}
    assert names == LABELS


def test_every_metric_says_what_it_is_and_belongs_to_the_service() -> None:
    for name, metric in all_metrics().items():
        assert name.startswith("ypsem_"), name
        assert metric._documentation.endswith("."), name


def test_what_labels_hold_is_looked_at_one_by_one() -> None:
    found = {
        ast.unparse(argument)
        for _, tree in sources("models", "streams", "consumers", "dashboards", "agencies")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "labels"
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
    }
    assert found == LABEL_VALUES & found, found - LABEL_VALUES


def scrape(port: int) -> str:
    """The text of /metrics."""
    deadline = time.monotonic() + 5
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
                return str(answer.read().decode())
        except ConnectionError:
            if time.monotonic() > deadline:
                raise


@pytest.mark.parametrize("package", ["streams", "consumers", "dashboards"])
def test_every_process_serves_its_metrics(package: str, tmp_path: Path) -> None:
    port = free_port()
    if package == "streams":
        server = serve(streams.health.PULSE, "127.0.0.1", port)
        text, module = scrape(port), METRICS[0]
    elif package == "consumers":
        server = serve(sink_pulse(), "127.0.0.1", port)
        text, module = scrape(port), METRICS[1]
    else:
        engine = make_engine(f"sqlite:///{tmp_path / 'store.db'}")
        watch = dashboards.health.Watch(engine)
        server = serve(watch, "127.0.0.1", port)
        text, module = scrape(port), METRICS[2]
        watch.stop()
        engine.dispose()
    assert server is not None
    server.close()
    served = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")}
    wanted = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in metrics_of(module)}
    assert wanted | CLIENTS_OWN <= served
    assert wanted


def test_the_services_and_ports_scraped_are_those_of_the_compose_file() -> None:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    targets = {job["job_name"]: job.get("static_configs") for job in config["scrape_configs"]}
    assert targets.pop("prometheus")
    assert targets.pop("gateway", "missing") is None, "in test_compose_gateway.py"
    assert targets.pop("backup", "missing") is None, "a host of the operator's, named in a file"
    assert targets == {
        name: [{"targets": [f"{name}:{ours()[name]['environment']['YPSEM_METRICS_PORT']}"]}] for name in SCRAPE_JOBS
    }
    assert config["rule_files"] == ["rules/*.yml"]


def test_rules_and_panels_name_metrics_and_labels_that_exist() -> None:
    known = set(all_metrics()) | PROMETHEUS_OWN | CLIENTS_OWN | recorded()
    for query in queries():
        assert metric_names(query), f"no metric found in {query}"
        assert metric_names(query) <= known, query
        assert label_names(query) <= LABELS | SCRAPED_LABELS, query


@pytest.mark.parametrize(
    ("query", "names", "labels"),
    [
        ("sum by (le, topic) (rate(ypsem_x_bucket[5m])) > 1", {"ypsem_x_bucket"}, {"le", "topic"}),
        ('up{job=~"ypsem_no|b", code!="x"} == 0 unless ypsem:y:z', {"up", "ypsem:y:z"}, {"job", "code"}),
    ],
)
def test_a_query_is_read_right(query: str, names: set[str], labels: set[str]) -> None:
    assert metric_names(query) == names
    assert label_names(query) == labels


def test_an_alert_says_how_urgent_it_is_and_what_to_do() -> None:
    anchors = {}
    for name in ("docs/running.md", "docs/runbook.md"):
        headings = (ROOT / name).read_text("utf-8").splitlines()
        titles = (line.lstrip("# ").lower() for line in headings if line.startswith("#"))
        anchors[name] = {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}
    for rule in alert_rules():
        if "record" in rule:
            continue
        assert rule["labels"]["severity"] in SEVERITIES, rule["alert"]
        assert rule["annotations"]["summary"], rule["alert"]
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert anchor in anchors[page], rule["alert"]


def test_the_runbook_lists_every_alert_with_its_urgency_and_chapter() -> None:
    page = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    listed: dict[str, tuple[str, str]] = {}
    for names, urgency, link in tables(page, "## An alert fires: where to look"):
        page_name, _, anchor = re.sub(r".*\]\(([^)]+)\)", r"\1", link).partition("#")
        chapter = f"docs/{page_name or 'runbook.md'}#{anchor}"
        listed |= dict.fromkeys(re.findall(r"`(\w+)`", names), (urgency, chapter))
    alerts = [rule for rule in alert_rules() if "alert" in rule]
    assert listed == {rule["alert"]: (rule["labels"]["severity"], rule["annotations"]["runbook"]) for rule in alerts}


def test_every_alert_is_tried_firing_and_silent() -> None:
    tests = [yaml.safe_load(path.read_text("utf-8")) for path in ALERT_TESTS]
    cases = [case for document in tests for test in document["tests"] for case in test["alert_rule_test"]]
    alerts = {rule["alert"] for rule in alert_rules() if "alert" in rule}
    assert {case["alertname"] for case in cases if case.get("exp_alerts")} == alerts
    assert {case["alertname"] for case in cases if not case.get("exp_alerts")} == alerts


ALERT_TESTS = sorted((ROOT / "tests" / "operations").glob("*.test.yml"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [["check", "config", str(PROMETHEUS / "prometheus.yml")], ["test", "rules", *map(str, ALERT_TESTS)]],
    ids=["configuration", "alerts"],
)
def test_promtool_accepts(command: list[str]) -> None:
    if PROMTOOL is None:
        pytest.skip("promtool is not on PATH (Debian: prometheus): queries were not parsed, alerts not tried")
    done = subprocess.run([PROMTOOL, *command], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_grafana_is_provisioned_with_the_source_that_the_panels_ask() -> None:
    sources_file = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "prometheus.yml").read_text("utf-8"))
    provisioned = {source["uid"]: source for source in sources_file["datasources"]}
    asked = {panel["datasource"]["uid"] for panel in grafana()["panels"] if panel["type"] != "row"}
    asked |= {target["datasource"]["uid"] for panel in grafana()["panels"] for target in panel.get("targets", ())}
    assert asked == set(provisioned)
    assert all(source["url"] == "http://prometheus:9090" for source in provisioned.values())


def test_grafana_finds_the_dashboard_where_the_compose_file_puts_it() -> None:
    provider = yaml.safe_load((GRAFANA / "provisioning" / "dashboards" / "operations.yml").read_text("utf-8"))
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["grafana"]
    (path,) = [one["options"]["path"] for one in provider["providers"]]
    assert f"./dashboards/grafana/dashboards:{path}:ro" in service["volumes"]
    home = service["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (GRAFANA / "dashboards" / Path(home).name).is_file()
    assert str(Path(home).parent) == path


def test_no_panel_counts_what_the_ledger_holds() -> None:
    shown = {
        name
        for panel in grafana()["panels"]
        for target in panel.get("targets", ())
        for name in metric_names(target["expr"])
    }
    assert shown.isdisjoint(NOT_SHOWN)
    assert set(all_metrics()) >= NOT_SHOWN
