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
    command = [str(Path(sys.executable).with_name("langgraph")), "dev", "--no-browser"]
    return serving(
        lambda port: [*command, "--no-reload", "--port", port],
        "/ok",
        project,
        output,
        environment,
    )
