"""Send what LangSmith was not sent yet when the process ends, unless it can't be reached.

LangChain traces by itself where `LANGSMITH_TRACING` says so, in threads that hold the end of the
process until everything is sent or given up, which takes minutes at an address that is silent.
"""

import sys

_holding = False


def send_traces() -> None:
    """Wait until everything is sent; to be called on a thread of its own."""
    global _holding  # noqa: PLW0603 - of the process, as the tracer is
    tracer = sys.modules.get("langchain_core.tracers.langchain")
    if tracer is not None:
        _holding = True
        tracer.wait_for_all_tracers()
        _holding = False


def tracing_holds() -> bool:
    """Say whether the process would wait at its end for traces that nobody takes."""
    return _holding
