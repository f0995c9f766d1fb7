"""A disk that is full or read-only, a file that is damaged or held: one sentence, nothing lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app import DatabaseError
from app.database import open_engine, upgrade
from tests.conftest import Ended, Relay, child_environment
from tests.fakes import own_mounts
from tests.fakes.gemini import GeminiServer
from tests.fakes.steps import calls, says
from tests.fakes.warm import Warm

ON_A_SMALL_DISK = """
mount -t tmpfs -o size=2m none "$1" && cp -r "$2" "$1/data" && chmod -R u+w "$1" || exit 99
export APP_DATA_DIR="$1/data" LOG_FILE="$2/log"
say() { "$PYTHON" -m app chat -m "$1"; echo "exit $?"; }
if test "$3" = full; then
    cat /dev/zero > "$1/filler" 2>/dev/null
    say "add two"
    rm "$1/filler"
else
    mount -o remount,ro "$1"
    say "add two"
    mount -o remount,rw "$1"
fi
say "list"
"""


ON_A_DISK_THAT_TAKES_NOTHING = """
mount -t tmpfs -o size=4m none "$1" && cp -r "$2" "$1/data" && chmod -R u+w "$1" || exit 99
export APP_DATA_DIR="$1/data"
if test "$3" = full; then cat /dev/zero > "$1/filler" 2>/dev/null; else mount -o remount,ro "$1"; fi
cd "$2/.." && exec "$PYTHON" -c "$ENTERS" tasks "tasks --json" threads history stats export \
    "backup b.zip" config "doctor --offline --json" "add two"
"""
ENTERS = """
import sys
from app.cli.main import main
for words in sys.argv[1:]:
    try:
        main(words.split())
    except SystemExit as ended:
        print(f"{words}: exit {ended.code}")
"""
"""Each command that reads, and at last one that writes."""


def test_second_engine_of_a_process_leaves_the_locks_of_the_first(tmp_path: Path) -> None:
    """Else another process that ends takes the write-ahead log away, and what follows is lost."""
    file = tmp_path / "tasks.db"
    first = open_engine(f"sqlite:///{file}")
    upgrade(first)
    open_engine(f"sqlite:///{file}").dispose()
    look = (
        "import sqlite3, sys; other = sqlite3.connect(sys.argv[1]); "
        "other.execute('SELECT * FROM sqlite_master').fetchall(); other.close()"
    )
    subprocess.run([sys.executable, "-c", look, str(file)], check=True)
    assert file.with_name("tasks.db-wal").exists()
    first.dispose()


@pytest.fixture
def begun(relay: Relay, gemini: GeminiServer, data_dir: Path) -> Iterator[Path]:
    """A data directory with one task, closed."""
    gemini.plays(calls("add_task", title="one"), says("Added."))
    relay.say("add one", user="local")
    relay.restart()
    yield data_dir
    assert relay.agent is not None


@pytest.mark.parametrize(
    ("trouble", "advice"),
    [
        ("full", "full"),
        ("read-only", "(Read-only file system). Check its owner and mode"),
    ],
)
def test_disk_that_takes_nothing_is_told_and_what_was_there_stays(
    begun: Path, tmp_path: Path, warm: Warm, trouble: str, advice: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    program = ("-m", own_mounts.__name__, ON_A_SMALL_DISK, str(disk), str(begun), trouble)
    ended = warm.run(program, None, tmp_path, child_environment())
    assert ended.code == 0, ended.err
    first, *rest = ended.out.splitlines()
    assert first == "exit 1"
    assert "#1 one" in rest
    assert rest[-1] == "exit 0"
    sentences = [line for line in ended.err.splitlines() if not line.startswith("Warning:")]
    assert len(sentences) == 1
    assert advice in sentences[0]
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("name", ["tasks.db", "conversations.db"])
def test_damaged_database_is_told_and_left_alone(
    begun: Path, command: Callable[..., Ended], name: str
) -> None:
    for log in begun.glob("*.db-*"):
        log.unlink()
    damaged = b"SQLite format 3\0" + os.urandom(20_000)
    (begun / name).write_bytes(damaged)
    ended = command("chat", "-m", "list")
    assert (ended.code, ended.out) == (1, "")
    assert name in ended.err
    assert "Traceback" not in ended.err
    assert (begun / name).read_bytes() == damaged


def test_database_that_is_held_is_told_and_nothing_changes(
    begun: Path, relay: Relay, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gemini.plays(calls("add_task", title="two"))
    monkeypatch.setattr("app.database.sqlite.BUSY_TIMEOUT_S", 0.1)
    for name in ("tasks.db", "conversations.db"):
        with closing(sqlite3.connect(begun / name, isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            with pytest.raises(DatabaseError, match=r"locked.*close that one and try again"):
                relay.say("add two", user="local")
    relay.restart()
    with closing(sqlite3.connect(begun / "tasks.db")) as after:
        assert after.execute("SELECT title FROM task_relay_tasks").fetchall() == [("one",)]


@pytest.mark.parametrize("trouble", ["full", "read-only"])
@pytest.mark.parametrize("left", ["closed", "killed", "copied without the log's index"])
def test_what_reads_goes_on_where_nothing_can_be_written(
    begun: Path, tmp_path: Path, warm: Warm, trouble: str, left: str
) -> None:
    """Also where a program was killed, whose last changes are in the log alone."""
    if left != "closed":
        with killed_writer(begun / "tasks.db"):
            begun = shutil.copytree(begun, tmp_path / "copied" / "data")
    if left.startswith("copied"):
        (begun / "tasks.db-shm").unlink()
    disk = tmp_path / "disk"
    disk.mkdir()
    script, on = ON_A_DISK_THAT_TAKES_NOTHING, (str(disk), str(begun), trouble)
    program = ("-m", own_mounts.__name__, script, *on)
    ended = warm.run(program, None, tmp_path, child_environment(ENTERS=ENTERS))
    out = ended.out
    codes = [line.rpartition(" ")[2] for line in out.splitlines() if ": exit " in line]
    assert codes == ["0"] * 8 + ["1"] * 2, out + ended.err  # no model has a key, says the doctor
    title = "one" if left == "closed" else "in the log"
    assert out.count(title) >= 3, "the list, its JSON, and the export"
    assert "you: add one" in out
    if (trouble, left) != ("full", "killed"):  # its log and index have their place already
        assert '"area": "What is kept", "level": "problem"' in out
        assert "This can only be read now." in ended.err
    assert "Traceback" not in out + ended.err
    with zipfile.ZipFile(begun.parent / "b.zip") as backup:
        assert backup.namelist() == ["conversations.db", "tasks.db"]


@contextmanager
def killed_writer(file: Path) -> Iterator[None]:
    """Change a title and leave the files as a program does that is killed just then."""
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE task_relay_tasks SET title = 'in the log'")
        writer.commit()
        yield
