"""Teaches schemathesis to send the batch's media type; it loads this file by SCHEMATHESIS_HOOKS."""

from __future__ import annotations

import importlib
from typing import Any

schemathesis: Any = importlib.import_module("schemathesis")


@schemathesis.serializer("application/x-ndjson")  # type: ignore[untyped-decorator]
def ndjson(context: Any, value: Any) -> Any:
    """Text as it is; whatever else it makes up, as text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
