"""Read the imports: every arrow points down."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
APP = ROOT / "app"
FLOORS = (
    {"errors", "clock", "secret", "identity", "private_files", "model_settings", "setting_values"}
    | {"setting_sources", "setting_origins", "operation_values", "settings", "dotenv_file"}
    | {"database", "database_url", "reply", "events", "quick_lines"},
    {"tasks", "conversations", "telemetry"},
    {"llm", "tools", "exchange"},
    {"graph"},
    {"agent", "parts", "stores", "turns", "backup", "forgetting", "health"},
    {"cli", "studio", "probes", "__main__", "__init__"},
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
APART = {("llm", "tools"), ("tools", "llm"), ("llm", "tasks")}
FORBIDDEN = {
    "tasks": ("langchain", "langgraph"),
    "database": ("langchain", "langgraph"),
    "cli": ("langchain", "langgraph", "sqlalchemy"),
    "graph": ("sqlalchemy", "langchain_google_genai", "langchain_groq"),
    "tools": ("sqlalchemy",),
    "exchange": ("sqlalchemy", "langchain", "langgraph"),
    "conversations": ("app.tasks",),
}


def room_of(file: Path) -> str:
    return file.relative_to(APP).parts[0].removesuffix(".py")


def imports_of(file: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [f"app.{a.name}" for a in node.names] if module == "app" else [module]
            found += names
    return found


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(file) for file in APP.rglob("*.py")}
    assert rooms == set(FLOOR_OF)


def test_every_import_points_down_or_stays_in_its_room() -> None:
    upward = []
    for file in APP.rglob("*.py"):
        room = room_of(file)
        for name in imports_of(file):
            if not name.startswith("app."):
                continue
            target = name.split(".")[1]
            level = FLOOR_OF[room] == FLOOR_OF[target] and FLOOR_OF[room] not in (0, 4, 5)
            if target != room and (
                FLOOR_OF[target] > FLOOR_OF[room] or level or (room, target) in APART
            ):
                upward.append(f"{file.relative_to(ROOT)} imports {name}")
    assert upward == []


def test_rooms_stay_free_of_what_they_must_not_know() -> None:
    found = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in APP.rglob("*.py")
        for name in imports_of(file)
        if name.startswith(FORBIDDEN.get(room_of(file), ("nothing",)))
    ]
    assert found == []


def test_only_the_clock_reads_the_clock() -> None:
    readers = [
        str(file.relative_to(ROOT))
        for file in APP.rglob("*.py")
        if any(word in file.read_text() for word in (".now(UTC)", "datetime.now", "time.time("))
    ]
    assert readers == ["app/clock.py"]


def test_files_stay_small() -> None:
    long = [f for f in APP.rglob("*.py") if len(f.read_text().splitlines()) > 300]
    assert long == []
