"""The plan of changes: from any state to the register's principals, in an order in which nobody is locked out."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from models.contract import topics
from models.operations.topic_specs import all_topics
from streams.__main__ import cli
from streams.access.cluster import quota_values
from streams.access.plan import RightChange, State, plan
from streams.access.principals import Principal, Quota, Right, ours, principals
from tests.factories import POLICE, register

WANTED = principals(register())
RIGHTS = [(one.user, right) for one in WANTED for right in one.rights]
QUOTAS: dict[str, Quota] = {one.user: one.quota for one in WANTED if one.quota is not None}
STRANGERS = ("admin", "agency", "ypsemx", "monitoring")


def complete() -> State:
    rights = {one.user: set(one.rights) for one in WANTED}
    return State({one.user for one in WANTED}, rights, {user: quota_values(q) for user, q in QUOTAS.items()})


def made(state: State, changes: list[RightChange]) -> State:
    """The state after the changes, by their meaning."""
    users, quotas = set(state.users), {user: dict(found) for user, found in state.quotas.items()}
    rights = {user: set(found) for user, found in state.rights.items()}
    for change in changes:
        match change.kind:
            case "login":
                users.add(change.user)
            case "no-login":
                users.remove(change.user)
            case "allow" if change.right is not None:
                rights.setdefault(change.user, set()).add(change.right)
            case "disallow" if change.right is not None:
                rights[change.user].remove(change.right)
            case "quota" if change.principal is not None and change.principal.quota is not None:
                quotas[change.user] = quota_values(change.principal.quota)
            case "no-quota":
                del quotas[change.user]
    return State(users, {user: found for user, found in rights.items() if found}, quotas)


SOME_USERS = st.sampled_from([*(one.user for one in WANTED), "agency.gone", "ypsem-old", *STRANGERS])
SOME_RIGHTS = st.builds(
    Right, st.sampled_from(["topic", "group"]), st.sampled_from([topics.raw(POLICE), topics.ACCEPTED, "else"]),
    st.sampled_from(["read", "write"]),
)  # fmt: skip
STATES = st.builds(
    State,
    st.sets(SOME_USERS),
    st.dictionaries(SOME_USERS, st.sets(SOME_RIGHTS, min_size=1)),
    st.dictionaries(SOME_USERS, st.just({"producer_byte_rate": 1.0})),
)


@given(STATES)
def test_from_any_state_the_plan_leads_to_the_registers_and_leaves_strangers_alone(state: State) -> None:
    after = made(state, plan(WANTED, state))
    assert plan(WANTED, after) == []
    for user in STRANGERS:
        assert (user in after.users) is (user in state.users)
        assert after.rights.get(user, set()) == state.rights.get(user, set())
        assert after.quotas.get(user) == state.quotas.get(user)
    assert {user for user in after.users if ours(user)} == {one.user for one in WANTED}


def test_nothing_changes_where_all_is_as_it_should_be() -> None:
    assert plan(WANTED, complete()) == []
    (change,) = plan(WANTED, complete(), rotate=["ypsem-sink"])
    assert (change.kind, change.user) == ("password", "ypsem-sink")


def test_what_gives_access_comes_before_what_takes_it() -> None:
    state = State({"agency.gone"}, {"agency.gone": {Right("topic", "x", "read")}}, {"agency.gone": {"x": 1.0}})
    kinds = [change.kind for change in plan(WANTED, state)]
    assert kinds.index("disallow") > max(i for i, kind in enumerate(kinds) if kind in ("login", "allow", "quota"))


def test_every_topic_has_a_writer_and_a_reader_and_no_right_is_on_another() -> None:
    names = {spec.name for spec in all_topics([agency.id for agency in register().agencies])}
    for operation in ("read", "write"):
        found = {right.name for _, right in RIGHTS if right.resource == "topic" and right.operation == operation}
        assert found == names, f"{operation}: a topic was added, and who may do it was not said"


@pytest.mark.parametrize("principal", [one for one in WANTED if one.is_agency], ids=lambda one: one.user)
def test_an_agency_has_two_rights_and_a_quota(principal: Principal) -> None:
    agency = principal.user.removeprefix("agency.")
    assert set(principal.rights) == {
        Right("topic", topics.raw(agency), "write"), Right("topic", topics.receipts(agency), "read"),
    }  # fmt: skip
    assert principal.quota is not None


def test_rights_are_shown_without_a_broker(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("register")
    (folder / "register-2024-04-01.yaml").write_text(register().model_dump_json())
    shown = CliRunner().invoke(cli, ["access", "--show", "--register", str(folder)])
    assert shown.exit_code == 0
    assert shown.output.count("\n  ") == len(RIGHTS)
    wrong = CliRunner().invoke(cli, ["access", "--rotate", "agency.nobody", "--register", str(folder)])
    assert wrong.exit_code == 2
