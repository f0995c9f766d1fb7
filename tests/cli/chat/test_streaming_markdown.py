"""A long block is drawn by its end alone while it grows, and whole when it is finished."""

import io

from rich.console import Console

from app.cli.chat.live_region import lines_of
from app.cli.chat.streaming_markdown import StreamingMarkdown

ITEMS = [f"- item **{number}**" for number in range(1, 801)]


def answer(text: str, console: Console) -> StreamingMarkdown:
    """Return an answer of which so much has come, in pieces."""
    growing = StreamingMarkdown(console)
    for start in range(0, len(text), 997):
        growing.add(text[start : start + 997])
        growing.lines()
    return growing


def printed(growing: StreamingMarkdown, console: Console) -> list[str]:
    """Return the lines that are left to print."""
    return [line.text for block in growing.rest() for line in lines_of(console, block)]


def test_end_of_a_long_block_is_seen_while_it_grows() -> None:
    console = Console(file=io.StringIO(), width=40, height=20)
    seen = answer("\n".join(ITEMS), console).lines()
    assert seen[-1].text.strip() == "- item **800**"
    assert len(seen) < 400, "only the end of it"


def test_long_block_is_printed_whole_and_as_markdown() -> None:
    console = Console(file=io.StringIO(), width=40, height=20)
    lines = printed(answer("\n".join(ITEMS), console), console)
    assert [line.strip() for line in lines] == [f"• item {number}" for number in range(1, 801)]


def test_what_follows_a_long_block_is_drawn_as_markdown_again() -> None:
    console = Console(file=io.StringIO(), width=40, height=20)
    more = "\n\n".join(f"say **{number}**" for number in range(300))
    growing = answer("\n".join(ITEMS) + "\n\n" + more, console)
    assert growing.lines()[-1].text == "say 299"
    assert growing.take(19), "the long block can be printed for good"
    assert printed(growing, console)[-1] == "say 299"
