"""A program that uses the relay, forks, and uses it again on both sides.

usage: python -m tests.fakes.forked WAY BEFORE AFTER      prints one line for each answer
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from functools import cache
from typing import Any

from app import build_graph, process_message
from app.agent import default_agent
from app.runtime import close_container, shared_container
from app.settings import Settings

LONGEST = 50
"""Seconds after which a process that hangs is ended."""
CHILDREN = 3


@cache
def graph() -> Any:
    return build_graph()


def answer(mode: str, user: str = "ann") -> str:
    """Ask something in one of the two ways, and return who answered."""
    if mode == "async":
        return str(asyncio.run(process_message(user, "hello")).provider)
    state = graph().invoke({"messages": [("user", "hello")]}, context={"user_id": user})
    return str(state["messages"][-1].response_metadata["provider"])


def end() -> None:
    """Write what is not written yet."""
    default_agent().close()
    close_container(shared_container(Settings.load()))


def say(who: str, text: str) -> None:
    os.write(1, f"{who}: {text}\n".encode())


def serve(modes: tuple[str, ...], user: str) -> None:
    """Answer in a child, as a worker of a prefork server does, and end."""
    signal.alarm(LONGEST)
    code = 1
    try:
        for mode in modes:
            say("child", answer(mode, user))
        end()
        code = 0
    finally:
        os._exit(code)


def forked(before: str, after: str) -> None:
    """Use it, fork several times at once, and use it on both sides."""
    say("parent", answer(before))
    children = []
    for number in range(CHILDREN):
        child = os.fork()
        if child == 0:
            serve((after, before), f"user{number % 2}")
        children.append(child)
    say("parent", answer(after))
    say("parent", answer(before))
    for child in children:
        say("ended", str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))


def pooled(way: str, before: str, after: str) -> None:
    """Use it, hand work to a pool of `multiprocessing`, and use it again."""
    say("parent", answer(before))
    with multiprocessing.get_context(way).Pool(2 if way == "fork" else 1) as pool:
        for text in pool.map_async(answer, [after, before, after, before]).get(LONGEST):
            say("child", text)
        pool.close()
        pool.join()
    say("parent", answer(after))


def main(way: str, before: str, after: str) -> None:
    """Do it one way."""
    signal.alarm(LONGEST)
    if way == "os.fork":
        forked(before, after)
    else:
        pooled(way, before, after)
    end()


if __name__ == "__main__":
    main(*sys.argv[1:])
