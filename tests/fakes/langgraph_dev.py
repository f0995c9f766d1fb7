"""The real `langgraph dev`, started on a free port of loopback."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path

from tests.fakes.served import Served, serving

DevServer = Served


def langgraph_dev(
    project: Path, output: Path, environment: dict[str, str]
) -> AbstractContextManager[Served]:
    """Serve a project's `langgraph.json`; the server ends with the block.

    Args:
        project: The directory of that file.
        output: The file for what the server prints.
        environment: The server's.
    """
    program = str(Path(sys.executable).with_name("langgraph"))
    command = [program, "dev", "--n-jobs-per-worker", "10", "--no-browser", "--no-reload"]
    return serving(
        lambda port: [*command, "--port", port],
        "/ok",
        project,
        output,
        environment,
    )
