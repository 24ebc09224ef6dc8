"""Whose act it is: by the kinds of record that agencies send, and nobody's where the register does not say."""

from __future__ import annotations

from models.register import Duties, load_register
from tests.demo.synthetic.support import REGISTER


def test_the_demos_agencies_owe_what_their_agreements_name() -> None:
    register = load_register(REGISTER)
    duties = Duties.of(register, register.boards[0])
    assert duties.who("screen") == {"childrens_social_care", "health"}
    assert duties.who("interview") == {"childrens_social_care", "voluntary"}
    assert duties.who("respond") == {"childrens_social_care"}
    assert "police" not in duties.who("observe")
    assert {"health", "education"} <= duties.who("observe")


def test_where_an_entry_lists_no_kinds_nobody_owes_anything() -> None:
    register = load_register(REGISTER)
    silent = register.model_copy(
        update={"agencies": tuple(a.model_copy(update={"child_records": None}) for a in register.agencies)}
    )
    duties = Duties.of(silent, silent.boards[0])
    assert duties == Duties()
    assert duties.who("screen") == frozenset()
