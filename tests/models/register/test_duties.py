"""Whose act it is: what the register says that agencies owe and send, and nobody's where it does not say."""

from __future__ import annotations

from models.register import Duties, load_register
from tests.demo.synthetic.support import REGISTER


def test_the_demos_agencies_owe_what_their_agreements_name() -> None:
    register = load_register(REGISTER)
    duties = Duties.of(register, register.boards[0])
    for work in ("screenings", "interviews", "responses", "lead"):
        assert duties.who(work) == {"childrens_social_care"}, "health screens and a charity interviews; neither owes it"
    assert duties.who("raise") == {"police", "childrens_social_care", "health", "education"}
    assert "police" not in duties.who("observe")
    assert {"health", "education"} <= duties.who("observe")


def test_where_the_register_says_nothing_nobody_owes_anything() -> None:
    register = load_register(REGISTER)
    silent = register.model_copy(
        update={"agencies": tuple(a.model_copy(update={"child_records": None, "owes": ()}) for a in register.agencies)}
    )
    duties = Duties.of(silent, silent.boards[0])
    assert duties == Duties()
    assert duties.who("screenings") == frozenset()
