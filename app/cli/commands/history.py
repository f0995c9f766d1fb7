"""The command `history`: what was said in a thread, or in all threads of a user."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ... import PROGRAM
from ...events import ToolCall
from ...intake import shown
from ..exit_codes import Exit
from ..named_thread import key_of_thread
from ..output import call_line, json_lines_option, print_json
from ..store_context import open_stores, user_option

if TYPE_CHECKING:
    from ...conversations import TranscriptEntry
    from ...tasks import Owner


@click.command(epilog=f'Example: {PROGRAM} history main --search "dentist"')
@click.argument("thread", required=False)
@click.option("--search", help="Only messages with these words, or words beginning so.")
@click.option("--last", type=click.IntRange(1), help="Only so many messages, the latest.")
@json_lines_option
@user_option
def history(
    thread: str | None, search: str | None, last: int | None, as_json: bool, user: str | None
) -> int:
    """Show what was said in a thread, or in all threads of a user.

    What a thread has forgotten for the model is still here.

    Exit codes: 0 shown, 1 the database failed, 2 wrong usage or setting, or no such thread.
    """
    with open_stores(user, reading=True) as opened:
        transcript = opened.stores.transcript()
        user_id = opened.owner.user_id
        key = None if thread is None else key_of_thread(transcript, user_id, thread)
        entries: Iterable[TranscriptEntry] = transcript.all_of(user_id, key)
        if search is not None:
            entries = filter(_has_all_words(search), entries)
        if last is not None:
            from collections import deque

            entries = deque(entries, last)
        for entry in entries:
            if as_json:
                print_json(
                    {"thread": entry.thread, "said_at": entry.said_at, **asdict(entry.message)}
                )
            else:
                lines = _lines(entry, opened.owner, with_thread=thread is None)
                click.echo("\n".join(lines))
    return Exit.ANSWERED


def _has_all_words(text: str) -> "Callable[[TranscriptEntry], bool]":
    """Return the filter for messages that hold all words of a text."""
    from ...tasks import word_matcher

    matches = word_matcher(text)
    return lambda entry: matches(entry.message.text)


def _lines(entry: "TranscriptEntry", owner: "Owner", *, with_thread: bool) -> Iterator[str]:
    """Yield the lines that show a message: when, who, what; calls of tools below it."""
    from ...conversations import Role

    message, more = entry.message, entry.message.more or {}
    names = {Role.PERSON: "you", Role.MODEL: more.get("provider") or "model"}
    when = f"{entry.said_at.astimezone(owner.zone):%Y-%m-%d %H:%M}"
    thread = f"{entry.thread}  " if with_thread else ""
    head = f"{when}  {thread}{names.get(message.role, 'tool')}: "
    text, *following = shown(message.text).split("\n")
    if text or not more.get("calls"):
        yield head + text
        yield from (f"    {line}" for line in following)
    for call in more.get("calls", ()):
        yield f"{head}{call_line(ToolCall(call['name'], call['args']))}"
