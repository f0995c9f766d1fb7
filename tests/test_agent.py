import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import app
from app import DatabaseError, Reply, SettingsError
from tests.conftest import Relay, provider_environment, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, Failure, Silence, Step, Stream, calls, says

ADD = "Add a task to test the failover system"
ADDS_IT = calls("add_task", title="Test the failover system")


def titles(relay: Relay, user: str = "ann") -> list[str]:
    """Ask the store itself, past every model."""
    from zoneinfo import ZoneInfo

    from app.tasks import Owner

    owner = Owner(user, ZoneInfo("UTC"))
    return [task.title for task in relay.agent.container.tasks().find(owner).tasks]


def outcomes(reply: Reply) -> list[tuple[str, str, str | None]]:
    return [(a["provider"], a["outcome"], a["kind"]) for a in reply.attempts]


def test_gemini_answers_when_both_are_up(relay: Relay, groq: GroqServer) -> None:
    reply = relay.say("Hello, how are you?")
    assert (reply.ok, reply.provider, reply.reply) == (True, "gemini", "Hello! How can I help?")
    assert reply.model == "gemini-3.5-flash-lite"
    assert groq.calls == 0


def test_groq_answers_in_the_same_turn_when_gemini_has_no_quota(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.quota())
    groq.plays(ADDS_IT, says("Added #1."))
    reply = relay.say(ADD)
    assert (reply.ok, reply.provider, reply.reply) == (True, "groq", "Added #1.")
    assert titles(relay) == ["Test the failover system"]
    assert outcomes(reply) == [
        ("gemini", "failed", "rate_limit"),
        ("groq", "answered", None),
        ("gemini", "skipped", "rate_limit"),
        ("groq", "answered", None),
    ]
    assert gemini.calls == 1
    (call,) = reply.tool_calls
    assert call["name"] == "add_task"
    assert call["result"] == "Added #1 Test the failover system"


def test_primary_llm_groq_reverses_the_order(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    relay = make_relay(primary_llm="groq", **provider_settings(gemini, groq))
    assert relay.say("Hello").provider == "groq"
    assert gemini.calls == 0
    groq.plays(groq_api.OVERLOADED)
    reply = relay.say("Hello")
    assert outcomes(reply) == [("groq", "failed", "unavailable"), ("gemini", "answered", None)]


def test_second_call_failing_leaves_exactly_one_task(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(ADDS_IT, gemini_api.OVERLOADED)
    groq.plays(says("Added #1."))
    reply = relay.say(ADD)
    assert (reply.ok, reply.provider) == (True, "groq")
    assert titles(relay) == ["Test the failover system"]
    assert groq.calls == 1


GOES_OVER: dict[str, Step] = {
    "unavailable": gemini_api.OVERLOADED,
    "rate_limit": gemini_api.error(429, "Too many.", "RESOURCE_EXHAUSTED"),
    "quota_daily": gemini_api.quota(per="Day"),
    "server_error": gemini_api.error(500, "Internal error encountered.", "INTERNAL"),
    "timeout": gemini_api.error(504, "Deadline expired.", "DEADLINE_EXCEEDED"),
    "model_not_found": gemini_api.error(404, "models/x is not found.", "NOT_FOUND"),
    "permission": gemini_api.error(403, "Permission denied.", "PERMISSION_DENIED"),
    "malformed_response": Stream(b'data: {"candidates": [{"finishReason": "OTHER"}]}\r\n\r\n'),
}


@pytest.mark.parametrize("kind", GOES_OVER)
def test_failure_that_another_model_may_cure_goes_over(
    relay: Relay, gemini: GeminiServer, kind: str
) -> None:
    gemini.plays(GOES_OVER[kind])
    reply = relay.say("Hello")
    assert outcomes(reply) == [("gemini", "failed", kind), ("groq", "answered", None)]
    assert gemini.calls == 1


def test_unreachable_primary_goes_over(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    settings = provider_settings(gemini, groq) | {"gemini_base_url": "http://127.0.0.1:9"}
    reply = make_relay(**settings).say("Hello")
    assert outcomes(reply) == [("gemini", "failed", "connection"), ("groq", "answered", None)]


def test_silent_primary_costs_no_more_than_its_time_limit(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Silence())
    relay = make_relay(model_timeout=0.3, **provider_settings(gemini, groq))
    reply = relay.say("Hello")
    assert outcomes(reply) == [("gemini", "failed", "timeout"), ("groq", "answered", None)]
    assert 300 <= reply.attempts[0]["duration_ms"] < 5_000


def test_smaller_of_the_two_time_limits_wins(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Silence())
    groq.plays(Silence())
    relay = make_relay(model_timeout=15, turn_timeout=0.3, **provider_settings(gemini, groq))
    reply = relay.say("Hello")
    assert not reply.ok
    assert [kind for _, _, kind in outcomes(reply)] == ["timeout", "timeout"]
    assert sum(attempt["duration_ms"] for attempt in reply.attempts) < 5_000


def test_answer_is_whole_and_from_one_model_when_a_stream_breaks(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    half = b'data: {"candidates": [{"content": {"parts": [{"text": "half "}], "role": "model"}}]}'
    gemini.plays(Stream(half + b"\r\n\r\n", cut=True))
    groq.plays(says("A whole answer."))
    assert relay.say("Hello").reply == "A whole answer."


MALFORMED = gemini_api.error(
    400, "Invalid JSON payload received. Unexpected end of string.", "INVALID_ARGUMENT"
)


def test_malformed_request_does_not_go_over(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(MALFORMED)
    reply = relay.say("Hello")
    assert not reply.ok
    assert not reply.no_model
    assert reply.provider is None
    assert "refused the request as invalid" in reply.reply
    assert groq.calls == 0


def test_failed_to_generate_is_no_rate_limit(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    groq.plays(groq_api.error(400, "Failed to generate: the limit of rates is a corporate matter"))
    relay = make_relay(primary_llm="groq", **provider_settings(gemini, groq))
    assert outcomes(relay.say("Hello")) == [
        ("groq", "failed", "invalid_request"),
        ("gemini", "answered", None),
    ]


def test_all_models_failing_is_told_in_a_sentence(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.quota(seconds=126))
    groq.plays(groq_api.rate_limit(seconds=95))
    relay = make_relay(offline_fallback=False, **provider_settings(gemini, groq))
    reply = relay.say("Hello")
    assert (reply.ok, reply.no_model, reply.provider, reply.model) == (False, True, None, None)
    assert reply.reply.startswith(
        "No language model could answer (Gemini (gemini-3.5-flash-lite): rate limit reached; "
        "Groq (openai/gpt-oss-20b): rate limit reached); try again at "
    )
    assert "{" not in reply.reply
    assert "org_" not in reply.reply


def test_lost_message_stays_in_the_thread_and_the_failure_is_not_replayed(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    relay = make_relay(offline_fallback=False, **provider_settings(gemini, groq))
    relay.say("My dog is called Rex")
    gemini.plays(says("Rex."))
    relay.say("What is my dog called?")
    sent = gemini.requests[-1]["body"]["contents"]
    assert [(c["role"], c["parts"][0]["text"]) for c in sent] == [
        ("user", "My dog is called Rex"),
        ("user", "What is my dog called?"),
    ]


def test_offline_command_works_while_every_model_is_down(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    reply = relay.say("add buy milk due tomorrow")
    assert (reply.ok, reply.provider, reply.model) == (True, "offline", None)
    outage, _, result = reply.reply.partition("\n\n")
    assert outage.startswith("No language model could answer (Gemini")
    assert result.startswith("Added #1 buy milk | due ")
    assert titles(relay) == ["buy milk"]


def test_offline_responder_is_no_answer_to_a_question(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    reply = relay.say("What should I do first?")
    assert (reply.ok, reply.no_model, reply.provider) == (False, True, "offline")
    assert reply.reply.startswith("No language model could answer")
    assert {attempt["provider"] for attempt in reply.attempts} == {"gemini", "groq"}


def test_offline_responder_reports_the_result_of_a_models_call_and_calls_nothing(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(ADDS_IT, gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    reply = relay.say(ADD)
    assert reply.reply.endswith("\n\nAdded #1 Test the failover system")
    assert (reply.ok, reply.no_model) == (False, True)
    assert titles(relay) == ["Test the failover system"]
    assert len(reply.tool_calls) == 1


def test_words_about_an_outage_are_not_replayed_to_models(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    relay.say("add buy milk")
    groq.plays(says("Milk."))
    relay.say("What did I add?")
    assert "could answer" not in str(groq.requests[-1]["body"]["messages"])
    assert "Added #1 buy milk" in str(groq.requests[-1]["body"]["messages"])


def test_without_keys_plain_commands_work(make_relay: Callable[..., Relay]) -> None:
    relay = make_relay()
    assert relay.say("add buy milk").ok
    reply = relay.say("list")
    assert reply.reply == "Tasks, as stored:\n#1 buy milk\nEnd of tasks. 1 in all."
    assert reply.attempts == ()
    assert relay.say("How are you?").no_model


def test_without_keys_and_offline_responder_the_reply_names_the_keys(
    make_relay: Callable[..., Relay],
) -> None:
    reply = make_relay(offline_fallback=False).say("list")
    assert (reply.ok, reply.no_model) == (False, True)
    assert reply.reply == (
        "No language model is set up: set GEMINI_API_KEY or GROQ_API_KEY and start again."
    )


def test_provider_without_a_key_is_left_out(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    settings = provider_settings(gemini, groq) | {"gemini_api_key": None}
    reply = make_relay(**settings).say("Hello")
    assert outcomes(reply) == [("groq", "answered", None)]


def test_log_tells_a_failover_in_the_words_that_operators_grep(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.quota(seconds=126))
    relay.say("Hello", user=1)
    groq.plays(groq_api.rate_limit(seconds=95))
    relay.say("Hello", user=1)
    lines = relay.log_lines()
    assert lines[0] == (
        "Chain: gemini (gemini-3.5-flash-lite) -> groq (openai/gpt-oss-20b) -> offline; "
        "keys present: GEMINI_API_KEY, GROQ_API_KEY; keys missing: none"
    )
    assert lines[1:6] == [
        "Processing message for user 1 with primary LLM",
        "Primary LLM failed (RateLimitError), switching to fallback LLM",
        "Primary error: 429 You exceeded your current quota, please check your plan and "
        "billing details.",
        "Retrying with fallback LLM for user 1",
        "Fallback LLM succeeded (groq openai/gpt-oss-20b)",
    ]
    assert "Primary LLM skipped (RateLimitError), switching to fallback LLM" in lines[6:]
    assert lines[-1] == "Both LLMs failed for user 1 (gemini: rate_limit, groq: rate_limit)"


def test_keys_and_echoed_ids_reach_neither_log_nor_reply(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    echo = f"Consumer 'api_key:{gemini.key}' of projects/1234567890 is suspended."
    gemini.plays(gemini_api.error(403, echo, "PERMISSION_DENIED"))
    groq.plays(Failure(401, {"error": {"message": f"Bad key {groq.key} of org_01abcdefabcdef"}}))
    reply = relay.say("Hello")
    log = "\n".join(relay.log_lines())
    assert "access refused" in reply.reply
    assert "suspended" in log
    for secret in (gemini.key, groq.key, "1234567890", "org_01abcdefabcdef"):
        assert secret not in log
        assert secret not in str(reply)


def test_threads_of_two_users_with_one_name_are_two_threads(
    relay: Relay, gemini: GeminiServer
) -> None:
    relay.say("I am Alice and my secret is 42", user="alice", thread="t")
    relay.say("What is the secret?", user="bob", thread="t")
    assert "42" not in str(gemini.requests[-1]["body"])
    relay.say("And mine?", user="alice", thread="t")
    assert "42" in str(gemini.requests[-1]["body"])


def test_user_as_number_and_as_text_is_one_user(relay: Relay) -> None:
    gemini_reply = relay.say("Hello", user=7)
    assert gemini_reply.user_id == "7"
    assert gemini_reply.thread_id == "main"


@pytest.mark.parametrize("user", ["", "  ", "a\nb", "x" * 201, None, True, 1.5])
def test_user_id_that_cannot_be_used_is_a_reply_not_an_exception(
    relay: Relay, gemini: GeminiServer, user: object
) -> None:
    reply = relay.say("Hello", user=user)
    assert not reply.ok
    assert "user id" in reply.reply
    assert gemini.calls == 0


@pytest.mark.parametrize("message", ["", "   ", "\n\n"])
def test_empty_message_reaches_no_model(relay: Relay, gemini: GeminiServer, message: str) -> None:
    reply = relay.say(message)
    assert (reply.ok, reply.reply) == (False, "The message is empty. Say what to do.")
    assert gemini.calls == 0


def test_message_with_odd_characters_is_answered_and_remembered(
    relay: Relay, gemini: GeminiServer
) -> None:
    assert relay.say("lone \ud800 surrogate, NUL \0, emoji 🥛, עברית").ok
    assert relay.say("again").ok
    assert "emoji 🥛, עברית" in str(gemini.requests[-1]["body"])


def test_two_event_loops_in_a_row_work(
    monkeypatch: pytest.MonkeyPatch, gemini: GeminiServer, groq: GroqServer
) -> None:
    for name, value in provider_environment(gemini, groq).items():
        monkeypatch.setenv(name, value)
    app.agent.default_agent.cache_clear()
    try:
        gemini.plays(gemini_api.OVERLOADED)
        replies = [asyncio.run(app.process_message(1, "Hello")) for _ in range(2)]
        assert [reply.provider for reply in replies] == ["groq", "groq"]
    finally:
        app.agent.default_agent().close()
        app.agent.default_agent.cache_clear()


def test_many_users_at_once_each_get_their_own_answer(relay: Relay, gemini: GeminiServer) -> None:
    async def all_at_once() -> list[Reply]:
        say = relay.agent.process_message
        return await asyncio.gather(*(say(f"u{n}", f"add task {n}") for n in range(20)))

    gemini.plays(Failure(429, ""))
    replies = relay.runner.run(all_at_once())
    assert [reply.user_id for reply in replies] == [f"u{n}" for n in range(20)]
    assert all(reply.ok and reply.provider == "groq" for reply in replies)


def test_messages_to_one_thread_at_once_are_answered_one_after_the_other(
    relay: Relay, gemini: GeminiServer
) -> None:
    async def all_at_once() -> list[Reply]:
        say = relay.agent.process_message
        return await asyncio.gather(*(say("ann", f"message {n}") for n in range(5)))

    assert all(reply.ok for reply in relay.runner.run(all_at_once()))
    relay.say("last")
    said = [c["parts"][0]["text"] for c in gemini.requests[-1]["body"]["contents"]]
    asked = [text for text in said if text.startswith("message")]
    assert sorted(asked) == [f"message {n}" for n in range(5)]
    roles = [c["role"] for c in gemini.requests[-1]["body"]["contents"]]
    assert roles == ["user", "model"] * 5 + ["user"]


def test_model_that_calls_tools_without_end_is_stopped(relay: Relay, gemini: GeminiServer) -> None:
    gemini.plays(calls("list_tasks"))
    reply = relay.say("Loop")
    assert not reply.ok
    assert reply.reply.startswith("I stopped after 25 tool calls in one turn")
    assert len(reply.tool_calls) == 26


def test_flood_of_calls_in_one_message_is_cut(relay: Relay, gemini: GeminiServer) -> None:
    flood = Answer(calls=tuple(("add_task", {"title": f"task {n}"}) for n in range(40)))
    gemini.plays(flood, says("Done."))
    reply = relay.say("Flood")
    assert not reply.ok
    assert reply.tool_calls[-1]["result"].startswith("Not run")
    assert len([c for c in reply.tool_calls if c["result"].startswith("Added")]) == 25


def test_calls_of_one_message_run_in_their_order(relay: Relay, gemini: GeminiServer) -> None:
    three = Answer(calls=tuple(("add_task", {"title": name}) for name in ("a", "b", "c")))
    gemini.plays(three, says("Done."))
    assert [c["result"] for c in relay.say("Add a, b and c").tool_calls] == [
        "Added #1 a",
        "Added #2 b",
        "Added #3 c",
    ]


def test_refusal_of_a_tool_goes_to_the_model(relay: Relay, gemini: GeminiServer) -> None:
    gemini.plays(calls("add_task", title="x", due="the day of the dentist"), says("When is that?"))
    assert relay.say("Add x").reply == "When is that?"
    assert 'due "the day of the dentist" not understood.' in str(gemini.requests[-1]["body"])
    assert titles(relay) == []


def test_bug_is_told_without_a_stack_trace_and_logged_with_one(relay: Relay) -> None:
    class Unspeakable:
        def __str__(self) -> str:
            raise RuntimeError("a bug")

    reply = relay.say(Unspeakable())  # type: ignore[arg-type]
    assert not reply.ok
    assert reply.reply.startswith("Something broke inside")
    assert "Traceback" not in reply.reply
    relay.restart()
    assert "RuntimeError: a bug" in relay.log.read_text()


def test_broken_database_raises_with_a_sentence(
    relay: Relay, data_dir: Path, gemini: GeminiServer
) -> None:
    (data_dir / "tasks.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(DatabaseError, match=r"tasks\.db failed: file is not a database"):
        relay.say("Hello")
    assert gemini.calls == 0


def test_broken_conversations_raise_with_a_sentence(relay: Relay, data_dir: Path) -> None:
    (data_dir / "conversations.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(DatabaseError, match=r"conversations\.db"):
        relay.say("Hello")


def test_wrong_setting_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIMARY_LLM", "gemni")
    with pytest.raises(SettingsError, match="PRIMARY_LLM"):
        app.build_graph()
    app.agent.default_agent.cache_clear()
    with pytest.raises(SettingsError, match="PRIMARY_LLM"):
        asyncio.run(app.process_message(1, "Hello"))


def test_messages_to_one_thread_by_two_programs_are_answered_one_after_the_other(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    one, two = (make_relay(**provider_settings(gemini, groq), clock=clock) for _ in range(2))
    asked: list[str] = []

    def answer(body: dict[str, Any]) -> Answer:
        asked.append(body["contents"][-1]["parts"][0]["text"])
        return says(f"This is answer {len(asked)}.")

    gemini.decide, gemini.delay = answer, 0.2

    async def both() -> list[Reply]:
        first = asyncio.create_task(one.agent.process_message("ann", "first"))
        await asyncio.to_thread(gemini.wait_for_request)
        return [await two.agent.process_message("ann", "second"), await first]

    replies = one.runner.run(both())
    assert [reply.reply for reply in replies] == ["This is answer 2.", "This is answer 1."]
    assert asked == ["first", "second"]
    told = [part["text"] for c in gemini.requests[-1]["body"]["contents"] for part in c["parts"]]
    assert told == ["first", "This is answer 1.", "second"]
