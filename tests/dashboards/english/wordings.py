"""What no page says: codes and keys, words that blame children, and wordings that readers had to read twice."""

from __future__ import annotations

import re

CODES = {
    "a measure's number": r"\bM\d{1,2}\b",
    "the number of a ladder": r"\bladders? (?:\d|and\b|from\b|to\b)",
    "a key or column name": r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b",
    "a command": r"\bpython3? -m\b|\bmake [a-z]+-[a-z]+\b",
    "a board's or a place's code": r"\b[EXK]\d{8}\b",
    "a period's code": r"\b\d{4}(?:Q[1-4]|FY|M\d\d)\b",
    "a file of the software": r"\b(?:docs|analysis|dashboards|models)/[\w/.-]+|\bADR\b",
}
"""Names of kinds of code, and how each looks."""
BLAME = {
    "a child does not put themselves at risk": r"\b(?:put(?:s|ting)?|plac(?:es?|ing)) (?:\w+sel(?:f|ves)) at\b",
    "exploitation is no way of life": r"\blifestyles?\b|\blife style",
    "a child is no prostitute": r"\bprostitut",
    "no judgement of a child": r"\bpromiscu|\bstreetwise\b|\bwayward\b|\bsexually active\b|\brisky behaviou?rs?\b",
    "a child goes missing": r"\babscond|\brun(?:s|ning)? away from home\b|\brunaways?\b",
}
"""Why, and the wording: the list of domain.md."""
READ_TWICE = {
    "joint first": r"\b\d=(?!\w)",
    "about one eighth of what we would expect": r"\bat 0\.\d+ of\b",
    "records that can be tied to a child": r"\bchild token",
    "yearly figures include late records": r"\bfinal look at\b",
    "what the words in the table mean": r"\bWhat stands in the table\b",
    "waiting for a second person's approval": r"\bshown once people who did not ask for it approve\b",
    "too few for a percentage": r"\bA rate where there is no figure to work it out from\b",
    "staff may simply be recording more": r"\bmaps recording effort\b",
    "unlikely to be chance: fewer than one false alarm a year": r"\bChance alone would show a rise\b",
    "no single agency explains it": r"\bstands whichever one agency's records are left out\b",
    "the small range is rounding only, not chance": r"\brange that rounding leaves open\b",
    "this rise may not be real": r"\ba rise after them may be none\b",
    "flagged when clearly below what we expect": r"\binterval's upper limit\b",
    "a blank may have been seen and not written down": r"\bis not not\b",
    "if some children were not matched, the true figure lies between these": r"\bbounds under missed links\b",
    "how rare": r"\brecurrence interval\b",
    "more than 20 % below what we expect": r"\bfour fifths\b",
    "one more likely need is not listed": r"\d+ more are more likely than not\b",
    "too early: needs figures to March 2027": r"\bNo effect can be told\b",
    "grew 3.4 times as much": r"\b\d\.\d\d times\b|\bA change beyond that of the others\b",
}
"""What readers of the first pages took it to mean, and what they read twice."""
FORBIDDEN = {**CODES, **BLAME, **READ_TWICE}
_FILE = re.compile(r"\b[\w.-]+\.(?:csv|json|ods|pdf|pptx|sha256|xlsx|zip)\b")
"""The name of a file that the reader has: it is what it is called on their disk."""
_PATTERNS = {why: re.compile(pattern) for why, pattern in FORBIDDEN.items()}


def slips(text: str) -> list[tuple[str, str]]:
    """Each slip in a passage: what it is, or what could be said instead, and the words."""
    said = _FILE.sub("the file", text)
    return [(why, found[0]) for why, pattern in _PATTERNS.items() for found in pattern.finditer(said)]
