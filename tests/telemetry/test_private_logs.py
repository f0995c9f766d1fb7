"""Grep the logs of many turns for keys, ids and the words of messages, and find none."""

import json
import sqlite3
import traceback
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from app.database import writing
from app.errors import DatabaseError
from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, Failure, Step, Stream, calls, says

TOLD = "Please add the zebra of my aunt"
PROJECT, ORGANISATION = "projects/1234567890", "org_01hzyxabcdefgh"
ECHO = f"Bad content '{TOLD}' for api_key:{GeminiServer.key} of {PROJECT}"
GENERATION = '<function=add_task>{"title": "zebra", "due": null}</function>'

SCENARIOS: dict[str, tuple[list[Step], list[Step]]] = {
    "answered": ([says("The zebra is noted.")], []),
    "failed over": ([gemini_api.quota()], [says("The zebra is noted.")]),
    "all failed": ([gemini_api.OVERLOADED], [groq_api.rate_limit(99)]),
    "keys rejected": (
        [gemini_api.error(403, ECHO, "PERMISSION_DENIED")],
        [groq_api.error(401, f"Bad key {GroqServer.key} of {ORGANISATION}", "invalid_api_key")],
    ),
    "message echoed": ([gemini_api.error(400, ECHO, "INVALID_ARGUMENT")], []),
    "tool called": ([calls("add_task", title="zebra"), says("The zebra is noted.")], []),
    "tool refused": ([calls("add_task", title="zebra", due="zebra day"), says("When?")], []),
    "stream broken": (
        [Stream(b'data: {"candidates": [{"content": {"parts": [{"text": "zebra"', cut=True)],
        [says("The zebra is noted.")],
    ),
    "call read back": (
        [gemini_api.OVERLOADED],
        [
            groq_api.error(400, "Failed.", "tool_use_failed", failed_generation=GENERATION),
            says("The zebra is noted."),
        ],
    ),
    "no JSON": ([Failure(500, f"<html>{ECHO}</html>")], [says("The zebra is noted.")]),
    "declined": (
        [Answer(calls=tuple(("add_task", {"title": f"zebra {n}"}) for n in range(4))), says("Ok.")],
        [],
    ),
    "database broken": ([calls("add_task", title="zebra"), says("Done.")], []),
}


def test_error_of_the_database_shows_no_value_of_a_statement(engine: Engine) -> None:
    with pytest.raises(DatabaseError) as error, writing(engine, "test") as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:title)"), {"title": "zebra"})
    told = "".join(traceback.format_exception(error.value))
    assert "INSERT INTO nowhere" in told
    assert "zebra" not in told.split("[SQL")[1]


FORMS = list(zip(SCENARIOS, cycle(["human", "json"]), strict=False))


@pytest.mark.parametrize(("scenario", "form"), FORMS)
def test_no_key_id_or_word_of_a_message_is_in_the_log(
    make_relay: Callable[..., Relay],
    gemini: GeminiServer,
    groq: GroqServer,
    data_dir: Path,
    scenario: str,
    form: str,
) -> None:
    settings: dict[str, Any] = provider_settings(gemini, groq) | {"log_level": "DEBUG"}
    relay = make_relay(**settings, log_format=form)
    first, second = SCENARIOS[scenario]
    gemini.plays(*first)
    groq.plays(*(second or [says("Fine.")]))
    if scenario == "database broken":
        relay.agent.container.tasks()
        with sqlite3.connect(data_dir / "tasks.db") as connection:
            connection.execute("DROP TABLE task_relay_tasks")
        connection.close()
    with suppress(DatabaseError):
        relay.say(TOLD)
    relay.end()
    log = relay.log.read_text()
    assert "Processing message for user ann with primary LLM" in log
    for private in (gemini.key, groq.key, "1234567890", ORGANISATION, "zebra", "aunt"):
        assert private not in log


@pytest.mark.parametrize("form", ["human", "json"])
def test_every_line_of_a_turn_names_user_thread_and_turn(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, form: str
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    relay = make_relay(**provider_settings(gemini, groq), log_format=form)
    relay.say("Hello", user="Ann B: x", thread="home")
    relay.say("Hello", user="Ann B: x", thread="home")
    relay.end()
    lines = relay.log.read_text().splitlines()[1:]
    if form == "human":
        found = [line.split(" task_relay.llm ")[1].split("]: ")[0] for line in lines]
        assert all(one.startswith('[user="Ann B: x" thread=home turn=') for one in found)
        assert lines[0].endswith("]: Processing message for user Ann B: x with primary LLM")
    else:
        told = [json.loads(line) for line in lines]
        assert {(one["user"], one["thread"]) for one in told} == {("Ann B: x", "home")}
        assert {"time", "level", "logger", "message", "turn"} <= set(told[0])
        assert told[0]["message"] == "Processing message for user Ann B: x with primary LLM"
        found = [one["turn"] for one in told]
    assert len(set(found)) == 2
    assert found == sorted(found, key=found.index)


def test_traceback_is_a_field_of_a_json_line(make_relay: Callable[..., Relay]) -> None:
    class Unspeakable:
        def __str__(self) -> str:
            raise RuntimeError("a bug")

    relay = make_relay(log_format="json")
    relay.say(Unspeakable())  # type: ignore[arg-type]
    relay.end()
    last = json.loads(relay.log.read_text().splitlines()[-1])
    assert "RuntimeError: a bug" in last["exception"]
    assert (last["level"], last["user"], last["thread"]) == ("ERROR", "ann", "main")


def test_turn_in_the_log_is_the_turn_in_the_ledger(relay: Relay) -> None:
    from datetime import UTC, datetime

    relay.say("Hello")
    relay.agent.container.recorder.close()
    (row,) = relay.agent.container.ledger().since(datetime(2000, 1, 1, tzinfo=UTC))
    relay.end()
    assert f"[user=ann thread=main turn={row.ids.turn}]" in relay.log.read_text()
