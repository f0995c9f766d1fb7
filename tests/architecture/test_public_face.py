import subprocess
import sys
from pathlib import Path

import pytest

import app
from tests.conftest import child_environment


def test_every_name_of_the_face_is_there() -> None:
    for name in app.__all__:
        assert getattr(app, name).__module__.startswith("app.")
    assert set(app.__all__) <= set(dir(app))
    with pytest.raises(AttributeError, match="nonsense"):
        _ = app.nonsense  # type: ignore[attr-defined]


def test_importing_app_loads_nothing_heavy_and_touches_no_file(tmp_path: Path) -> None:
    heavy = "langchain langgraph langchain_core pydantic sqlalchemy click rich dotenv httpx"
    code = f"import sys, app; print([m for m in {heavy.split()} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=child_environment(APP_DATA_DIR=str(tmp_path / "data")),
        check=True,
        timeout=30,
    )
    assert done.stdout == "[]\n"
    assert list(tmp_path.iterdir()) == []
