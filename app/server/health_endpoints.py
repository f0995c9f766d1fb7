"""What `langgraph.json` serves beside the graph: `/healthz`, `/readyz` and `/metrics`.

`/healthz` says that the process answers. `/readyz` says 200 where the database can be read
and at least one language model can be asked, else 503, and in both cases what it found. Plain
commands work without any model, so a service that isn't ready may still be of use. `/metrics`
is for Prometheus; LangGraph's own server has one already, which shows the same and more.
"""

import asyncio
import sys
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

if __package__ in sys.modules:
    from ..agent import default_agent
    from ..errors import TaskRelayError
    from .aegra_guard import AegraGuard
    from .description import described
    from .door import behind_the_door
    from .ownership import on_aegra
else:  # LangGraph's server loads this file by its path, as a module without a package
    from app.agent import default_agent
    from app.errors import TaskRelayError
    from app.server.aegra_guard import AegraGuard
    from app.server.description import described
    from app.server.door import behind_the_door
    from app.server.ownership import on_aegra


async def healthz(request: Request) -> JSONResponse:
    """Say that the process is alive."""
    return JSONResponse({"ok": True})


async def readyz(request: Request) -> JSONResponse:
    """Say whether a turn could be answered now."""
    report = await readiness()
    return JSONResponse(report, status_code=200 if report["ok"] else 503)


async def metrics(request: Request) -> Response:
    """Show what this process has counted."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def readiness() -> dict[str, Any]:
    """Return what a turn would find: the database, and the breaker of each model."""
    try:
        container = await default_agent().open_container()
        await asyncio.to_thread(container.check_database)
    except TaskRelayError as error:
        return {"ok": False, "database": type(error).__name__, "models": {}}
    models = await container.model_states()
    can_answer = any(state != "open" for state in models.values())
    return {"ok": can_answer, "database": "ok", "models": models}


def _application() -> Starlette:
    """Return an application of the kind that the server builds on; Aegra wants its own FastAPI."""
    if on_aegra():
        from fastapi import FastAPI

        return FastAPI(title="Task Relay", lifespan=described)
    return Starlette(lifespan=described)


app = behind_the_door(_application())
app.add_route("/healthz", healthz)
app.add_route("/readyz", readyz)
app.add_route("/metrics", metrics)
if on_aegra():
    app.add_middleware(AegraGuard)
