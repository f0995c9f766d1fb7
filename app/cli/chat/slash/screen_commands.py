"""The commands of the chat itself: `/status`, `/clear`, `/exit`."""

from importlib.metadata import version

from ...output import quota_sentences
from ..session import ChatSession
from .command import AfterCommand, SlashCommand


def _status(session: ChatSession, argument: str) -> AfterCommand:
    settings = session.settings
    threads = session.stores().transcript().threads(session.user)
    thread = next((thread for thread in threads if thread.name == session.thread), None)
    database = settings.database_url.removeprefix("sqlite:///").rpartition("@")[2]
    missing = session.missing_keys
    status = {
        "user": session.user,
        "thread": f"{session.thread} ({thread.messages if thread else 0} messages)",
        "models": ", ".join(session.models) or "none: plain commands only",
        "asked first": session.ask_first or "as in the chain",
        "keys missing": ", ".join(missing) or "none",
        "quotas": "\n".join(quota_sentences(session.quotas_left(), session.zone)),
        "time zone": settings.timezone,
        "database": database,
        "log": str(settings.log_file),
        "version": version("task-relay"),
    }
    session.output.pairs(status)
    return AfterCommand.ASK


def _clear(session: ChatSession, argument: str) -> AfterCommand:
    if not session.output.plain:
        session.output.console.clear()
    return AfterCommand.ASK


def _leave(session: ChatSession, argument: str) -> AfterCommand:
    return AfterCommand.LEAVE


COMMANDS = (
    SlashCommand("/status", "", "user, thread, models, quotas, files", _status),
    SlashCommand("/clear", "", "clear the screen", _clear),
    SlashCommand("/exit", "", "leave", _leave),
)
