"""Service accounts: a token reads what it is for, is shown once, and ends; everything else is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, select
from starlette.testclient import TestClient

from dashboards.__main__ import main
from dashboards.people.cookies import form_token
from dashboards.people.entrance import WithoutSignIn
from dashboards.people.mapped import ROUTES
from dashboards.people.permissions import FOR_SERVICES, Act
from dashboards.registry import RegisterReader
from dashboards.web import create_app
from models.service import clock
from models.store import AuditRow, ServiceTokenRow, make_engine, upgrade, writing
from models.store.actions import Source, open_action
from models.store.service_tokens import LONGEST_DAYS, PREFIX, TOKEN, TokenError, make, presented, revoke
from tests.dashboards.conftest import HOST, browser, signed_in, store
from tests.dashboards.people.test_entrance import OTHER, addresses, rows, two_boards
from tests.models.store.factories import BOARD, make_release

__all__ = ["two_boards"]


def made(engine: Engine, *acts: Act, boards: tuple[str, ...] = (BOARD,), name: str = "returns-office") -> str:
    """A token for these acts."""
    with writing(engine).begin() as connection:
        names = [act.name.lower() for act in acts]
        return make(connection, name, acts=names, boards=boards, days=30, who="adam")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_every_route_for_every_scope_on_the_own_and_another_board(sqlite: Engine, two_boards: Path) -> None:
    release = make_release()
    store(sqlite, release)
    client = browser(sqlite, two_boards)
    for number, (act, board) in enumerate(product(FOR_SERVICES.values(), (BOARD, OTHER))):
        headers = bearer(made(sqlite, act, boards=(board,), name=f"program-{number}"))
        for key, address in addresses(release.release_id).items():
            allowed = key[0] == "GET" and ROUTES[key] is act and board == BOARD
            answer = client.request(key[0], address, headers=headers)
            # What is not there is not found by whoever may look; nobody else is told that.
            expected = {200, 404} if allowed else {403}
            assert answer.status_code in expected, (act, board, key, answer.status_code)


def test_what_it_reads_and_is_refused_is_in_the_log_under_its_name(sqlite: Engine, register_dir: Path) -> None:
    release = make_release()
    store(sqlite, release)
    client, headers = browser(sqlite, register_dir), bearer(made(sqlite, Act.TAKE_FILES))
    assert client.get(f"/releases/{release.release_id}.csv", headers=headers).status_code == 200
    refused = client.get(f"/boards/{BOARD}", headers=headers)
    assert refused.status_code == 403
    assert "reads what it was made for" in refused.text
    assert "Read by the service account returns-office" in refused.text
    assert "Sign out" not in refused.text
    assert "Two minutes are left" not in refused.text
    assert rows(sqlite) == [
        ("adam", "service-token.made", "service:returns-office", "30 days"),
        ("service:returns-office", "download", release.release_id, "csv"),
        ("service:returns-office", "refused", "pages", "see_figures"),
    ]


def test_it_sends_no_form_not_even_with_somebodys_session(sqlite: Engine, register_dir: Path) -> None:
    number, headers = signed_in(sqlite, f"chair:{BOARD}"), bearer(made(sqlite, Act.SEE_FIGURES))
    client = browser(sqlite, register_dir, number)
    for token in (form_token(number), form_token("")):
        answer = client.post("/sign-out", data={"form_token": token}, headers=headers)
        assert answer.status_code == 403
        assert "sends no form" in answer.text
    assert client.get(f"/boards/{BOARD}").status_code == 200, "the session is as it was"


def test_a_token_counts_alone(sqlite: Engine, two_boards: Path) -> None:
    """A request with a token has its rights and no others, whatever session comes with it."""
    client = browser(sqlite, two_boards, signed_in(sqlite, f"chair:{OTHER}"))
    token = made(sqlite, Act.SEE_FIGURES)
    assert client.get(f"/boards/{OTHER}", headers=bearer(token)).status_code == 403
    assert client.get(f"/boards/{OTHER}", headers=bearer("none")).status_code == 401
    assert client.get(f"/boards/{OTHER}", headers={"Authorization": "Basic eDp5"}).status_code == 200, "a proxy's"
    both = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    assert client.get(f"/boards/{BOARD}", headers=both).status_code == 401, "which of the two?"


@pytest.mark.parametrize("case", ["expired", "revoked", "guessed", "cut", "longer", "hash", "name", "empty"])
def test_a_token_that_opens_nothing_is_refused_and_writes_nothing(
    case: str, sqlite: Engine, register_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = made(sqlite, Act.SEE_FIGURES)
    client = browser(sqlite, register_dir)
    assert client.get(f"/boards/{BOARD}", headers=bearer(token)).status_code == 200
    with sqlite.connect() as connection:
        kept = str(connection.scalar(select(ServiceTokenRow.token_hash)))
    if case == "revoked":
        with writing(sqlite).begin() as connection:
            revoke(connection, "returns-office", "adam")
    if case == "expired":
        real = clock.now
        later: datetime = real() + timedelta(days=30)
        monkeypatch.setattr(clock, "now", lambda: later)
    before = rows(sqlite)
    guess = PREFIX + "x" * 43
    given = {"guessed": guess, "cut": token[:-1], "longer": f"{token}x", "hash": kept, "name": "returns-office",
             "empty": ""}.get(case, token)  # fmt: skip
    for _ in range(3):
        answer = client.get(f"/boards/{BOARD}", headers=bearer(given))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="ypsem", error="invalid_token"'
        assert "not known, or has expired, or was revoked" in answer.text
        assert BOARD not in answer.text
    assert rows(sqlite) == before
    assert client.head(f"/boards/{BOARD}", headers=bearer(given)).status_code == 401


def test_a_token_is_kept_as_its_hash_alone(sqlite: Engine) -> None:
    token = made(sqlite, Act.SEE_FIGURES)
    assert TOKEN.fullmatch(token)
    with sqlite.connect() as connection:
        row = connection.execute(select(ServiceTokenRow)).one()
        assert token not in str(row)
        assert token.removeprefix(PREFIX) not in str(row)
        known = presented(connection, token)
    assert known is not None
    assert known.who == "service:returns-office"


def test_without_sign_in_there_are_no_service_accounts(sqlite: Engine, register_dir: Path) -> None:
    token = made(sqlite, Act.SEE_FIGURES)
    sessions = WithoutSignIn(frozenset({HOST}))
    client = TestClient(create_app(sqlite, RegisterReader(register_dir), sessions), f"https://{HOST}")
    assert client.get("/account", headers=bearer(token)).status_code == 401


def test_what_cannot_be_made_is_said(engine: Engine) -> None:
    made(engine, Act.SEE_FIGURES)
    scope = {"acts": ["see_figures"], "boards": [BOARD], "days": 30, "who": "adam"}
    wrong: tuple[tuple[str, dict[str, object], str], ...] = (
        ("returns-office", {}, "choose another"), ("Bad Name", {}, "begins with a letter"),
        ("other", {"days": LONGEST_DAYS + 1}, "1 to 365 days"), ("other", {"days": 0}, "1 to 365 days"),
        ("other", {"acts": []}, "one act"), ("other", {"boards": []}, "one board"),
    )  # fmt: skip
    for name, change, says in wrong:
        with pytest.raises(TokenError, match=says), writing(engine).begin() as connection:
            make(connection, name, **{**scope, **change})  # type: ignore[arg-type]
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(ServiceTokenRow)) == 1
        assert connection.scalar(select(func.count()).select_from(AuditRow)) == 1, "a refusal is no act"


def run(url: str, *words: str) -> Result:
    return CliRunner().invoke(main, ["service-tokens", *words, "--database-url", url], catch_exceptions=False)


def test_at_the_terminal_a_token_is_made_listed_and_revoked(tmp_path: Path, register_dir: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    engine = make_engine(url)
    upgrade(engine)
    store(engine, make_release())
    for_both = ("--act", "see-figures", "--act", "take-files", "--board", BOARD)
    done = run(url, "make", "returns-office", *for_both, "--as", "adam")
    assert done.exit_code == 0, done.output
    token = done.stdout.strip()
    assert TOKEN.fullmatch(token)
    assert "it is not shown again" in done.stderr
    client = browser(engine, register_dir)
    assert client.get(f"/boards/{BOARD}", headers=bearer(token)).status_code == 200
    assert client.get(f"/boards/{BOARD}/actions", headers=bearer(token)).status_code == 403

    listed = run(url, "list").output
    assert token not in listed
    assert listed.split("\t")[:4] == ["returns-office", "in force", "see_figures,take_files", BOARD]
    assert listed.strip().endswith("UTC\tadam")
    assert run(url, "revoke", "returns-office", "--as", "adam").exit_code == 0
    assert client.get(f"/boards/{BOARD}", headers=bearer(token)).status_code == 401
    assert run(url, "list").output.split("\t")[1] == "revoked"

    for wrong, says in (
        (("revoke", "returns-office", "--as", "adam"), "no token of that name"),
        (("make", "returns-office", *for_both, "--as", "adam"), "choose another"),
        (("make", "other", *for_both, "--board", "everything", "--as", "adam"), "no code such as"),
        (("make", "other", *for_both, "--as", "sub:s-1"), "a principal is"),
        (("make", "other", "--act", "approve-release", "--board", BOARD, "--as", "adam"), "Invalid value"),
    ):
        failed = run(url, *wrong)
        assert failed.exit_code != 0
        assert says in failed.output, failed.output
    engine.dispose()


def test_a_token_for_figures_reads_no_text_of_an_action(sqlite: Engine, register_dir: Path) -> None:
    store(sqlite, make_release())
    title, day = "Ask the schools what they saw", clock.today()
    with writing(sqlite).begin() as connection:
        for source, due in ((Source.HOTSPOT, day - timedelta(days=9)), (Source.NEED, day + timedelta(days=9))):
            open_action(
                connection, "chair", board=BOARD, source=source, owner="aldermere-health", title=title,
                opened_on=day - timedelta(days=30), due_on=due,
            )  # fmt: skip
    client = browser(sqlite, register_dir)
    pages = [f"/boards/{BOARD}", f"/boards/{BOARD}/inspection"]
    figures, both = (
        [client.get(page, headers=headers).text for page in pages]
        for headers in (
            bearer(made(sqlite, Act.SEE_FIGURES, name="figures")),
            bearer(made(sqlite, Act.SEE_FIGURES, Act.SEE_ACTIONS, name="both")),
        )
    )
    assert not any(title in page for page in figures)
    assert title in both[0]
