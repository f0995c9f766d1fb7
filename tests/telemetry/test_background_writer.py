import asyncio
import logging
import threading

import pytest

from app.telemetry import BackgroundWriter

FOR_EVER = 3600.0


def test_work_is_done_in_the_order_given_on_one_thread() -> None:
    writer, done = BackgroundWriter("test-writer", pause=0), list[tuple[int, str]]()
    for number in range(20):
        writer.later(lambda n=number: done.append((n, threading.current_thread().name)))  # type: ignore[misc]
    writer.close()
    assert [number for number, _ in done] == list(range(20))
    assert len({thread for _, thread in done}) == 1


def test_who_waits_gets_the_result_of_its_work_behind_all_that_was_given_before() -> None:
    writer, done = BackgroundWriter("test-writer", pause=FOR_EVER), list[str]()
    writer.later(lambda: done.append("before"))

    async def ask() -> list[str]:
        return await writer.now(lambda: [*done, "mine"])

    assert asyncio.run(ask()) == ["before", "mine"]
    writer.close()


def test_what_who_waits_gets_may_be_an_exception() -> None:
    writer = BackgroundWriter("test-writer", pause=0)

    async def ask() -> None:
        await writer.now(lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(ask())
    writer.close()


def test_end_does_not_wait_for_the_pause_and_loses_nothing() -> None:
    writer, done = BackgroundWriter("test-writer", pause=FOR_EVER), list[str]()
    writer.later(lambda: done.append("written"))
    writer.close()
    assert done == ["written"]


def test_use_after_the_end_starts_a_new_thread_that_keeps_its_pause() -> None:
    writer, done = BackgroundWriter("test-writer", pause=FOR_EVER), list[str]()
    writer.later(lambda: done.append("first"))
    writer.close()
    writer.later(lambda: done.append("second"))
    assert done == ["first"]
    writer.close()
    assert done == ["first", "second"]


def test_work_that_breaks_is_told_to_the_log_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    writer, done = BackgroundWriter("test-writer", pause=0), list[str]()
    with caplog.at_level(logging.ERROR, "task_relay"):
        writer.later(lambda: done[0])
        writer.later(lambda: done.append("after"))
        writer.close()
    assert done == ["after"]
    assert "stopped on a bug" in caplog.text
    assert "IndexError" in caplog.text


def test_nothing_given_starts_no_thread() -> None:
    BackgroundWriter("test-never-used").close()
    assert not any(thread.name.startswith("test-never-used") for thread in threading.enumerate())
