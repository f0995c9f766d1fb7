"""What `langgraph.json` serves beside the graph: `/healthz` and `/readyz`, for orchestrators.

`/healthz` says that the process answers. `/readyz` says 200 where the database can be read
and at least one language model can be asked, else 503, and in both cases what it found. Plain
commands work without any model, so a service that isn't ready may still be of use.
"""

import asyncio
import sys
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

if __package__ in sys.modules:
    from ..agent import default_agent
    from ..errors import TaskRelayError
else:  # LangGraph's server loads this file by its path, as a module without a package
    from app.agent import default_agent
    from app.errors import TaskRelayError


async def healthz(request: Request) -> JSONResponse:
    """Say that the process is alive."""
    return JSONResponse({"ok": True})


async def readyz(request: Request) -> JSONResponse:
    """Say whether a turn could be answered now."""
    report = await readiness()
    return JSONResponse(report, status_code=200 if report["ok"] else 503)


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


app = Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz)])
