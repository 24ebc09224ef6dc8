"""Draws the state machine: a Mermaid diagram and the tables under it, for docs/release-life.md."""

from __future__ import annotations

from pathlib import Path

from dashboards.life.states import GONE, SHOWN, TRANSITIONS, DecisionReason, Fault, LifeState

DOCUMENT = Path(__file__).parents[2] / "docs" / "release-life.md"
BEGIN = "<!-- drawn by `python -m dashboards life --write`: change dashboards/life/states.py instead -->"
END = "<!-- end of what is drawn -->"


def mermaid() -> str:
    """The diagram in Mermaid's language."""
    lines = ["stateDiagram-v2", f"    [*] --> {LifeState.BUILT}: the ledger builds it"]
    lines += [f"    {t.before} --> {t.after}: {t.action}" for t in TRANSITIONS]
    lines += [f"    {state} --> [*]" for state in LifeState if state in GONE]
    return "\n".join(lines)


def drawn() -> str:
    """The generated part of the document, markers included."""
    moves = [f"| {t.before} | {t.action} | {t.after} | {t.condition.value} |" for t in TRANSITIONS]
    states = [f"| {state} | {'yes' if state in SHOWN else 'no'} |" for state in LifeState]
    reasons = [f"| `{reason.value}` | {reason.words} |" for reason in DecisionReason]
    faults = [f"| `{fault.value}` | {fault.words} |" for fault in Fault]
    return "\n".join(
        [
            *(BEGIN, "", "```mermaid", mermaid(), "```", ""),
            *("| from | what happens | to | when |", "|---|---|---|---|", *moves, ""),
            *("| state | figures are shown and written to files |", "|---|---|", *states, ""),
            *("| reason of a withdrawal or refusal | in words |", "|---|---|", *reasons, ""),
            *("| reason of a correction notice | in words |", "|---|---|", *faults, "", END),
        ]
    )


def in_step(document: str) -> str:
    """The document with its generated part drawn again; raises `ValueError` if the markers are missing."""
    before, _, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("the document has lost the markers of its drawn part")
    return before + drawn() + after
