"""What a program that has a package `app` of its own does with the installed wheel.

It runs in the second virtual environment, which has no tests, with warnings as errors, and
prints what it saw as JSON.
"""

import asyncio
import importlib.resources
import json
import logging
import multiprocessing
import os
import pickle
import sys
from pathlib import Path
from typing import Any


def unpickled_there(pickled: bytes) -> str:
    """Read a reply in another process."""
    return str(pickle.loads(pickled).reply)


def seen() -> dict[str, Any]:
    """Use the wheel beside the host's own package and logger."""
    import app  # the host's own

    own = logging.getLogger("app")
    own.setLevel(logging.DEBUG)
    own.addHandler(logging.NullHandler())
    handlers = list(own.handlers)

    os.environ["PRIMARY_LLM"] = "nonsense"
    from task_relay.studio import graph

    del os.environ["PRIMARY_LLM"]
    opened = [str(path) for path in Path(os.environ["APP_DATA_DIR"]).glob("*")]

    from task_relay import TaskRefusal, build_graph, process_message
    from task_relay.tasks import parse_repeat, resolve_due

    reply = asyncio.run(process_message("ann", "add buy milk"))
    build_graph()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.apply(unpickled_there, (pickle.dumps(reply),))
    return {
        "host": [vars(app)["MINE"], app.__file__],
        "below app": sorted(name for name in sys.modules if name.startswith("app.")),
        "host's logger": [own.level, own.handlers == handlers, own.propagate],
        "our loggers": sorted(name for name in logging.root.manager.loggerDict if "relay" in name),
        "graph": f"{type(graph).__name__} {graph.name}",
        "opened by the import": opened,
        "reply": [type(reply).__module__, reply.reply],
        "reply in another process": there,
        "names": [one.__module__ for one in (TaskRefusal, parse_repeat, resolve_due)],
        "marker": importlib.resources.files("task_relay").joinpath("py.typed").is_file(),
    }


if __name__ == "__main__":
    print(json.dumps(seen()))  # noqa: T201
