import stat
from pathlib import Path

import pytest

from app.settings.private_files import replace_file


def test_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    replace_file(file, ["a", "b"])
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("ab", 0o600)
    with pytest.raises(UnicodeEncodeError):
        replace_file(file, ["c", "\ud800"])
    assert file.read_text() == "ab"
    assert list(tmp_path.iterdir()) == [file]
