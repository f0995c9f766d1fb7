"""Play lines of `tests/data/*.jsonl` to the whole program, and say what a person would mind."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.reply import Reply
from tests.conftest import ROOT, Relay
from tests.fakes.clock import FixedClock
from tests.fakes.http import ProviderServer
from tests.fakes.steps import Answer, Step, Wire

DAY = 86_400
OTHER = "Here I am instead."
DONE = "That is done."
AGAIN = "Hello again."
_OWN_NAMES = {"create_tasks": "add_task"}
_TITLES = re.compile(r'titles(\\*"\s*:\s*)\[\s*(\\*"[^\[\]]*?)(?:\s*\]|(?=\s*$)|(?="}|\\u|<))')
_RAW = re.compile(
    r"<\|?/?(?:tool|think|function|\|)|\bto=functions|Traceback|broke inside|fault of this program"
    r"|\"(?:arguments|parameters)\"\s*:|default_api|\[TOOL_CALLS\]|\uff5c",
    re.IGNORECASE,
)


def lines(name: str) -> list[dict[str, Any]]:
    """Return the lines of a file in `tests/data`, their tools replaced by the program's own."""
    text = (ROOT / "tests" / "data" / name).read_text(encoding="utf-8")
    return [own_tools(json.loads(line)) for line in text.split("\n") if line]


def own_tools(line: dict[str, Any]) -> dict[str, Any]:
    """Put the program's tools in the place of those that the shared lines declare."""
    raw = line.get("raw")
    if isinstance(raw, str):
        raw = _own(raw)
    body = json.loads(_own(json.dumps(line["body"], ensure_ascii=False)))
    repair = json.loads(_own(json.dumps(line.get("repair"), ensure_ascii=False)))
    return line | {"body": body, "raw": raw, "repair": repair}


def _own(text: str) -> str:
    for theirs, ours in _OWN_NAMES.items():
        text = text.replace(theirs, ours)
    text = _TITLES.sub(r"title\1\2", text)
    text = re.sub(r'(complete_tasks.{0,60}?\\*")ids(\\*")', r"\1task_ids\2", text)
    return re.sub(r'(update_task.{0,60}?\\*")id(\\*")', r"\1task_id\2", text)


def step_of(line: dict[str, Any]) -> Wire:
    """Return what a line's server sends."""
    body = line.get("raw") or line["body"]
    if not isinstance(body, str):
        body = json.dumps(body)
    streamed = bool(line.get("stream"))
    if streamed and not line.get("raw"):
        body = f"data: {body}\r\n\r\n"
    kind = "text/event-stream" if streamed else "application/json"
    sent = body.encode("utf-8", "surrogatepass")
    headers = {"content-type": kind} | line["headers"]
    return Wire((sent,), line["status"], headers, cut=bool(line.get("cut")))


@dataclass
class Stage:
    """The program over two providers, of which the first is asked first.

    Attributes:
        relay: The program.
        clock: Its clock.
        servers: The providers in the order in which they are asked, by name.
    """

    relay: Relay
    clock: FixedClock
    servers: dict[str, ProviderServer]
    _read: int = 0

    def faults(self, line: dict[str, Any]) -> list[str]:
        """Play a line; return what went wrong, in words."""
        return list(self._faults(line))

    def _faults(self, line: dict[str, Any]) -> Iterator[str]:
        first, other = self.servers
        told: list[Step] = [step_of(line)]
        if line.get("repair"):
            told.append(Answer(text=DONE))
        self.servers[first].plays(*told)
        self.servers[other].plays(Answer(text=OTHER))
        try:
            reply = self.relay.say("add milk, then list my tasks", thread=line["id"])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault
            yield f"raised {type(error).__name__}: {error}"
            return
        yield from _wrong(line, reply, first, other)
        yield from self._waits(line, first)
        yield from self.ends_well(line["id"], first)

    def ends_well(self, thread: str, first: str) -> Iterator[str]:
        """Look at what a turn left behind, and say something more a day later.

        Args:
            thread: Where the turn was.
            first: Who is asked first, and was healthy again at once.
        """
        for key, seconds in self._locked().items():
            if seconds > DAY:
                yield f"{key} is locked for {seconds:.0f} s"
        self.clock.move(seconds=DAY + 2)
        for server in self.servers.values():
            server.plays(Answer(text=AGAIN))
        try:
            then = self.relay.say("hello again", thread=thread)
        except Exception as error:  # noqa: BLE001
            yield f"the next message raised {type(error).__name__}: {error}"
            return
        if not then.ok or then.reply != AGAIN:
            yield f"the next message: {then.reply!r}"
        if then.provider != first:
            yield f"a day later {first} isn't asked: {then.attempts}"
        for server in self.servers.values():
            for failure in server.refusals:
                if "thought signature" not in str(failure):  # a damaged one, and asked once more
                    yield f"a request that its API refuses: {failure}"
            server.refusals.clear()
        log = self.relay.log.read_text(encoding="utf-8") if self.relay.log.exists() else ""
        told, self._read = log[self._read :], len(log)
        if "Traceback" in told or "broke inside" in told:
            yield f"a stack trace in the log: {told[-300:]}"

    def _waits(self, line: dict[str, Any], first: str) -> Iterator[str]:
        stated = line.get("retry_after_seconds")
        if not stated or line["expect"] != "rate_limit":
            return
        for key, seconds in self._locked().items():
            if key.startswith(first) and not stated - 2 <= seconds <= stated + 2:
                yield f"locked for {seconds:.0f} s, stated are {stated} s"

    def _locked(self) -> dict[str, float]:
        now, breakers = self.clock.now(), self.relay.agent.container.breakers
        return {
            key: (standing.open_until - now).total_seconds()
            for key, standing in breakers.standings().items()
            if standing.open_until
        }


def _wrong(line: dict[str, Any], reply: Reply, first: str, other: str) -> Iterator[str]:
    told = f"{reply.reply!r} of {reply.provider}, attempts {_short(reply)}"
    if not reply.attempts:
        yield f"nobody was asked: {told}"
        return
    kind = reply.attempts[0]["kind"]
    if kind != line["expect"]:
        yield f"judged {kind}, expected {line['expect']}"
    wanted = line.get("repair") or []
    ran = [{"name": call["name"], "args": call["args"]} for call in reply.tool_calls]
    if ran != wanted and not (line.get("goes_over") and not ran):
        yield f"ran {ran}, expected {wanted}"
    if "shown" in line and (reply.reply, reply.provider) != (line["shown"], first):
        yield f"expected {line['shown']!r} of {first}, got {told}"
    if wanted and not line.get("goes_over") and (reply.reply, reply.provider) != (DONE, first):
        yield f"expected the calls of {first} and its answer, got {told}"
    if line.get("goes_over") and not ran and (reply.reply, reply.provider) != (OTHER, other):
        yield f"expected the answer of {other}, got {told}"
    if line.get("goes_over") is False and line["expect"] and not wanted and reply.provider == other:
        yield f"went over: {told}"
    found = None if "shown" in line else _RAW.search(f"{reply.reply} {reply.notice}")
    ours = line["expect"] == "invalid_request" and not line.get("goes_over")
    if found and not (ours and "fault of this program" in found[0]):
        yield f"shown: {found[0]!r} in {told} {reply.notice!r}"
    if "safety" in f"{reply.reply} {reply.notice}".lower() and "not_safety" in line:
        yield f"called unsafe: {told} {reply.notice!r}"


def _short(reply: Reply) -> list[str]:
    return [f"{a['provider']} {a['outcome']} {a['kind']}" for a in reply.attempts]


def stage(make_relay: Callable[..., Relay], servers: dict[str, ProviderServer]) -> Stage:
    """Build the program over two providers.

    Args:
        make_relay: The fixture.
        servers: The providers in the order in which they are asked.
    """
    clock = FixedClock()
    settings: dict[str, Any] = {"llm_chain": tuple(servers), "clock": clock}
    settings["openai_model"] = "local-model"
    for name, server in servers.items():
        settings |= {f"{name}_api_key": server.key or None, f"{name}_base_url": server.url}
    return Stage(make_relay(**settings), clock, servers)
