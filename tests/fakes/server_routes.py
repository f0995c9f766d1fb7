"""Print the routes of LangGraph's server with our `langgraph.json`, those it doesn't document too.

It is a program of its own, started in the directory of that file, since the server reads its
configuration when it is imported.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def main() -> None:
    """Print a line `METHOD PATH` for each route."""
    config = json.loads(Path("langgraph.json").read_text(encoding="utf-8"))
    os.environ.update(
        MIGRATIONS_PATH="__inmem",
        DATABASE_URI=":memory:",
        REDIS_URI="fake",
        LANGGRAPH_RUNTIME_EDITION="inmem",
        LANGSMITH_LANGGRAPH_API_VARIANT="local_dev",
        LANGSERVE_GRAPHS=json.dumps(config["graphs"]),
        LANGGRAPH_AUTH=json.dumps(config["auth"]),
        LANGGRAPH_HTTP=json.dumps(config["http"]),
    )
    from langgraph_api.server import app  # type: ignore[import-untyped]

    for line in sorted(set(walk(app.routes))):
        sys.stdout.write(f"ROUTE {line}\n")


def walk(routes: list[Any], prefix: str = "") -> Iterator[str]:
    """Yield the routes under a prefix."""
    for route in routes:
        if inner := getattr(route, "routes", None):
            yield from walk(inner, prefix + route.path)
            continue
        methods = getattr(route, "methods", None) or {type(route).__name__}
        yield from (f"{method} {prefix}{route.path}" for method in methods - {"HEAD"})


if __name__ == "__main__":
    main()
