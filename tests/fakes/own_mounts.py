"""A process whose mounts are its own, so that a test may fill a disk or make it read-only.

usage: `-m tests.fakes.own_mounts SCRIPT [ARGUMENT ...]` in the warm process. The script is the
shell's; `$PYTHON` there runs `-m MODULE ...` or `-c CODE ...` in a fork of this process.
"""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fakes.warm import Server, write_python

_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000


def main() -> int:
    """Run the script; return its exit code."""
    _unshare()
    place = Path(tempfile.mkdtemp(prefix="task-relay-mounts-"))
    python = write_python(place)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(place / "warm"))
    listener.listen()
    waits, ends = os.pipe()
    server = os.fork()
    if server == 0:
        os.close(ends)
        os.dup2(waits, 0)
        Server(listener).serve()
        return 0
    os.close(waits)
    listener.close()
    script = ["sh", "-c", sys.argv[1], "sh", *sys.argv[2:]]
    try:
        return subprocess.call(script, env={**os.environ, "PYTHON": str(python)})
    finally:
        os.close(ends)
        os.waitpid(server, 0)
        shutil.rmtree(place)


def _unshare() -> None:
    """Get mounts of our own, and be root among them, as `unshare --mount --map-root-user` does."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_USER | _NEW_MOUNTS):
        raise OSError(ctypes.get_errno(), "The system gives no mounts of one's own")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"0 {user} 1"),
        ("gid_map", f"0 {group} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


if __name__ == "__main__":
    sys.exit(main())
