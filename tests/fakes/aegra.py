"""The real Aegra, started on a free port of loopback."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path

from tests.fakes.served import Served, serving


def aegra(
    project: Path, output: Path, environment: dict[str, str]
) -> AbstractContextManager[Served]:
    """Serve a project's `langgraph.json`; the server ends with the block.

    Args:
        project: The directory of that file.
        output: The file for what the server prints.
        environment: The server's, with `DATABASE_URL`.
    """
    command = [sys.executable, "-m", "uvicorn", "aegra_api.main:app", "--port"]
    return serving(lambda port: [*command, port], "/health", project, output, environment)
