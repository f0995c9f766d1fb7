"""End as a script expects: closed pipes, interrupts, and what watches a process from inside."""

import json
import os
import pstats
import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import child_environment, provider_environment
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Silence
from tests.fakes.warm import Warm

CHAT = ("-m", "app", "chat")


def python(directory: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    """Run Python anew, with all its imports."""
    return subprocess.run(
        [sys.executable, *args],
        cwd=directory,
        env=child_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_closed_pipe_is_silent_and_exit_141(tmp_path: Path, warm: Warm) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with (tmp_path / "errors").open("w+") as errors, Path(os.devnull).open() as nothing:
        streams = (nothing.fileno(), write_end, errors.fileno())
        chat = warm.start((*CHAT, "-m", "help"), streams, tmp_path, child_environment())
        assert chat.wait() == 141
    os.close(write_end)
    told = (tmp_path / "errors").read_text()
    assert told == (
        "Warning: GEMINI_API_KEY and GROQ_API_KEY are not set: left out of the chain.\n"
    )


def test_output_closed_before_the_start_is_no_stack_trace(tmp_path: Path) -> None:
    done = subprocess.run(
        f'"{sys.executable}" -m app tasks >&-',
        shell=True,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=child_environment(),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_interrupt_is_exit_130_and_the_object_is_still_printed(
    tmp_path: Path, warm: Warm, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Silence())
    environment = child_environment(**provider_environment(gemini, groq))
    with (
        (tmp_path / "out").open("w") as out,
        (tmp_path / "errors").open("w") as errors,
        Path(os.devnull).open() as nothing,
    ):
        streams = (nothing.fileno(), out.fileno(), errors.fileno())
        chat = warm.start((*CHAT, "--json", "-m", "Hello"), streams, tmp_path, environment)
        gemini.wait_for_request()
        os.kill(chat.pid, signal.SIGINT)
        assert chat.wait() == 130
    told = json.loads((tmp_path / "out").read_text())
    assert (told["reply"], told["user_id"]) == ("Interrupted.", "local")
    assert "Traceback" not in (tmp_path / "errors").read_text()


def test_profiler_writes_what_a_command_did(tmp_path: Path) -> None:
    done = python(tmp_path, "-m", "cProfile", "-o", "profile", "-m", "app", "tasks", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    profile = pstats.Stats(str(tmp_path / "profile"))
    functions = {name for _, _, name in profile.stats}  # type: ignore[attr-defined]
    assert {"main", "make_context"} <= functions


def test_tracer_counts_the_lines_of_a_command(tmp_path: Path) -> None:
    counting = ("-m", "trace", "--count", "--coverdir=counted", "--missing", "--module")
    done = python(tmp_path, *counting, "app", "tasks", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    counted = (tmp_path / "counted" / "app.cli.main.cover").read_text()
    assert "    1: def run() -> NoReturn:" in counted
    assert ">>>>>> " in counted


def test_exit_handlers_run_and_the_exit_code_is_the_command_s(tmp_path: Path) -> None:
    code = """
import atexit, sys
atexit.register(print, "the end")
sys.argv = ["app", "tasks", "--nonsense"]
from app.cli import run
run()
"""
    done = python(tmp_path, "-c", code)
    assert (done.returncode, done.stdout) == (2, "the end\n")
