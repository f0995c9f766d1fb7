"""Draw lines that change, and notice where the window has become too small for them."""

from rich.text import Text

from app.cli.chat.live_region import LiveRegion, lines_of
from app.cli.chat.streaming_markdown import StreamingMarkdown
from app.events import Token
from app.reply import Reply
from tests.cli.chat.drawing import DrawnChat


def test_window_that_is_too_narrow_or_too_low_for_the_lines_is_noticed() -> None:
    chat = DrawnChat(20, 5)
    region = LiveRegion(chat.console)
    region.draw(lines_of(chat.console, Text("exactly 20 columns..\nb\nc")))
    assert not region.disturbed
    chat.shrink(19, 5)
    assert region.disturbed
    chat.shrink(20, 3)
    assert region.disturbed
    region.start_over()
    assert not region.disturbed


def test_finished_blocks_are_rendered_anew_for_another_width() -> None:
    chat = DrawnChat(20)
    answer = StreamingMarkdown(chat.console)
    answer.add("one two three four\n\nfive")
    assert [line.text for line in answer.lines()] == ["one two three four", "", "five"]
    chat.shrink(10, 24)
    assert [line.text for line in answer.lines()] == ["one two", "three four", "", "five"]


def test_text_cannot_steer_the_terminal_while_it_comes() -> None:
    chat = DrawnChat()
    seen: list[str] = []
    reply = Reply(True, "ab", "ann", "main", "gemini")
    chat.play("Hi", [Token("a\x1b[2Jb", "1"), lambda: seen.append(chat.screen), reply])
    assert seen[0].startswith("> Hi\na\\x1b[2Jb\n")
