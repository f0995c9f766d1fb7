"""Serve both providers from a process of their own: `python -m benchmarks.slow_providers SECONDS`.

Every answer comes after so many seconds. A message "add ..." becomes a call of add_task, and
everything else is answered with a word. The process ends with its standard input.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Step, calls, says


def add_what_is_asked(body: dict[str, Any]) -> Step:
    """Call add_task where the last message is the person's and asks for it."""
    last = json.dumps((body.get("contents") or body["messages"])[-1])
    asked = re.search(r'"add ([^"]+)"', last)
    return calls("add_task", title=asked[1]) if asked else says("Added.")


@contextmanager
def slow_providers(seconds: float) -> Iterator[dict[str, str]]:
    """Start the process; give the settings that point at its servers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.slow_providers", str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def main() -> None:
    """Serve until standard input ends."""
    gemini, groq = GeminiServer(), GroqServer()
    for server in (gemini, groq):
        server.decide = add_what_is_asked
        server.delay = float(sys.argv[1])
    told = {
        "gemini_api_key": gemini.key,
        "gemini_base_url": gemini.url,
        "groq_api_key": groq.key,
        "groq_base_url": groq.url,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    gemini.stop()
    groq.stop()


if __name__ == "__main__":
    main()
