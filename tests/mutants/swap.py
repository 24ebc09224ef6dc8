"""Put a fault into code that is imported already: a function's code is exchanged where the function stands.

So whoever imported the function by name runs the fault, too. What our functions have cached of the code as it was is
forgotten. Only what is inside a function can be exchanged. Whatever
a module does while it is imported (constants, classes, defaults of arguments) needs a process that imports it anew.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from inspect import CO_NEWLOCALS
from pathlib import Path
from types import CodeType, FunctionType

from tests.mutants.targets import ROOT

_CALLERS = ("agencies", "analysis", "benchmarks", "consumers", "dashboards", "demo", "streams", "tests")
_CACHED = type(lru_cache(lambda: None))


def exchange(path: Path, source: str, mutated: str) -> bool:
    """Exchange the code of every function of `path` that differs; False where that cannot be done, or is not enough."""
    before, after = (compile(text, str(path), "exec", dont_inherit=True) for text in (source, mutated))
    old, new = dict(_inside(before)), dict(_inside(after))
    changed = {name for name in old if old[name] != new.get(name)}
    if old.keys() != new.keys() or _outside(before) != _outside(after) or not changed:
        return False
    times = Counter(name for name, _ in _inside(before))
    if any(times[name] > 1 for name in changed):
        return False  # two functions of one name cannot be told apart
    waiting = set(changed)
    for function in _functions(path):
        name = function.__code__.co_qualname
        if name in changed and len(function.__code__.co_freevars) == len(new[name].co_freevars):
            function.__code__ = new[name]
            waiting.discard(name)
    _forget(path.parent)
    return not waiting


def _forget(folder: Path) -> None:
    """Empty the caches of what stands in a file of this folder, or in a room that may call it.

    `models` imports none of the others, so that nothing in its caches comes from them.
    """
    for thing in gc.get_objects():
        if isinstance(thing, _CACHED) and _may_call(getattr(thing, "__wrapped__", None), folder):
            thing.cache_clear()


def _may_call(function: object, folder: Path) -> bool:
    if not isinstance(function, FunctionType):
        return False
    file = Path(function.__code__.co_filename)
    return file.is_relative_to(folder) or (file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in _CALLERS)


def _functions(path: Path) -> Iterator[FunctionType]:
    """Every function of a file that exists in this process, however it is wrapped."""
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__code__.co_filename == str(path):
            yield thing


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & CO_NEWLOCALS)


def _inside(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    """Qualified name and code of each function that stands in a module or a class, with what is nested in it."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if _is_function(constant):
                yield constant.co_qualname, constant
            else:
                yield from _inside(constant)


def _outside(code: CodeType) -> list[object]:
    """What a module and its classes do when they are imported, without the functions that they define."""
    constants: list[object] = []
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            constants.append(constant.co_qualname if _is_function(constant) else _outside(constant))
        else:
            constants.append((type(constant).__name__, repr(constant)))
    return [code.co_code, code.co_names, constants]
