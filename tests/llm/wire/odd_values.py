"""What damaged streams are made of: good texts and calls, odd values, noise, waits."""

from typing import Any

TEXTS = (
    "All good.",
    "You have two tasks: “water” the plants, and 🎉 party.",
    "one\u2028two\u2029three\u0085four",
    "<think>first\n\nthen</think>\n\nDone already.",
    'It says {"name": "x"} and <tool_call> in the middle.',
    "שלום \u202e world, e\u0301 \u200b and a family 👨\u200d👩\u200d👧",
    '<tool_call>{"name": "list_tasks", "arguments": {"status": "open"}}</tool_call>',
    '<think>add it</think>{"name": "add_task", "arguments": {"title": "Buy milk"}}',
    "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Done.",
    "# A list\n\n- [ ] one\r\n- [x] two\n\n```json\n{}\n```",
)
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("add_task", {"title": "Call the dentist about the invoice", "due": "tomorrow 9:00"}),
    ("add_task", {"title": "Buy 🥛 and “bread”\u2028soon", "tags": ["home", "shop"]}),
    ("list_tasks", {}),
    ("list_tasks", {"status": "open"}),
    ("update_task", {"task_id": 1, "notes": "long " * 20}),
    ("complete_tasks", {"task_ids": [1, 123]}),
)
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1, 5, 2**70, 1e308, 0.5, float("nan"), "", "0", "x", "null", "error"),
    *([], {}, [None], [[]], {"a": None}, ["x"], "\ud83c", "\udf89", "\0", "\u2028", "\ufeff"),
    *(
        "STOP",
        "stop",
        "length",
        "MAX_TOKENS",
        "SAFETY",
        "tool_calls",
        "content_filter",
        "RECITATION",
        "end_turn",
        "refusal",
    ),
    *("assistant", "user", "tool", "functions.add_task", "add_task", "no_such_tool", "a" * 5000),
)
NOISE = (
    *(b": keep-alive\n\n", b":\n", b"\xef\xbb\xbf", b"\0", b"\xff\xfe", b"id: 7\n", b"retry: 5\n"),
    *(b"event: ping\n\n", b"event: message\n", b"event: error\n", b"data:\n\n", b"data: \n"),
    *(b"data: null\n\n", b"data: ping\n\n", b"data: {}\n\n", b"data: []\n\n", b"data: [DONE]\n\n"),
    *(
        b"data: 5\n\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"<html>502 Bad Gateway</html>\n\n",
        b"{",
        b"}\n\n",
    ),
    *(b'data: {"choices": []}\n\n', b'data: {"candidates": []}\n\n', b"event:\n", b'"', b"\\"),
    b'{"error": "model runner has unexpectedly stopped"}\n',
    b'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error"}}\n\n',
    b'{\n  "error": {\n    "code": 503,\n    "status": "UNAVAILABLE"\n  }\n}\n\n',
    b'data: {"error": {"message": "Internal server error", "type": "server_error"}}\n\n',
    b'event: error\ndata: {"error": {"message": "over capacity", "status_code": 503}}\n\n',
    b'data: {"x_groq": {"error": "stopped"}, "choices": []}\n\n',
    b'data: {"error": {"message": "Please try again in 9000000s.", "code": 429}}\n\n',
    b'data: {"error": {"code": 429, "details": [{"@type": "google.rpc.RetryInfo",'
    b' "retryDelay": "315576000000s"}]}}\n\n',
)
KINDS = (
    *("text/event-stream", "application/json", "text/plain", "text/html", "", "nonsense"),
    *("text/event-stream; charset=utf-16", "application/json; charset=latin-1"),
)


STATUSES = (*([200] * 12), 429, 503, 500, 400)
WAITS = ("1", "604800", "1795000000", "1795000000000", "9" * 30, "-1", "inf", "", "soon")
"""What a header may state as a wait."""
