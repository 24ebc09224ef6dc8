"""Private names of libraries are used only where this table says why. Look here first when you upgrade a library.

What Faust and aiokafka have no public way for is in `streams/feed`; `tests/streams/test_worker_app.py` pins the
versions that it was written for.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections import defaultdict

from tests.operations.files import ROOT, sources

PACKAGES = ("models", "agencies", "analysis", "streams", "consumers", "dashboards")
WHY: dict[str, tuple[str, frozenset[str]]] = {
    "analysis/disclosure/lp.py": (
        "highspy's public class prints a banner on standard output when it is made",
        frozenset({"_core", "_Highs"}),
    ),
    "dashboards/pack/shapes.py": (
        "python-pptx has no method for the alternative text of a chart or table",
        frozenset({"_element", "_nvXxPr"}),
    ),
    "streams/access/cluster.py": (
        "kafka-python has the requests for quotas and no method of its admin client that sends them",
        frozenset({"_manager"}),
    ),
    "streams/feed/places.py": (
        "Faust seeks and commits where it likes; here only where the lookout has compared the log",
        frozenset({
            "_commit", "_committed_offset", "_ensure_consumer", "_filter_committable_offsets", "_is_changelog_tp",
            "_subscription", "_thread",
        }),
    ),
    "streams/feed/rebootstrap.py": (
        "aiokafka asks for ever brokers that are gone, and has no setting that makes it ask the first addresses again",
        frozenset({"_bootstrapped_at", "_metadata_update"}),
    ),
    "streams/feed/table.py": (
        "Faust sends a table's changelog unconfirmed; here the agent sends it, and the table only notes what changed",
        frozenset({"_key_partition", "_sensor_on_del", "_sensor_on_set"}),
    ),
    "streams/feed/transport.py": (
        "Faust acknowledges in a `finally`, and reads what is not committed; here neither (ADR 0003)",
        frozenset({
            "_add_gap", "_buffered_partitions", "_committed_offset", "_create_worker_consumer", "_getmany",
            "_isolation_level", "_new_consumer_thread", "_paused_partitions", "_set_active_tps", "_unacked_messages",
            "_waiting_for_ack",
        }),
    ),
    "streams/worker.py": (
        "Faust names the process after its own command; `ps` and operations look for ours",
        frozenset({"_setproctitle"}),
    ),
}  # fmt: skip
"""Module -> why it uses private names of a library, and which."""
PUBLIC = frozenset({"_asdict", "_exit", "_fields", "_make", "_mapping", "_replace"})
"""Names that begin with an underscore and are documented: named tuples, SQLAlchemy's rows, os._exit."""


def ours(module: str) -> bool:
    """Whether a module is one of ours."""
    return module.partition(".")[0] in PACKAGES


def is_private(name: str) -> bool:
    """One underscore; two are Python's own."""
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def defined(tree: ast.Module) -> set[str]:
    """What a module itself gives a name: functions, classes, variables, attributes of `self`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and is_private(node.value):
            found.add(node.value)  # `__slots__`
    return found


def reached_into() -> dict[str, set[str]]:
    """Module -> names with an underscore that it reads from, or sets on, something of a library's."""
    trees = list(sources(*PACKAGES))
    own = {str(path.relative_to(ROOT)): defined(tree) for path, tree in trees}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, tree in trees:
        module = str(path.relative_to(ROOT))
        foreign: set[str] = set()
        # A base class of ours may be in a module that this one imports.
        names = set(own[module])
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level and not ours(node.module):
                foreign |= {alias.asname or alias.name for alias in node.names}
                parts = [*node.module.split("."), *(alias.name for alias in node.names)]
                found[module] |= set(filter(is_private, parts))
            elif isinstance(node, ast.ImportFrom) and node.module:
                places = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                for place in (one.replace(".", "/") for one in places):
                    names |= own.get(f"{place}.py", set()) | own.get(f"{place}/__init__.py", set())
            elif isinstance(node, ast.Import):
                foreign |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and is_private(node.attr):
                base = node.value.id if isinstance(node.value, ast.Name) else ""
                if base in foreign or node.attr not in names:
                    found[module].add(node.attr)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "setattr", "hasattr"):
                texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found[module] |= set(filter(is_private, texts))
    return {module: used for module, used in found.items() if used}


def overridden() -> dict[str, set[str]]:
    """Module -> private methods of a library's class that a class of ours overrides."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for package in PACKAGES:
        for info in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if info.name.endswith("__main__") or ".migrations." in info.name:
                continue
            module = importlib.import_module(info.name)
            for kind in vars(module).values():
                if inspect.isclass(kind) and kind.__module__ == info.name:
                    above = [base for base in kind.__mro__[1:] if not ours(base.__module__)]
                    names = {
                        name
                        for name, value in vars(kind).items()
                        if is_private(name) and inspect.isfunction(value) and value.__module__ == info.name
                    }
                    found[f"{info.name.replace('.', '/')}.py"] |= {
                        name for name in names if any(name in vars(base) for base in above)
                    }
    return {module: used for module, used in found.items() if used}


def test_private_names_of_libraries_are_used_where_the_table_says_why() -> None:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for part in (reached_into(), overridden()):
        for module, names in part.items():
            found[module] |= names
    assert dict(found) == {module: set(names) for module, (_, names) in WHY.items()}
