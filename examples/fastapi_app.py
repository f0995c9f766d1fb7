"""An HTTP service: `uvicorn examples.fastapi_app:service --workers 2`.

Any number of workers, here or on other machines, may share the databases. Who is asking is yours to
find out; here it is a header that a proxy in front of the service sets.
"""

from typing import Annotated, Any

from fastapi import FastAPI, Header
from pydantic import BaseModel

from app import confirm, process_message

service = FastAPI()


class Message(BaseModel):
    """What a person says, in one of their threads."""

    text: str
    thread: str = "main"


class Decision(BaseModel):
    """A person's yes or no to the question of a thread."""

    approved: bool
    thread: str = "main"


@service.post("/messages")
async def say(message: Message, user: Annotated[str, Header()]) -> dict[str, Any]:
    """Answer a message."""
    reply = await process_message(user, message.text, message.thread)
    return {"reply": reply.reply, "ok": reply.ok, "confirmation": reply.confirmation}


@service.post("/decisions")
async def decide(decision: Decision, user: Annotated[str, Header()]) -> dict[str, Any]:
    """Answer the question that a thread waits with."""
    reply = await confirm(user, decision.approved, decision.thread)
    return {"reply": reply.reply, "ok": reply.ok, "confirmation": reply.confirmation}
