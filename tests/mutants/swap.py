"""Put a fault into code that is imported already: a function's code is exchanged where the function stands.

So whoever imported the function by name runs the fault, too. Only what is inside a function can be exchanged. Whatever
a module does while it is imported (constants, classes, defaults of arguments) needs a process that imports it anew.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType


def exchange(path: Path, source: str, mutated: str) -> bool:
    """Exchange the code of every function of `path` that differs; False where that cannot be done, or is not enough."""
    before, after = _codes(path, source), _codes(path, mutated)
    changed = {name for name in before if before.get(name) != after.get(name)}
    if before.keys() != after.keys() or _outside(path, source) != _outside(path, mutated) or not changed:
        return False
    waiting = set(changed)
    for function in _functions(path):
        name = function.__code__.co_qualname
        if name in changed and len(function.__code__.co_freevars) == len(after[name].co_freevars):
            function.__code__ = after[name]
            waiting.discard(name)
    return not waiting


def _functions(path: Path) -> Iterator[FunctionType]:
    """Every function of a file that exists in this process, however it is wrapped."""
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__code__.co_filename == str(path):
            yield thing


def _codes(path: Path, source: str) -> dict[str, CodeType]:
    """Qualified name -> code of each function that stands in a module or a class, with what is nested in it."""
    found: dict[str, CodeType] = {}

    def look(code: CodeType) -> None:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                if constant.co_name.startswith("<") or constant.co_flags & 0x2:  # a function: CO_NEWLOCALS
                    found[constant.co_qualname] = constant
                else:
                    look(constant)

    look(compile(source, str(path), "exec", dont_inherit=True))
    return found


def _outside(path: Path, source: str) -> list[object]:
    """What a module and its classes do when they are imported, without the functions that they define."""

    def plain(code: CodeType) -> list[object]:
        constants = [
            (plain(constant) if not constant.co_flags & 0x2 else constant.co_qualname)
            if isinstance(constant, CodeType)
            else (type(constant).__name__, repr(constant))
            for constant in code.co_consts
        ]
        return [code.co_code, code.co_names, constants]

    return plain(compile(source, str(path), "exec", dont_inherit=True))
