"""A second virtual environment, in which pip installs and uninstalls our wheel for real."""

import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import child_environment

_SEEN = "packages_of_the_first_environment.pth"


class SecondEnvironment:
    """A virtual environment that sees the packages of the one the tests run in, but not ours.

    Args:
        place: The directory that it is made in.
    """

    def __init__(self, place: Path) -> None:
        venv.create(place / "venv", symlinks=True, with_pip=False)
        self.python = place / "venv" / "bin" / "python"
        self.directory = place / "project"
        self.directory.mkdir()
        (self.packages,) = (place / "venv" / "lib").glob("*/site-packages")
        self._seen = self.packages / _SEEN

    def install(self, *wheels: Path) -> None:
        """Install wheels with pip, which sees this environment alone meanwhile."""
        self._pip("install", "--no-index", "--no-deps", "--no-compile", *map(str, wheels))

    def uninstall(self, name: str) -> None:
        """Uninstall a package with pip, which sees this environment alone meanwhile."""
        self._pip("uninstall", "--yes", name)

    def run(self, *command: str, **environment: str) -> str:
        """Run a program of this environment, and return what it printed.

        Args:
            command: The program's name in the environment, and its arguments.
            environment: Variables to add.
        """
        program = str(self.python.parent / command[0])
        return self._run([program, *command[1:]], environment)

    def _pip(self, *arguments: str) -> None:
        self._seen.unlink(missing_ok=True)
        self._run([sys.executable, "-m", "pip", "--python", str(self.python), *arguments], {})
        self.packages.mkdir(exist_ok=True)  # pip removes the directory that it emptied
        self._seen.write_text("".join(f"{path}\n" for path in sys.path if "-packages" in path))

    def _run(self, command: list[str], environment: Mapping[str, str]) -> str:
        inherited = child_environment(PIP_DISABLE_PIP_VERSION_CHECK="1", **environment)
        del inherited["PYTHONPATH"]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=self.directory,
            env=inherited,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def wheel_of(place: Path, name: str, files: Mapping[str, str]) -> Path:
    """Write the wheel of another program.

    Args:
        place: The directory to write it in.
        name: What the program is called.
        files: By their paths in the wheel, what its files hold.
    """
    info = f"{name}-1.0.dist-info"
    all_files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*all_files, f"{info}/RECORD"])
    wheel = place / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in [*all_files.items(), (f"{info}/RECORD", record)]:
            archive.writestr(path, text)
    return wheel
