"""Which number stands for a thread: the same in every process and version."""

from pathlib import Path

from app.conversations import open_turn_locks
from app.conversations.locks.lock_ids import lock_id_of
from app.settings import Settings


def test_number_of_a_thread_never_changes() -> None:
    assert lock_id_of("ann:main") == 0xF7BEAF75EADA002F
    assert 0 <= lock_id_of("é") < 2**64


def test_two_holders_of_one_process_share_the_locks(tmp_path: Path) -> None:
    one, other = (open_turn_locks(Settings(data_dir=tmp_path)) for _ in range(2))
    assert one.take("t")
    assert not other.take("t")
    other.give_back("t")  # not its own
    assert not other.take("t")
    one.give_back("t")
    assert other.take("t")
    other.close()


def test_closing_gives_back_what_is_held_and_nothing_else(tmp_path: Path) -> None:
    one, other = (open_turn_locks(Settings(data_dir=tmp_path)) for _ in range(2))
    assert [one.take(key) for key in ("a", "b")] == [True, True]
    assert other.take("c")
    one.close()
    assert [other.take(key) for key in ("a", "b", "c")] == [True, True, False]
    other.close()
