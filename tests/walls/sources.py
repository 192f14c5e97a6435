"""The portal's own source, for tests of what no module may do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from park_portal.embedded.paths import CHECKOUT

NO_PORTAL = {"tests", "benchmarks"}


def modules() -> Iterator[Path]:
    """Every module of every package of ours, the migrations and commands too."""
    for package in sorted(CHECKOUT.glob("*/__init__.py")):
        if package.parent.name not in NO_PORTAL:
            yield from sorted(package.parent.rglob("*.py"))


def imported(source: str) -> set[str]:
    """Full names of all that is imported, wherever in the module it stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Call) and _is_import(node.func):
            found |= {str(word.value) for word in node.args if isinstance(word, ast.Constant)}
    return found


def _is_import(function: ast.expr) -> bool:
    name = getattr(function, "id", "") or getattr(function, "attr", "")
    return name in ("__import__", "import_module")
