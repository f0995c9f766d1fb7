"""Every reader of what people, files, models and providers write, by its name."""

import asyncio
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from pydantic import TypeAdapter
from rich.console import Console
from sqlalchemy import make_url

from app.cli.chat.streaming_markdown import StreamingMarkdown
from app.cli.commands.stats import _period
from app.cli.output.markdown import rendered
from app.database.postgresql import explained
from app.intake import is_seen, shown, shown_json, weigh
from app.llm.answers import _has_form
from app.llm.declarations.any_shape import BuiltIn
from app.llm.failures import ErrorBody, classify, duration, judge
from app.llm.failures.error_body import error_body_of
from app.llm.failures.quota_violations import google_limits
from app.llm.failures.refusals import reading_of
from app.llm.failures.retry_after import longest_wait
from app.llm.failures.sentences import read_sentence
from app.llm.messages.attachments import attachment
from app.llm.messages.call_markup import marked, tagged
from app.llm.messages.call_recognition import looks_like_call
from app.llm.messages.framing import framed
from app.llm.messages.lenient_json import value_at, values_in
from app.llm.messages.loose_object import loose_object
from app.llm.messages.sendable import as_output, clean
from app.llm.messages.tool_call_repair import read_back
from app.llm.messages.tool_names import sent_name, unwrapped
from app.llm.messages.trimming import fit
from app.llm.offline.commands import read_commands
from app.llm.offline.responder import is_command
from app.llm.plan import CallOptions
from app.llm.providers.anthropic import _built_in
from app.llm.providers.ollama import _sees
from app.llm.providers.openai import _effort
from app.llm.wire import GeminiFrames, WireRecord, without_markup, without_unopened_thoughts
from app.llm.wire.event_stream import EventStreamParser
from app.llm.wire.harmony import spoken
from app.llm.wire.head_filter import HeadFilter
from app.llm.wire.hook import _asks_for_stream
from app.runtime.sign_in.identity_provider import IdentityProvider
from app.runtime.sign_in.key_set import KeySet
from app.runtime.sign_in.token_file import _parsed
from app.server.door.local_only import Request, refusal_of
from app.settings import clean_thread_id, provider_of, values
from app.settings.env_file import _spellings, _values, _with
from app.settings.origins import without_password
from app.tasks import Owner, fields, read_ids, read_task
from app.tasks.dates import check_rule, next_due, parse_repeat, recurrence, resolve_due
from app.tasks.dates.due_spans import clock_span
from app.tasks.dates.due_times import time_of
from app.tasks.dates.repeat import counts_from_completion
from app.tasks.formats import IMPORTED, csv_file, ics_file, json_file, recognised, todotxt_file
from app.tasks.formats.foreign.date_cells import due_cell
from app.tasks.formats.reading import Reading, Report
from app.tasks.store.day_filters import days_of
from app.tasks.store.search import folded, patterns
from app.tasks.task_factory import RequestContext
from app.telemetry.logs.formatters import is_log_line
from app.telemetry.logs.redaction import redact
from app.tools import arguments, as_data
from app.tools.field_names import known_fields
from tests.intake.hostile import LIMIT

Read = Callable[[str], object]
Frame = tuple[str, str]
WHOLE: Frame = ("", "")


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader, what has to stand around a text so that it reads on, and what it is weak at.

    Args:
        read: It.
        frames: What stands before and behind the text.
        units: What the text repeats, besides what all readers are given.
        by_lines: Whether each line may be an entry of its own, such as a task. Fifty thousand of
            them may take what they take, four tenths of a millisecond each; more may they not.
    """

    read: Read
    frames: tuple[Frame, ...] = (WHOLE,)
    units: tuple[str, ...] = ()
    by_lines: bool = False

    def limit(self, text: str) -> float:
        """Return how many seconds of CPU it may take for a text."""
        entries = len(_ENTRY_ENDS.findall(text)) if self.by_lines else 0
        return max(LIMIT, entries / 2_500)


_BY_LINES = (" file", "markdown", ".env", ".env that is edited", "answer that grows")
_ENTRY_ENDS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|\},?|\]")
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
FILES = Reading(RequestContext(Owner("ann", ZONE), NOW), lambda: UUID(int=1))
FOREIGN_FILES = Reading(FILES.request, FILES.new_uuid, Report())
LONG = "a title of a task as long as most are in such files " * 2
"""A task costs a tenth of a millisecond, however short it is, so those of these files are long."""
TOOLS = ("add_task", "list_tasks", "complete_tasks")
MARKS = ("a b c\n", "x {} y", "x * y ")


def due(text: str) -> object:
    return resolve_due(text, NOW, ZONE)


def repeat(text: str) -> object:
    rule, first = parse_repeat(text, NOW, ZONE)
    return next_due(recurrence(text, rule, first), first, NOW, ZONE)


def argument(kind: Any) -> Read:
    return TypeAdapter(kind).validate_python


def by_pieces(text: str) -> None:
    head = HeadFilter()
    for start in range(0, len(text), 4):
        head.feed(text[start : start + 4])
    head.end()


def by_bytes(text: str) -> None:
    parser, data = EventStreamParser(), text.encode("utf-8", "replace")
    for start in range(0, len(data), 16):
        parser.feed(data[start : start + 16])
    parser.end()


def error_of(text: str) -> Exception:
    error = RuntimeError(text)
    error.body = {"error": {"message": text, "code": text, "details": text}}  # type: ignore[attr-defined]
    error.status_code = 429  # type: ignore[attr-defined]
    return error


def token(text: str) -> None:
    provider = IdentityProvider(KeySet("http://127.0.0.1:9"), "a", "b", "sub")
    asyncio.run(provider.user_of(text))


def dotenv(text: str) -> None:
    for written in _spellings(text):
        _values("".join(_with("A=1\n", f"A={written}", "A")))


DATES: Mapping[str, Reader] = {
    "due": Reader(due, (WHOLE, ("due ", ""), ("friday ", " at 5pm")), ("monday ", "day from ")),
    "due spans": Reader(clock_span, (WHOLE, ("in ", " from now")), ("1 hour ", "and a half ")),
    "due times": Reader(lambda text: time_of(text, None), (WHOLE, ("at ", ""))),
    "days of a list": Reader(
        lambda text: days_of(text, NOW.date(), FILES.request.due), (WHOLE, ("2026-03-10..", ""))
    ),
    "repeat phrases": Reader(
        repeat, (WHOLE, ("every ", ""), ("every mon, ", " x")), ("mon and ", "mon, ")
    ),
    "words for completion": Reader(counts_from_completion, (WHOLE, ("every day ", " after"))),
    "repeat rules": Reader(
        repeat,
        (WHOLE, ("FREQ=DAILY;BYDAY=MO", ""), ("RRULE:FREQ=YEARLY;BYMONTHDAY=", "")),
        (",MO", "1,", ";BYDAY=MO"),
    ),
    "kept repeat rules": Reader(check_rule, (WHOLE, ("FREQ=YEARLY;BYMONTHDAY=31", ""))),
}

TASKS: Mapping[str, Reader] = {
    "quick line": Reader(
        read_task,
        (WHOLE, ("x", "y"), ("x", " due tomorrow"), ('"', '"'), ("x", " #a !high")),
        (" due tomorrow", "next ", " on ", " #a\x1f", " 2026-03-10", " !low #b"),
    ),
    "offline commands": Reader(
        read_commands, (("add x", "y"), ("done ", ""), ("list", "today"), ("", "\nadd x"))
    ),
    "waits for a command": Reader(lambda text: is_command([HumanMessage(f"add x{text}y")])),
    "ids": Reader(read_ids, (WHOLE, ("1", "x")), ("1 and ", "#1 , ")),
    "title": Reader(fields.title_of, (WHOLE,)),
    "title key": Reader(fields.title_key),
    "notes": Reader(fields.notes_of),
    "tags": Reader(lambda text: fields.tags_of([text, *text.split(",")[:1000]])),
    "project": Reader(fields.project_of),
    "priority": Reader(fields.priority_of),
    "search words": Reader(patterns, (WHOLE, ("x", "y")), ("\u0301\u0327\u0315",)),
    "what is searched": Reader(lambda text: folded(text[:10_600]), units=("\u0315\u0300",)),
}

ARGUMENTS: Mapping[str, Reader] = {
    f"argument {name}": Reader(argument(kind), (WHOLE, ("1", "x"), ("[", "]")), ("1 and ", "1 , "))
    for name, kind in {
        "text": arguments.Due,
        "words": arguments.Tags,
        "id": arguments.TaskId,
        "ids": arguments.TaskIds,
        "parent": arguments.ParentId,
        "blockers": arguments.BlockedBy,
        "number": arguments.Offset,
        "switch": arguments.Skip,
    }.items()
}

ANSWERS: Mapping[str, Reader] = {
    "call markup": Reader(
        lambda text: (marked(text), tagged(text)),
        (
            WHOLE,
            ("<function=add_task>", "</function>"),
            ('<invoke name="add_task">', "</invoke>"),
            ("<tool_call>add_task", "</tool_call>"),
            ("<tool_call>a<arg_key>", "</tool_call>"),
            ("to=a", ""),
            ("[TOOL_CALLS]a", ""),
        ),
        (
            *("<parameter=a>", "<parameter=a>x</parameter>", '<parameter name="a">', "<arg_key>a"),
            *("<arg_key>a</arg_key><arg_value>", "call:a", "call:a ", "\n call:", "to=a ", "to=a"),
            *("<tool_call>a ", "tool_code ", "<function=a", "}call:a", "<|tool_call_begin|>a "),
            *("tool\u2581sep\uff5c>a ", "[TOOL_CALLS]a ", "[TOOL_CALLS]", "<tool_call>"),
            *("[CALL_ID]a ", "<start_function_call>", "<function name ", "<w:invoke name="),
        ),
    ),
    "call recognition": Reader(
        looks_like_call,
        (
            *(WHOLE, ("```", ""), ("```json\nx", "y"), ("```x y", "z"), ("[TOOL_CALLS]", "")),
            *(("[a(", ""), ('{"name":', ""), ("[a(x=", ")]")),
        ),
        ('{"name":"a","args":{}}', "```\n", "<|a|>", "a.b(", "not ", "tool_code ", "x=(", "x if "),
    ),
    "call repair": Reader(
        lambda text: read_back(text, TOOLS),
        (WHOLE, ("add_task(", ")"), ('add_task(title="', '")'), ("```x y", "z"), ("[", "]")),
        ('{"name":"add_task","arguments":{}}', "print(", "a=1,", '"]', "add_task ", "x.y("),
    ),
    "lenient json": Reader(
        lambda text: value_at(text, alone=False), (WHOLE, ("{", "}"), ("[", '"]')), (']"', ']" ')
    ),
    "json values": Reader(values_in, (WHOLE, ("{}", ""), ("[]", "x")), ("{},", "[] ", "1;")),
    "loose object": Reader(
        loose_object,
        (("{", "}"), ("{a:", "}"), ("{a:<escape>", "}")),
        ("<escape>", "<ctrl46>x", "a:1,", '"a":[],', '<|"|>', "a :"),
    ),
    "loose object of many keys": Reader(
        lambda text: loose_object(
            "{" + "".join(f"k{number}:1," for number in range(len(text) // 8)) + "}"
        )
    ),
    "tool names": Reader(lambda text: (sent_name(text), unwrapped(text, TOOLS))),
    "harmony": Reader(
        spoken,
        (
            WHOLE,
            ("<|channel|>", ""),
            ("x" * 80 + "<|channel|>", "<|message|>"),
            ("<|channel|>final", "<|message|>x"),
            ("analysis", ""),
            ("analysisA", ""),
        ),
        ("<|channel|>a<|message|>", "<|start|>", "assistant", "<|channel|>a", "x<|channel|>"),
    ),
    "head filter": Reader(
        without_markup,
        (WHOLE, ("<think>", ""), ("{", ""), ("```", ""), ("<think ", ""), ("", "<|end|>")),
        ("<think></think>", "<|end|>", "</s> ", "<answer>", "<think "),
    ),
    "head filter by pieces": Reader(
        by_pieces, (WHOLE, ("<think>", ""), ("{", ""), ("<|", ""), ("```json\n{", ""), ("[a", ""))
    ),
    "thoughts without a beginning": Reader(
        without_unopened_thoughts,
        (("", "</think>"), ("x", "\n</think>\ny")),
        ("</think> x\n", " \n"),
    ),
    "event stream": Reader(
        lambda text: EventStreamParser().feed(text.encode("utf-8", "replace")),
        (WHOLE, ("data: ", "\n\n"), ("{", "\n\n")),
        ("data:\n", "data: x\n\n", "\n{\n", "{}\n"),
    ),
    "event stream by pieces": Reader(by_bytes, (WHOLE, ("data: ", "\n\n")), ("{}\n",)),
    "stream asked for": Reader(
        lambda text: _asks_for_stream(
            SimpleNamespace(url="http://a", content=text.encode("utf-8", "replace"))
        ),
        units=('"stream": ',),
    ),
    "rejected call of Gemini": Reader(
        lambda text: GeminiFrames().rejected_call(
            {"candidates": [{"finishReason": "MALFORMED_FUNCTION_CALL", "finishMessage": text}]}
        ),
        (WHOLE, ("Malformed function call:", "")),
    ),
    "answer check": Reader(
        lambda text: judge(
            AIMessage(text, response_metadata={"finish_reason": "stop"}), WireRecord(), NOW
        )
    ),
    "attachment": Reader(
        lambda text: attachment({"type": "image", "url": text}),
        (("data:image/png", ""), ("data:a;", ";base64,"), ("data:image/png;base64,", "")),
        (";a=b", ";a"),
    ),
    "clean text": Reader(lambda text: (clean(text), as_output(text))),
    "message trimming": Reader(
        lambda text: fit([HumanMessage(text), AIMessage(text), HumanMessage(text)], 10)
    ),
    "framing": Reader(lambda text: list(framed([HumanMessage(text), AIMessage(text)]))),
    "framing of many results": Reader(
        lambda text: list(
            framed(
                [
                    HumanMessage("x"),
                    AIMessage(
                        "",
                        tool_calls=[
                            {"name": "a", "args": {"x": text[:1]}, "id": "1"} for _ in range(500)
                        ],
                    ),
                    *(ToolMessage(text[:200], tool_call_id="1") for _ in range(500)),
                ]
            )
        )
    ),
}

FAILURES: Mapping[str, Reader] = {
    "duration": Reader(duration, (WHOLE, ("1", "s")), ("1h", "1 h and ", "1.")),
    "wait": Reader(
        lambda text: longest_wait({"retry-after": text, "date": text}, [text], text, NOW),
        (WHOLE, ("try again in ", "s"), ("retry after", "")),
        ("wait ", "again in about ", "1h", "retry at ", "retry-after: ", "2026-03-10 ", "again "),
    ),
    "sentences": Reader(
        read_sentence,
        (WHOLE, ("token count", "x")),
        ("token count ", "model ", "tools ", "billing ", "quota ", "models/a", "location "),
    ),
    "refusals": Reader(
        lambda text: [
            reading_of(ErrorBody(status, {"message": text, "code": text}, text=text))
            for status in (400, 403, 404, 429, 413)
        ],
        (WHOLE, ("Limit 1", "x")),
        ("Limit 1 ", "Limit 1, Requested ", "limit: 0.", "credits are "),
    ),
    "error bodies": Reader(
        lambda text: error_body_of(error_of(text)), (WHOLE, ('{"error":', "}")), ('{"error":',)
    ),
    "classification": Reader(lambda text: classify(error_of(text), now=NOW)),
    "limits of Google": Reader(
        lambda text: google_limits([{"quotaId": f"{text}PerDay", "quotaValue": text}])
    ),
    "error of a database": Reader(
        lambda text: explained(RuntimeError(text), make_url("postgresql://u:p@h/d")),
        (WHOLE, ("FATAL: ", "")),
        ("role ", "database ", "FATAL:"),
    ),
}


def growing(text: str) -> None:
    """Draw an answer as it comes in twenty pieces.

    Headings are blocks of their own: fifty thousand of them are drawn one by one.
    """
    text = text.replace("#\n", "\n").replace("\n#", "\n")
    answer = StreamingMarkdown(Console(file=io.StringIO(), width=80, height=40))
    for start in range(0, len(text), 5000):
        answer.add(text[start : start + 5000])
        answer.take(39)
        answer.lines()


OUTSIDE: Mapping[str, Reader] = {
    "json file": Reader(
        lambda text: json_file.read(text, FILES),
        (WHOLE, ('{"tasks":[', "]}"), ('{"tasks":[{"title":"', '"}]}')),
        ('{"title":"a"},', "1,", "\n"),
    ),
    "csv file": Reader(
        lambda text: csv_file.read(text, FILES),
        (WHOLE, ("title,tags\n", ""), ('title,tags\na,"', '"\n'), ("title\n", "")),
        ('""', "a,b and more\n", ";", "#a "),
    ),
    "ics file": Reader(
        lambda text: ics_file.read(text, FILES),
        (
            WHOLE,
            ("BEGIN:VCALENDAR\r\n", "\r\nEND:VCALENDAR"),
            (
                "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:",
                "\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
            ),
            ("BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:a\nCATEGORIES:", "\nEND:VTODO\nEND:VCALENDAR"),
            ("BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:a\nRRULE:", "\nEND:VTODO\nEND:VCALENDAR"),
            ("BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY;X=", ":a\nEND:VTODO\nEND:VCALENDAR"),
        ),
        ("\r\n ", "a,", "BEGIN:VTODO\n", ";X=", "\\,", "BEGIN:A\r\n"),
    ),
    "todo.txt file": Reader(
        lambda text: todotxt_file.read(text, FILES),
        (WHOLE, ("x ", ""), ("(A) 2026-03-01 a ", "")),
        ("@a/", " @a", " due:a", "pri:A ", " +a", "\\"),
    ),
    **{
        f"{name} file": Reader(
            lambda text, name=name: IMPORTED[name](text, FOREIGN_FILES),  # type: ignore[misc]
            (WHOLE, frame),
            units,
        )
        for name, frame, units in (
            (
                "todoist-csv",
                ("TYPE,CONTENT,INDENT\ntask,", ",1\n"),
                (f"task,{LONG},1\n", '"', " @a"),
            ),
            ("todoist-json", ('{"items":[{"content":"', '"}]}'), ("[", "@a ")),
            ("ticktick", ("title,taskId,parentId\n", ""), (f"{LONG},b,c\n", '"')),
            ("taskwarrior", ('[{"description":"', '"}]'), ("{}\n", "[")),
            ("google-tasks", ('{"items":[{"items":[{"title":"', '"}]}]}'), ("[",)),
            ("microsoft-todo", ('{"value":[{"title":"', '"}]}'), ("[",)),
            (
                "markdown",
                ("- [ ] ", ""),
                (f"- [ ] {LONG}\n", " - [ ] ", "\t", "#a ", "\U0001f501 "),
            ),
            ("org", ("* TODO ", ""), ("*", f"* TODO {LONG}\n", ":a", "DEADLINE: <")),
            ("table", ("task,due\na,", ""), (f"{LONG},b\n", '"', "1/")),
        )
    },
    "what a file is": Reader(lambda text: recognised(text, "a"), (WHOLE, ("- ", ""))),
    "date of a cell": Reader(lambda text: due_cell(text, FILES), (WHOLE, ("2026-03-20T10:00", ""))),
    "redaction": Reader(
        lambda text: redact(text, ["secret"]),
        (WHOLE, ("://", ""), ("Bearer ", "")),
        ("://a:", "AIza", "sk-", "gsk_", "?key=", "user_01", "project ", "sk_sk_", "api_key:", ":"),
    ),
    "line of a log": Reader(
        is_log_line, (WHOLE, ("2026-03-10 09:00:00,000 INFO a", ": "), ("{", "}")), (" [", "]: ")
    ),
    "shown": Reader(lambda text: (shown(text), shown_json(text), is_seen(text))),
    "names of fields": Reader(
        lambda text: known_fields("add_task", {text: 1}, frozenset({"title"})),
        (WHOLE, ("dueDate", "")),
        ("aA", "a-"),
    ),
    "marks of data": Reader(as_data, (WHOLE, ("<data>", "</data>")), ("<", "</ ", "<_", "</dat")),
    "weight": Reader(
        lambda text: weigh({"role": "user", "content": [{"type": "text", "x": text}]})
    ),
    "weight of many": Reader(lambda text: weigh(list(text))),
    "thread names": Reader(clean_thread_id),
    "token": Reader(token, (WHOLE, ("eyJhbGciOiJSUzI1NiJ9.", ".a")), ("a.", "e30.")),
    "token file": Reader(
        lambda text: list(_parsed(Path("tokens"), text)),
        (WHOLE, ("ann sha256:", ""), ("ann ", "")),
        (" #", "a b\n", "\n"),
    ),
    "host of a request": Reader(
        lambda text: refusal_of(
            Request(peer="127.0.0.1", headers=[("host", text), ("origin", text)])
        ),
        (WHOLE, ("[", "]"), ("localhost:", "")),
    ),
    "markdown": Reader(
        lambda text: Console(file=io.StringIO(), width=80).print(rendered(text)), (WHOLE,), MARKS
    ),
    "answer that grows": Reader(growing, (WHOLE,), MARKS),
}

_VALUES: tuple[str, ...] = (
    "limits",
    "prices",
    "origins",
    "database_url",
    "webhook",
    "key_set_url",
    "zone_name",
)
_VALUES += ("url_with_path", "url_without_path", "url_without_openai_path", "secret", "model_name")
_VALUES += ("one_line", "user_id", "switch", "path", "split", "passwords_in", "is_loopback")

SETTINGS: Mapping[str, Reader] = {
    **{
        f"setting {name}": Reader(
            getattr(values, name),
            (WHOLE, ("http://", ""), ("postgresql+psycopg://", ""), ("a=1/", "")),
            ("1 requests/day,", "a=1/1,", "a=", "1 ", "/v1", "a:", "?password=", "&a=", "/"),
        )
        for name in _VALUES
    },
    "setting whole_number": Reader(values.whole_number(1, 5)),
    "setting seconds": Reader(values.seconds(5.0)),
    "place of a provider": Reader(provider_of, (WHOLE, ("gemini", ""))),
    "password in an address": Reader(without_password, (WHOLE, ("a://", "")), ("://a:b", ":", "*")),
    ".env": Reader(
        _values, (WHOLE, ("A='", "'"), ('A="', '"'), ("A=", "")), ("A=1\n", "${A", "${A:-", "#")
    ),
    ".env that is edited": Reader(dotenv, (WHOLE,), ("${", "${A:-", "\\'")),
    "model of Ollama": Reader(
        lambda text: _sees(cast("Any", SimpleNamespace(model=text))), units=("-",)
    ),
    "tool of Anthropic": Reader(lambda text: _built_in(BuiltIn(text, {})), (WHOLE, ("a", "_1"))),
    "answer in a form": Reader(
        lambda text: _has_form(text, CallOptions(response_format={"type": "json_object"})),
        (WHOLE, ("```json\n", "x")),
        ("``` ", "```"),
    ),
    "model of OpenAI": Reader(_effort, (WHOLE, ("gpt-5", ""))),
    "period of statistics": Reader(_period, (WHOLE, ("1", ""))),
}

_ALL = {**DATES, **TASKS, **ARGUMENTS, **ANSWERS, **FAILURES, **OUTSIDE, **SETTINGS}
READERS = {
    name: replace(reader, by_lines=name.endswith(_BY_LINES)) for name, reader in _ALL.items()
}
