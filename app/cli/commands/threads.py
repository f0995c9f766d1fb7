"""The commands `threads` and `history`: what was said, and where."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from ...errors import InputError
from ...events import ToolCall
from ..output.notices import call_line, printable
from ..store_context import opened, user_option

if TYPE_CHECKING:
    from ...conversations import TranscriptEntry
    from ...tasks import Owner

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")


@click.command(epilog="Example: python -m app threads")
@_JSON
@user_option
def threads(as_json: bool, user: str | None) -> int:
    """List the threads of a user, the latest first, with the number of messages in each.

    Exit codes: 0 shown, also where there is none; 1 the database failed; 2 wrong usage or
    setting.
    """
    with opened(user) as here:
        found = here.stores.transcript().threads(here.owner.user_id)
        for thread in found:
            if as_json:
                _print_json(asdict(thread))
                continue
            last = thread.last_at.astimezone(here.owner.zone)
            count = f"{thread.messages} message{'s' * (thread.messages != 1)}"
            click.echo(printable(f"{last:%Y-%m-%d %H:%M}  {thread.name}  ({count})"))
        if not found and not as_json:
            click.echo(f"{here.owner.user_id} has no threads yet; python -m app chat begins one.")
    return 0


@click.command(epilog='Example: python -m app history main --search "dentist"')
@click.argument("thread", required=False)
@click.option("--search", help="Only messages with these words, or words beginning so.")
@click.option("--last", type=click.IntRange(1), help="Only so many messages, the latest.")
@_JSON
@user_option
def history(
    thread: str | None, search: str | None, last: int | None, as_json: bool, user: str | None
) -> int:
    """Show what was said in a thread, or in all threads of a user.

    What a thread has forgotten for the model is still here.

    Exit codes: 0 shown, 1 the database failed, 2 wrong usage or setting, or no such thread.
    """
    with opened(user) as here:
        transcript = here.stores.transcript()
        key = None
        if thread is not None:
            key = transcript.key_of(here.owner.user_id, thread)
            if key is None:
                names = ", ".join(one.name for one in transcript.threads(here.owner.user_id))
                raise InputError(f'There is no thread "{thread}"; there is {names or "none"}.')
        entries: Iterable[TranscriptEntry] = transcript.all_of(here.owner.user_id, key)
        if search is not None:
            entries = filter(_holding(search), entries)
        if last is not None:
            from collections import deque

            entries = deque(entries, last)
        for entry in entries:
            if as_json:
                _print_json(
                    {"thread": entry.thread, "said_at": entry.said_at, **asdict(entry.message)}
                )
            else:
                click.echo("\n".join(_lines(entry, here.owner, several=thread is None)))
    return 0


def _holding(text: str) -> "Callable[[TranscriptEntry], bool]":
    """Return the filter for messages that hold all words of a text."""
    from ...tasks import word_matcher

    matches = word_matcher(text)
    return lambda entry: matches(entry.message.text)


def _lines(entry: "TranscriptEntry", owner: "Owner", *, several: bool) -> Iterator[str]:
    """Yield the lines that show a message: when, who, what; calls of tools below it."""
    from ...conversations import Role

    message, more = entry.message, entry.message.more or {}
    who = {Role.PERSON: "you", Role.MODEL: more.get("provider") or "model"}
    when = f"{entry.said_at.astimezone(owner.zone):%Y-%m-%d %H:%M}"
    head = f"{when}  {entry.thread + '  ' if several else ''}{who.get(message.role, 'tool')}: "
    text, *following = printable(message.text).split("\n")
    if text or not more.get("calls"):
        yield head + text
        yield from (f"    {line}" for line in following)
    for call in more.get("calls", ()):
        yield f"{head}{call_line(ToolCall(call['name'], call['args']))}"


def _print_json(told: dict[str, Any]) -> None:
    click.echo(json.dumps(told, default=str))
