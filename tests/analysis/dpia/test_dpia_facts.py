"""The facts follow the configuration: what is changed there changes here; and no secret is among them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.commands.dpia.surroundings import key_facts
from models.contract.events import DATA_CLASSES
from models.contract.fields import MAX_TOKENS
from models.operations.retention import POLICY
from models.releases import NoiseParameters
from models.service.keyfiles import write_key
from tests.models.store.factories import make_release
from tests.operations.files import COMPOSE, ROOT, compose

REGISTER = next((ROOT / "demo" / "register").glob("register-*.yaml"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An installation: register, keys of intake and ledger, a release, the compose file."""
    (tmp_path / "register").mkdir()
    (tmp_path / "register" / REGISTER.name).write_bytes(REGISTER.read_bytes())
    (tmp_path / "docker-compose.yml").write_bytes(COMPOSE.read_bytes())
    write_key(tmp_path / "intake" / "gate-1.key", "gate", 1)
    write_key(tmp_path / "ledger" / "rounding.key", "rounding")
    (tmp_path / "releases").mkdir()
    release = make_release(ladder_version=4, parameters=NoiseParameters())
    (tmp_path / "releases" / f"{release.release_id}.json").write_text(release.model_dump_json(), "utf-8")
    return tmp_path


def run(place: Path, *more: str) -> str:
    """The command's output."""
    arguments = ["--register", place / "register", "--keys", place / "intake", "--keys", place / "ledger"]
    arguments += ["--releases", place / "releases", "--compose", place / "docker-compose.yml"]
    result = CliRunner().invoke(main, ["dpia-facts", *map(str, arguments), *more])
    assert result.exit_code == 0, result.output
    return result.stdout


def facts(place: Path) -> Any:
    return json.loads(run(place, "--json"))


def edit(place: Path, *path: str | int, to: Any) -> None:
    """Change one value of the register."""
    file = place / "register" / REGISTER.name
    content = yaml.safe_load(file.read_text("utf-8"))
    node = content
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = to
    file.write_text(yaml.safe_dump(content), "utf-8")


def test_every_section_is_there_and_comes_from_what_is_in_force(place: Path) -> None:
    found = facts(place)
    assert set(found["data"]["event_types"]) == set(DATA_CLASSES)
    assert found["data"]["tokens_of_an_event_at_most"] == MAX_TOKENS
    assert [one["store"] for one in found["retention"]["stores"]] == [kept.store for kept in POLICY]
    assert found["protection"]["rule"]["deviation"] == 3
    assert found["protection"]["boards"]["X08000001"]["cells_of_a_release"]["quarter"] > 0
    assert found["register"]["boards"][0]["releases"].startswith("quarters and financial years")
    assert found["releases"][0]["rule"] == "keyed noise"
    assert found["releases"][0]["cells_by_state"] == {"figure": 1, "low": 1}
    assert set(found["software"]["third_parties"]) == {"kafka", "postgres", "prometheus", "grafana", "keycloak"}
    assert found["software"]["open_ports"]["kafka"] == compose()["services"]["kafka"]["ports"]


@pytest.mark.parametrize(
    ("path", "to", "read"),
    [
        (("boards", 0, "retention_months"), 40, lambda f: f["register"]["boards"][0]["retention_months"]),
        (("boards", 0, "cut_off_days"), 5, lambda f: f["register"]["boards"][0]["released_days_after_the_window"]),
        (("boards", 0, "accept_from"), "2025-01-01", lambda f: f["register"]["boards"][0]["accepts_events_from"]),
        (
            ("boards", 0, "case_route"), "The duty desk of the front door",
            lambda f: f["register"]["boards"][0]["case_route"],
        ),
        (
            ("boards", 0, "authorities"), ["X08000001", "X06000002"],
            lambda f: f["register"]["boards"][0]["local_authorities"],
        ),
        (("agencies", 0, "name"), "Another", lambda f: f["register"]["agencies"][0]["name"]),
        (
            ("agreements", 0, "lawful_basis"), "Art 6(1)(e)",
            lambda f: f["register"]["agencies"][0]["agreements"][0]["lawful_basis"],
        ),
    ],
)  # fmt: skip
def test_what_changes_in_the_register_changes_in_the_facts(
    path: tuple[str | int, ...], to: Any, read: Any, place: Path
) -> None:
    before = read(facts(place))
    edit(place, *path, to=to)
    assert read(facts(place)) == to != before


def test_who_accepted_that_small_clusters_are_not_told_is_a_fact(place: Path) -> None:
    told = facts(place)["register"]["boards"][0]["clusters_below_ten"]
    assert told == "seen and not told; accepted by the board of the invented borough (synthetic) on 2024-03-15"
    edit(place, "boards", 0, "clusters_below_ten", to=None)
    edit(place, "boards", 0, "case_route", to=None)
    board = facts(place)["register"]["boards"][0]
    assert board["clusters_below_ten"] == "seen and not told; the register names nobody who accepted it"
    assert board["case_route"] == "the register names none"


def test_an_agreement_that_has_ended_no_longer_lets_its_agency_publish(place: Path) -> None:
    assert facts(place)["register"]["agencies"][0]["may_publish"]
    edit(place, "agreements", 0, "active_to", to="2025-01-01")
    assert not facts(place)["register"]["agencies"][0]["may_publish"]
    assert facts(place)["register"]["agencies"][1]["may_publish"]


def test_a_boards_retention_is_what_its_topics_are_set_to(place: Path) -> None:
    edit(place, "boards", 0, "retention_months", to=40)
    accepted = facts(place)["retention"]["topics"]["ypsem.accepted.v1"]
    assert int(accepted["retention.ms"]) == 40 * 31 * 86_400_000


def test_an_image_that_is_changed_is_another_third_party(place: Path) -> None:
    file = place / "docker-compose.yml"
    file.write_text(file.read_text("utf-8").replace("grafana/grafana:", "example/other:"), "utf-8")
    assert facts(place)["software"]["third_parties"]["grafana"].startswith("example/other:")


def test_keys_are_named_and_never_read(place: Path) -> None:
    write_key(place / "intake" / "gate-2.key", "gate", 2)
    (place / "ledger" / "rounding.key").chmod(0o640)
    (place / "ledger" / "odd.key").write_text("something else", "utf-8")
    found = {one["file"]: one for one in facts(place)["keys"]}
    assert (found["gate-2.key"]["purpose"], found["gate-2.key"]["epoch"]) == ("gate", 2)
    assert found["gate-2.key"]["owner_only"]
    assert not found["rounding.key"]["owner_only"]
    assert found["odd.key"]["purpose"] == "not a key file"


@pytest.mark.parametrize("style", [(), ("--json",)])
def test_no_secret_and_no_token_is_shown(style: tuple[str, ...], place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    password, token = "hush-9f2c-password", "ct_" + "abcdefghij" * 4
    monkeypatch.setenv("YPSEM_DATABASE_URL", f"postgresql://ypsem:{password}@db/ypsem")
    monkeypatch.setenv("YPSEM_KAFKA_SASL_PASSWORD", password)
    content = yaml.safe_load(COMPOSE.read_text("utf-8"))
    content["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"] = password
    content["services"]["sink"]["environment"]["YPSEM_DATABASE_URL"] = f"postgresql://ypsem:{password}@db/ypsem"
    (place / "docker-compose.yml").write_text(yaml.safe_dump(content), "utf-8")
    (place / "intake" / "leftover.key").write_text(f"ypsem-key v1 gate 3 {token}\n", "utf-8")
    shown = run(place, *style)
    for path in [*(place / "intake").iterdir(), *(place / "ledger").iterdir()]:
        secret = path.read_text("ascii").split()[-1]
        assert not any(secret[at : at + 8] in shown for at in range(0, len(secret) - 8)), path.name
    assert password not in shown
    assert token not in shown
    assert "40" not in [str(cell) for one in json.loads(run(place, "--json"))["releases"] for cell in one.values()]


def test_the_key_itself_is_not_even_read(tmp_path: Path) -> None:
    """A key file that ends where the key begins gives the same facts."""
    write_key(tmp_path / "gate-1.key", "gate", 1)
    whole = key_facts([tmp_path])
    content = (tmp_path / "gate-1.key").read_bytes()
    (tmp_path / "gate-1.key").write_bytes(content[: content.rindex(b" ") + 1])
    assert key_facts([tmp_path]) == whole


def test_text_says_what_json_says(place: Path) -> None:
    text = run(place)
    assert "rule: keyed noise" in text
    assert "case route: Synthetic example" in text
    assert "purpose: gate" in text
    assert "third parties:" in text
    assert "ypsem.missing_episode.v1:" in text
    for risk in facts(place)["residual_risks"]:
        assert risk in text


def test_what_was_not_asked_is_said(place: Path) -> None:
    result = CliRunner().invoke(
        main, ["dpia-facts", "--register", str(place / "register"), "--compose", str(place / "none"), "--json"]
    )
    found = json.loads(result.stdout)
    assert "not asked" in found["keys"]
    assert "not asked" in found["releases"]
    assert "no compose file" in found["software"]


def test_a_folder_of_something_else_is_refused_without_its_content(place: Path) -> None:
    (place / "releases" / "other.json").write_text('{"secret": "hush"}', "utf-8")
    arguments = ["--register", str(place / "register"), "--releases", str(place / "releases")]
    result = CliRunner().invoke(main, ["dpia-facts", *arguments])
    assert result.exit_code == 2
    assert "hush" not in result.output
