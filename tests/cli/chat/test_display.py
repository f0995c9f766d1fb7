"""Draw turns on a screen: answers that grow, break off, are longer than the screen, are stopped."""

import asyncio

import pytest

from app.cli.chat.plain_display import PlainDisplay
from app.events import Asking, Event, Failover, Token, ToolCall, Waiting
from app.reply import Reply
from tests.cli.chat.drawing import DrawnChat, played

LONG = "\n\n".join(f"Paragraph {n} of a long answer." for n in range(1, 31))
ASKING = Asking("gemini", "gemini-3.5-flash-lite")
OVER = Failover("gemini", "groq", "timeout", "1")
NOTICE = "Gemini: no answer in time; answered by Groq"


def reply(text: str, provider: str = "gemini", **more: object) -> Reply:
    return Reply(True, text, "ann", "main", provider, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("columns", [80, 40])
def test_answer_grows_as_markdown_and_stays_when_it_is_whole(columns: int) -> None:
    chat = DrawnChat(columns)
    first = "## Plan\n\n1. Buy **oat milk**\n2. 牛乳を買う\n\nשלם 🚀 `fix <b>`\nand "
    plan = "> What now?\nPlan\n\n 1 Buy oat milk\n 2 牛乳を買う\n\nשלם 🚀 fix <b>\nand"

    def half() -> None:
        assert chat.screen.startswith(plan)
        assert "gemini-3.5-flash-lite answers" in chat.screen
        assert chat.styles_of("oat milk") == {"default", "bold"}

    chat.play(
        "What now?",
        [ASKING, Token(first, "1"), half, Token("| a | b |\n", "1"), reply(f"{first}| a | b |\n")],
    )
    assert chat.paper == f"{plan} | a | b |"


def test_answer_longer_than_the_screen_is_in_the_scrollback_once() -> None:
    chat = DrawnChat()
    shown = []
    chat.play(
        "Tell me more",
        [
            *(ASKING, Token(f"{LONG}\n\nand ", "1"), lambda: shown.append(chat.screen)),
            *(Token("the end", "1"), reply(f"{LONG}\n\nand the end")),
        ],
    )
    assert "Paragraph 30 " in shown[0]
    assert "gemini-3.5-flash-lite answers" in shown[0]
    assert chat.paper == f"> Tell me more\n{LONG}\n\nand the end"


def test_text_of_a_model_that_breaks_off_is_replaced_however_long_it_was() -> None:
    chat = DrawnChat(40)
    answer = "Hello! How can I help?"
    chat.play(
        "Tell me more",
        [
            *(ASKING, Token(LONG, "1"), lambda: None, OVER, lambda: None),
            *(Token(answer, "2"), reply(answer, "groq", notice=NOTICE)),
        ],
    )
    assert chat.screen == (
        "> Tell me more\n"
        "(gemini broke off; the beginning of an\nanswer further up doesn't count.)\n"
        f"(Gemini: no answer in time; answered by\nGroq.)\n{answer}"
    )
    chat.play("Again", [ASKING, Token("Half a tho", "3"), lambda: None, OVER, reply(answer)])
    assert "Half a tho" not in chat.paper
    assert chat.screen.endswith(f"> Again\n{answer}")


def test_answer_that_a_model_begins_anew_replaces_the_first() -> None:
    chat = DrawnChat()
    chat.play(
        "Hello", [ASKING, Token(LONG, "1"), lambda: None, Token("Short.", "2"), reply("Short.")]
    )
    assert chat.screen == (
        "> Hello\n(the model began anew; the beginning of an answer further up doesn't count.)\n"
        "Short."
    )


def test_window_that_shrinks_in_the_middle_of_an_answer_shows_it_once() -> None:
    chat = DrawnChat()
    words = " ".join(f"word{n:02}" for n in range(30))
    shown = []
    chat.play(
        "Talk",
        [
            *(ASKING, Token(f"{words} ", "1"), lambda: None, lambda: chat.shrink(40, 12)),
            *(lambda: shown.append(chat.screen), Token("the end", "1"), reply(f"{words} the end")),
        ],
    )
    assert shown[0].count("word28") == 1
    assert "word25 word26 word27 word28 word29\n" in shown[0]
    assert chat.screen.startswith("> Talk\nword00 word01")
    assert chat.screen.endswith("word29 the\nend")
    assert chat.screen.split().count("word00") == 1


def test_progress_says_who_is_asked_and_for_how_long() -> None:
    chat = DrawnChat(40)
    status: list[str] = []

    def look() -> None:
        status.append(chat.screen.split("\n")[-1][2:])

    def later() -> None:
        chat.clock.seconds += 1.2

    chat.play(
        "Hello",
        [
            *(look, ASKING, look, later, look, Waiting("groq", 5), look),
            *(Failover("gemini", "groq", "timeout", None), look, ToolCall("list_tasks", {}), look),
            reply("None."),
        ],
        doing="loading the models",
    )
    assert status == [
        *("loading the models", "asking gemini-3.5-flash-lite", "asking gemini-3.5-flash-lite 1 s"),
        *("waiting 5 s for groq", "gemini failed, asking groq", "running list_tasks"),
    ]
    assert chat.screen == "> Hello\nlist_tasks()\nNone."


def test_turn_that_is_stopped_keeps_what_came_and_nothing_else() -> None:
    chat = DrawnChat()

    def stop() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        chat.play("Once more", [ASKING, Token("Half an answer ", "1"), lambda: None, stop])
    assert chat.screen == "> Once more\nHalf an answer"


def test_tool_call_stands_between_the_text_before_and_after_it() -> None:
    chat = DrawnChat(40)
    call = ToolCall("add_task", {"title": "buy milk\x1b[2J and more than fits", "due": None})
    chat.play(
        "I need milk",
        [Token("I add it.", "1"), call, Token("Added.", "2"), reply("Added.")],
    )
    assert chat.screen == (
        "> I need milk\nI add it.\nadd_task(title='buy milk\\x1b[2J and mor…\nAdded."
    )


def test_reply_that_is_no_model_s_takes_the_place_of_text_and_is_shown_as_it_is() -> None:
    chat = DrawnChat()
    said = Reply(False, "**No** model could answer.", "ann", "main", no_model=True)
    chat.play("Hello", [ASKING, Token("Half", "1"), lambda: None, said])
    assert chat.screen == "> Hello\n**No** model could answer."
    assert chat.styles_of("No") == {"brown", "thin"}
    asked = reply("Shall I?\n- Delete *all*", confirmation={"action_requests": []})
    chat.play("Delete", [asked])
    assert chat.screen.endswith("> Delete\nShall I?\n- Delete *all*")


def test_answer_without_a_stream_is_shown_whole_and_cannot_steer_the_terminal() -> None:
    chat = DrawnChat()
    chat.play("Hello", [reply("All\x1b[2J **at** once\x07")])
    assert chat.screen == "> Hello\nAll\\x1b[2J at once\\x07"


def test_plain_display_says_each_thing_on_a_line_of_its_own() -> None:
    said: list[str] = []

    steps: list[Event] = [
        *(ASKING, Token("Half", "1"), OVER, Waiting("groq", 4.6)),
        *(ToolCall("list_tasks", {}), reply("**All**\x07.", "groq", notice=NOTICE)),
    ]
    assert asyncio.run(PlainDisplay(said.append).follow(played(steps))).reply == "**All**\x07."
    assert said == [
        *("(gemini failed, asking groq.)", "(Waiting 5 s for groq.)", "list_tasks()"),
        *(f"({NOTICE}.)", "**All**\\x07."),
    ]
