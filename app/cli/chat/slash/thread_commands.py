"""The commands on threads: `/threads`, `/thread`, `/new`, `/export`."""

from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ....errors import InputError
from ....settings import clean_thread_id
from ..last_exchange import show_last
from ..session import ChatSession
from .command import AfterCommand, SlashCommand

if TYPE_CHECKING:
    from ....conversations import Thread, TranscriptEntry


def _show_threads(session: ChatSession, argument: str) -> AfterCommand:
    from rich.table import Table

    threads = _threads(session)
    if not threads:
        session.output.say("No threads yet: nothing has been said.", "dim")
        return AfterCommand.ASK
    table = Table.grid(padding=(0, 2))
    for thread in threads:
        mark = "*" if thread.name == session.thread else ""
        last = thread.last_at.astimezone(session.zone)
        table.add_row(
            f"{mark:1} {thread.name}", f"{thread.messages} messages", f"{last:%a %Y-%m-%d %H:%M}"
        )
    session.output.print(table)
    return AfterCommand.ASK


def _go_to(session: ChatSession, argument: str) -> AfterCommand:
    if not argument:
        session.output.say(f"This is the thread {session.thread}. /thread NAME opens another.")
        return AfterCommand.ASK
    _open(session, clean_thread_id(argument))
    return AfterCommand.ASK


def _new(session: ChatSession, argument: str) -> AfterCommand:
    taken = {thread.name for thread in _threads(session)}
    if argument in taken:
        raise InputError(f"There is a thread {argument} already; /thread {argument} opens it.")
    day = f"{session.clock.now().astimezone(session.zone):%Y-%m-%d}"
    names = (day if n == 1 else f"{day}-{n}" for n in count(1))
    _open(session, clean_thread_id(argument or next(name for name in names if name not in taken)))
    return AfterCommand.ASK


def _export(session: ChatSession, argument: str) -> AfterCommand:
    transcript = session.stores().transcript()
    key = transcript.key_of(session.user, session.thread)
    if key is None:
        raise InputError(f"Nothing has been said in the thread {session.thread} yet.")
    entries = transcript.all_of(session.user, key)
    now = session.clock.now().astimezone(session.zone)
    slug = "".join(c if c.isalnum() or c in "-_" else "-" for c in session.thread)
    file = Path(argument or f"{slug}-{now:%Y-%m-%d-%H%M%S}.md").expanduser()
    try:
        written = _write(file, session, entries)
    except FileExistsError:
        raise InputError(f"{file} is there already. Name another file.") from None
    except OSError as error:
        raise InputError(f"{file} can't be written ({error.strerror}).") from error
    session.output.say(f"Wrote {written} messages to {file}", "dim")
    return AfterCommand.ASK


def _write(file: Path, session: ChatSession, entries: "Iterator[TranscriptEntry]") -> int:
    """Write a new file that only its owner can read; return how many messages are in it."""
    from ....settings import open_private

    written = 0
    with open(file, "x", encoding="utf-8", opener=open_private) as out:
        out.write(f"# {session.thread}\n")
        for entry in entries:
            said_at = entry.said_at.astimezone(session.zone)
            out.write(f"\n**{entry.message.role.value}**, {said_at:%Y-%m-%d %H:%M}\n\n")
            out.write(f"{entry.message.text or '(calls tools)'}\n")
            written += 1
    return written


def _open(session: ChatSession, name: str) -> None:
    session.thread, session.last = name, None
    known = session.stores().transcript().key_of(session.user, name)
    session.output.say(f"Now in the {'' if known else 'new '}thread {name}.", "dim")
    show_last(session)


def _threads(session: ChatSession) -> "tuple[Thread, ...]":
    return session.stores().transcript().threads(session.user)


def _names(session: ChatSession) -> Iterable[str]:
    return [thread.name for thread in _threads(session)]


COMMANDS = (
    SlashCommand("/threads", "", "your threads, the latest first", _show_threads),
    SlashCommand("/thread", "NAME", "go to a thread", _go_to, _names),
    SlashCommand("/new", "[NAME]", "begin a new thread", _new),
    SlashCommand("/export", "[FILE]", "write this thread to a file", _export),
)
