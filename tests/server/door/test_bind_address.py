"""Where nobody signs in, a server that others reach doesn't start: how its address is known."""

import pytest

from app.server.door.bind_address import start_refusal

DEV = {"LANGSMITH_LANGGRAPH_API_VARIANT": "local_dev"}


@pytest.mark.parametrize(
    ("command", "environment"),
    [
        ("langgraph dev", {**DEV, "LANGGRAPH_API_URL": "http://127.0.0.1:2024"}),
        ("langgraph dev", {**DEV, "LANGGRAPH_API_URL": "http://[::1]:2024/prefix"}),
        ("langgraph dev", {**DEV, "LANGGRAPH_API_URL": "http://localhost:2024"}),
        ("uvicorn app:app", {}),
        ("/x/uvicorn/__main__.py app:app --host 127.0.0.1", {"UVICORN_HOST": "0.0.0.0"}),
        ("uvicorn app:app --uds /run/app.sock --host 0.0.0.0", {}),
        ("gunicorn app:app", {}),
        ("gunicorn -b unix:/run/app.sock app:app", {}),
        ("/x/aegra_api/main.py", {"HOST": "127.0.0.1"}),
        ("my_program.py --host 0.0.0.0", {"HOST": "0.0.0.0"}),
        ("pytest", {"LANGGRAPH_API_URL": "https://x.example"}),
        ("", {}),
    ],
)
def test_server_on_this_machine_alone_or_at_an_unknown_address_starts(
    command: str, environment: dict[str, str]
) -> None:
    assert start_refusal(command.split(), environment) is None


@pytest.mark.parametrize(
    ("command", "environment", "address"),
    [
        ("langgraph dev", {**DEV, "LANGGRAPH_API_URL": "http://0.0.0.0:2024"}, "0.0.0.0"),
        ("langgraph dev", {**DEV, "LANGGRAPH_API_URL": "http://[::]:2024"}, "::"),
        ("langgraph dev", {**DEV, "LANGGRAPH_API_URL": "https://x.example"}, "x.example"),
        ("uvicorn app:app --host 0.0.0.0", {}, "0.0.0.0"),
        ("/bin/uvicorn app:app --host=192.168.1.7", {}, "192.168.1.7"),
        ("/x/uvicorn/__main__.py app:app --host ::", {}, "::"),
        ("uvicorn app:app --host=", {}, "0.0.0.0"),
        ("uvicorn app:app", {"UVICORN_HOST": "0.0.0.0"}, "0.0.0.0"),
        ("gunicorn -b 0.0.0.0:80 app:app", {}, "0.0.0.0"),
        ("gunicorn --bind=:80 app:app", {}, "0.0.0.0"),
        ("gunicorn app:app", {"PORT": "8000"}, "0.0.0.0"),
        ("gunicorn app:app", {"GUNICORN_CMD_ARGS": "--bind '[::]:80'"}, "::"),
        ("hypercorn --bind tcp://0.0.0.0:80 app:app", {}, "0.0.0.0"),
        ("/x/aegra_api/main.py", {}, "0.0.0.0"),
    ],
)
def test_server_that_others_reach_doesn_t_start_and_says_what_to_set(
    command: str, environment: dict[str, str], address: str
) -> None:
    sentence = start_refusal(command.split(), environment)
    assert sentence is not None
    assert f"listen on {address}," in sentence
    assert "AUTH_TOKENS" in sentence
    assert "127.0.0.1" in sentence
