"""LangSmith sees every attempt as a run of its own, by LangChain's callbacks."""

import threading
from typing import Any

from langchain_core.tracers import LangChainTracer

from tests.conftest import Relay
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer


class Project:
    """Stands for LangSmith's client: keeps the runs that it is sent."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.tracing_queue = None
        self._lock = threading.Lock()

    def create_run(self, **run: Any) -> None:
        with self._lock:
            self.runs[str(run["id"])] = run

    def update_run(self, run_id: object = None, **run: Any) -> None:
        with self._lock:
            self.runs[str(run_id or run.get("id"))] |= run

    def models(self) -> list[dict[str, Any]]:
        return [run for run in self.runs.values() if run["run_type"] == "llm"]


def test_each_attempt_is_its_own_run_in_the_trace(relay: Relay, gemini: GeminiServer) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    project = Project()
    tracer = LangChainTracer(client=project)  # type: ignore[arg-type]
    relay.agent.graph().invoke(
        {"messages": [("user", "hi")]}, {"callbacks": [tracer]}, context={"user_id": "ann"}
    )
    failed, answered = project.models()
    assert [run["name"] for run in (failed, answered)] == ["ChatGoogleGenerativeAI", "ChatGroq"]
    assert "overloaded" in failed["error"]
    assert answered["error"] is None
    assert "How can I help?" in str(answered["outputs"])
    assert failed["trace_id"] == answered["trace_id"]
    assert failed["id"] != answered["id"]
