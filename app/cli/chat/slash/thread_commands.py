"""The commands on threads: `/threads`, `/thread`, `/new`, `/export`."""

from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ....errors import InputError
from ....settings import clean_thread_id
from ..last_exchange import show_last
from ..session import Session
from .command import Next, SlashCommand

if TYPE_CHECKING:
    from ....conversations import Thread, TranscriptEntry


def _show_threads(session: Session, said: str) -> Next:
    from rich.table import Table

    known = _threads(session)
    if not known:
        session.output.say("No threads yet: nothing has been said.", "dim")
        return Next.ASK
    table = Table.grid(padding=(0, 2))
    for thread in known:
        here = "*" if thread.name == session.thread else ""
        last = thread.last_at.astimezone(session.zone)
        table.add_row(
            f"{here:1} {thread.name}", f"{thread.messages} messages", f"{last:%a %Y-%m-%d %H:%M}"
        )
    session.output.print(table)
    return Next.ASK


def _go_to(session: Session, said: str) -> Next:
    if not said:
        session.output.say(f"This is the thread {session.thread}. /thread NAME opens another.")
        return Next.ASK
    _open(session, clean_thread_id(said))
    return Next.ASK


def _new(session: Session, said: str) -> Next:
    taken = {thread.name for thread in _threads(session)}
    if said in taken:
        raise InputError(f"There is a thread {said} already; /thread {said} opens it.")
    day = f"{session.clock.now().astimezone(session.zone):%Y-%m-%d}"
    names = (day if n == 1 else f"{day}-{n}" for n in count(1))
    _open(session, clean_thread_id(said or next(name for name in names if name not in taken)))
    return Next.ASK


def _export(session: Session, said: str) -> Next:
    transcript = session.stores().transcript()
    key = transcript.key_of(session.user, session.thread)
    if key is None:
        raise InputError(f"Nothing has been said in the thread {session.thread} yet.")
    entries = transcript.all_of(session.user, key)
    now = session.clock.now().astimezone(session.zone)
    slug = "".join(c if c.isalnum() or c in "-_" else "-" for c in session.thread)
    file = Path(said or f"{slug}-{now:%Y-%m-%d-%H%M%S}.md").expanduser()
    try:
        written = _write(file, session, entries)
    except FileExistsError:
        raise InputError(f"{file} is there already. Name another file.") from None
    except OSError as error:
        raise InputError(f"{file} can't be written ({error.strerror}).") from error
    session.output.say(f"Wrote {written} messages to {file}", "dim")
    return Next.ASK


def _write(file: Path, session: Session, entries: "Iterator[TranscriptEntry]") -> int:
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


def _open(session: Session, name: str) -> None:
    session.thread, session.last = name, None
    known = session.stores().transcript().key_of(session.user, name)
    session.output.say(f"Now in the {'' if known else 'new '}thread {name}.", "dim")
    show_last(session)


def _threads(session: Session) -> "tuple[Thread, ...]":
    return session.stores().transcript().threads(session.user)


def _names(session: Session) -> Iterable[str]:
    return [thread.name for thread in _threads(session)]


COMMANDS = (
    SlashCommand("/threads", "", "your threads, the latest first", _show_threads),
    SlashCommand("/thread", "NAME", "go to a thread", _go_to, _names),
    SlashCommand("/new", "[NAME]", "begin a new thread", _new),
    SlashCommand("/export", "[FILE]", "write this thread to a file", _export),
)
