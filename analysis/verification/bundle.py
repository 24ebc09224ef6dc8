"""Joins the parts of the checker into the single file of a kit, which can be read and run without anything else."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PARTS = ("exact", "tables", "audit", "rules", "reading", "command")
PACKAGE = "analysis.verification.checker"
FOLDER = Path(__file__).parent / "checker"

ABOUT = '''"""Checks published releases for disclosure. One file; needs Python 3.11 or newer and nothing else.

It reads the releases and the three JSON files beside it, and sets up all relations between counts that a reader could
know. In exact arithmetic it computes the least and the greatest size of each group of children that fit everything
published. A group is the children of a cell, a total minus one of its parts, the change of a cell between two cut-offs,
or (for an insider) the children of a cell who are not the insider's own. A group is DISCLOSED if it must have 1 to 4
children, or if it may have 1 to 4 and at most three sizes are possible (parameters.json has the numbers). README.txt
says how to use it.

    python check.py [FILE ...] [--insider AGENCY --knowns FILE] [--json]

Exit 0: SAFE. 1: DISCLOSED. 2: CONTRADICTORY, a published value must be wrong. 3: NOT CHECKED.

It was written from the published rules and shares no code with the program that made the releases. This file was made
by `python -m analysis verification-kit` from the files of analysis/verification/checker, in this order.
"""
'''


def checker() -> str:
    """The source of check.py: all imports, then the parts one after another."""
    plain: set[str] = set()
    named: defaultdict[str, set[str]] = defaultdict(set)
    bodies = []
    for part in PARTS:
        source = (FOLDER / f"{part}.py").read_text("utf-8")
        docstring, *nodes = ast.parse(source).body
        imported = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in imported:
            if isinstance(node, ast.Import):
                plain.add(ast.unparse(node))
            elif not (module := str(node.module)).startswith((PACKAGE, "__future__")):
                named[module] |= {name.name for name in node.names}
        rest = source.splitlines()[imported[-1].end_lineno :]
        assert isinstance(docstring, ast.Expr)  # noqa: S101 (a part of the checker without a docstring)
        title = ast.literal_eval(docstring.value).splitlines()[0]
        bodies.append(f"# ---- {part}: {title}\n\n" + "\n".join(rest).strip())
    imports = [
        *sorted(plain),
        *(f"from {module} import {', '.join(sorted(named[module]))}" for module in sorted(named)),
    ]
    head = f"{ABOUT}\nfrom __future__ import annotations\n\n" + "\n".join(imports)
    start = 'if __name__ == "__main__":\n    sys.exit(main())'
    return "\n\n\n".join([head, *bodies, start]) + "\n"
