"""The mutants of a source file: mutmut's operators, at every place where a fault would change what is decided.

mutmut itself changes functions only. Thresholds and lists of codes stand at the top of a module here, so its operators
are applied to the whole module, with libcst. Left out is what decides nothing: annotations, docstrings, prose, imports,
decorators, and the words of errors and log lines.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation import mutators

OPERATORS: tuple[tuple[type, Callable[[Any], Iterable[cst.CSTNode]]], ...] = (
    (cst.BaseNumber, mutators.operator_number),
    (cst.BaseString, lambda node: itertools.islice(mutators.operator_string(node), 1)),
    (cst.Name, mutators.operator_name),
    (cst.AugAssign, mutators.operator_augmented_assignment),
    (cst.UnaryOperation, mutators.operator_remove_unary_ops),
    (cst.Call, mutators.operator_symmetric_string_methods_swap),
    (cst.Call, mutators.operator_unsymmetrical_string_methods_swap),
    (cst.Call, lambda node: _without_one(node, "args")),
    (cst.CSTNode, mutators.operator_keywords),
    (cst.CSTNode, mutators.operator_swap_op),
    (cst.Match, mutators.operator_match),
    (cst.IfExp, lambda node: (node.body, node.orelse)),
    *((kind, lambda node: _without_one(node, "elements")) for kind in (cst.Set, cst.Tuple, cst.List)),
    (cst.CompFor, lambda node: _without_one(node, "ifs")),
)
"""mutmut's, without those that put None in place of a value: mypy and the first call notice these. And ours: an
argument, an element of a list of codes, a condition or one side of a choice left out."""

_CODE_LIKE = re.compile(r"""[a-zA-Z]?["'][\w.:%/+-]*["']""")
_WORDS_ONLY = frozenset(
    {"dataclass", "Definition", "Unknown", "ValueError", "TypeError", "field", "Field", "TypeVar", "NewType"}
)
"""Calls whose arguments are words for people, or say how a class is made."""

_LOGS = frozenset({"log", "logger"})


class Mutant(NamedTuple):
    """One fault: where, what stood there, what stands there instead, and the whole source with it."""

    id: str
    """Stays the same while the line's own text does, wherever the line moves."""
    path: str
    line: int
    lines: range
    """The changed statement's: one of them runs wherever the change can matter."""
    before: str
    after: str
    source: str


class Parsed:
    """A source file and every change of it that could be made; each is made only when asked for, by its id."""

    def __init__(self, path: str, source: str) -> None:
        self._path, self._source = path, source
        wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
        self._module, self._positions = wrapper.module, wrapper.resolve(PositionProvider)
        self._changes: dict[str, tuple[cst.CSTNode, cst.CSTNode, cst.CSTNode]] = {}
        equal: Counter[tuple[str, str]] = Counter()
        for node, statement in _deciding(self._module, self._module):
            for kind, operator in OPERATORS:
                for changed in operator(node) if isinstance(node, kind) else ():
                    texts = self._module.code_for_node(node), self._module.code_for_node(changed)
                    self._changes[_id(path, *texts, equal[texts])] = node, changed, statement
                    equal[texts] += 1

    def ids(self) -> list[str]:
        """Of every change, in the order of the file."""
        return list(self._changes)

    def mutant(self, of: str) -> Mutant | None:
        """The mutant of that id; None where the change changes nothing or is no Python."""
        node, changed, statement = self._changes[of]
        mutated = self._module.deep_replace(node, changed)
        assert isinstance(mutated, cst.Module)
        if mutated.code == self._source or not _compiles(mutated.code):
            return None
        before, after = self._module.code_for_node(node), self._module.code_for_node(changed)
        place, around = self._positions[node], self._positions[statement]
        # Of a compound statement only the head, down to the change: its body is other statements' business.
        last = around.end if isinstance(statement, cst.SimpleStatementLine) else place.end
        lines = range(around.start.line, last.line + 1)
        return Mutant(of, self._path, place.start.line, lines, before, after, mutated.code)


def _id(path: str, before: str, after: str, number: int) -> str:
    """`number` tells equal changes of a file apart."""
    return hashlib.sha256(f"{path}|{before}|{after}|{number}".encode()).hexdigest()[:16]


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its lines."""
    parsed = Parsed(path, source)
    for of in parsed.ids():
        if mutant := parsed.mutant(of):
            yield mutant


def _without_one(node: cst.CSTNode, name: str) -> Iterator[cst.CSTNode]:
    """The node with each of several parts left out in turn."""
    parts = getattr(node, name)
    least = 1 if name == "ifs" else 2
    for left_out in range(len(parts) if len(parts) >= least else 0):
        yield node.with_changes(**{name: [*parts[:left_out], *parts[left_out + 1 :]]})


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


_STATEMENTS = (cst.SimpleStatementLine, cst.BaseCompoundStatement)


def _deciding(node: cst.CSTNode, around: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """The nodes whose change could change a decision, outer ones first, each with the statement around it."""
    if isinstance(node, cst.Annotation | cst.Import | cst.ImportFrom | cst.Decorator | cst.Raise | cst.Assert):
        return
    if isinstance(node, cst.FormattedString | cst.ConcatenatedString):
        return
    if isinstance(node, cst.SimpleString) and not _CODE_LIKE.fullmatch(node.value):
        return
    if isinstance(node, cst.Expr) and isinstance(node.value, cst.BaseString):
        return
    if isinstance(node, cst.Call) and _name(node.func) in _WORDS_ONLY:
        return
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and _name(node.func.value) in _LOGS:
        return
    if isinstance(node, cst.Assign) and any(_name(target.target) == "__all__" for target in node.targets):
        return
    statement = node if isinstance(node, _STATEMENTS) else around
    yield node, statement
    for child in node.children:
        yield from _deciding(child, statement)


def _name(node: cst.CSTNode) -> str:
    return node.value if isinstance(node, cst.Name) else ""
