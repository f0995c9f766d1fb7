"""The commands of the chat itself: `/status`, `/clear`, `/exit`."""

from importlib.metadata import version

from ...output.quota_lines import quota_lines
from ..session import Session
from .command import Next, SlashCommand


def _status(session: Session, said: str) -> Next:
    settings = session.settings
    known = {thread.name: thread for thread in session.stores().transcript().threads(session.user)}
    thread = known.get(session.thread)
    database = settings.database_url.removeprefix("sqlite:///").rpartition("@")[2]
    missing = session.missing_keys
    told = {
        "user": session.user,
        "thread": f"{session.thread} ({thread.messages if thread else 0} messages)",
        "models": ", ".join(session.models) or "none: plain commands only",
        "asked first": session.ask_first or "as in the chain",
        "keys missing": ", ".join(missing) or "none",
        "quotas": "\n".join(quota_lines(session.stores().quotas_left(), session.zone)),
        "time zone": settings.timezone,
        "database": database,
        "log": str(settings.log_file),
        "version": version("task-relay"),
    }
    session.output.pairs(told)
    return Next.ASK


def _clear(session: Session, said: str) -> Next:
    if not session.output.plain:
        session.output.console.clear()
    return Next.ASK


def _leave(session: Session, said: str) -> Next:
    return Next.LEAVE


COMMANDS = (
    SlashCommand("/status", "", "user, thread, models, quotas, files", _status),
    SlashCommand("/clear", "", "clear the screen", _clear),
    SlashCommand("/exit", "", "leave", _leave),
)
