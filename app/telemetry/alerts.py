"""Post an alert to a webhook, in the background and not too often.

The body is a JSON object with a `text`, as Slack, Mattermost and Discord's `/slack` take it.
The webhook's address is a secret: no line of any log has it. So the standard library's
client is used here, because others write each address that they call into the log.
"""

import atexit
import json
import logging
import queue
import threading
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import HTTPException

from ..clock import Clock
from ..errors import DatabaseError
from ..forking import Guard, at_fork
from ..settings import Secret
from .alert_store import AlertStore
from .ending import PATIENCE_S

_log = logging.getLogger("task_relay")

_PAUSES = (1.0, 4.0, 16.0)
"""Seconds before the second, third and fourth try."""
_TIMEOUT = 5.0

Post = Callable[[str, bytes], None]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Take a redirect for a failure: it would be followed by a GET, which posts nothing."""

    def redirect_request(self, *args: object) -> None:
        """Go nowhere."""


def post(url: str, body: bytes) -> None:
    """Post JSON.

    What is answered is not read: a body that never ends would hold the next alert back.

    Args:
        url: Where to.
        body: The JSON text.

    Raises:
        OSError: It can't be delivered, or isn't taken.
        HTTPException: What is answered is no HTTP.
    """
    headers = {"Content-Type": "application/json", "User-Agent": "task-relay"}
    request = urllib.request.Request(url, body, headers, method="POST")
    opener = urllib.request.build_opener(_NoRedirects)
    opener.open(request, timeout=_TIMEOUT).close()


class Alerts:
    """The webhook of this process; without an address nothing happens.

    Args:
        url: Where to post; None for nowhere.
        every: Seconds between two alerts at least, over all processes.
        store: Opens what the processes share; called in a thread of its own.
        clock: Where the time comes from.
        post: Posts a body to an address.
        pause: Waits so many seconds between two tries; an `Event.wait` that the end cuts short
            when None.
    """

    _sender: threading.Thread | None

    def __init__(
        self,
        url: Secret | None,
        every: float,
        store: Callable[[], AlertStore],
        clock: Clock,
        *,
        post: Post = post,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._url = url
        self._every = timedelta(seconds=every)
        self._open_store = store
        self._clock = clock
        self._post = post
        self._given_pause = pause
        self._lock = Guard()
        self._sent_at: datetime | None = None
        self._renew()
        at_fork(self, after_in_child=Alerts._renew)

    def send(self, text: str) -> None:
        """Let an alert be posted soon, unless one just was; nothing waits for it."""
        now = self._clock.now()
        with self._lock:
            last = self._sent_at  # in the future, if the clock was set back
            just = last is not None and last <= now < last + self._every
            if self._url is None or just:
                return
            self._sent_at = now
            if self._sender is None:
                self._ending.clear()
                self._sender = threading.Thread(
                    target=self._run, name="task-relay-alerts", daemon=True
                )
                self._sender.start()
                atexit.register(self.close)
            self._texts.put(text)

    def close(self) -> None:
        """Give what was not posted yet one try, and wait for it a moment."""
        with self._lock:
            sender, self._sender = self._sender, None
        if sender is not None:
            atexit.unregister(self.close)
            self._ending.set()
            self._texts.put(None)
            sender.join(PATIENCE_S)

    def _renew(self) -> None:
        """Begin without a thread; what waits at a fork is posted by the parent."""
        self._ending = threading.Event()
        self._pause = self._given_pause or self._ending.wait
        self._texts: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._sender = None

    def _run(self) -> None:
        while (text := self._texts.get()) is not None:
            if not self._claimed():
                self._forget()  # another process sent one, at a time of its own
            elif not self._delivered(text):
                self._give_back()

    def _delivered(self, text: str) -> bool:
        assert self._url is not None
        body = json.dumps({"text": text}).encode()
        for pause in (*_PAUSES, None):
            try:
                self._post(self._url.reveal(), body)
                return True
            except (OSError, HTTPException, ValueError) as error:
                status = getattr(error, "code", "")
                reason = f"{type(error).__name__} {status}".strip()
            if pause is None or self._ending.is_set():
                break
            self._pause(pause)
        _log.warning("An alert reached nobody: the webhook failed (%s)", reason)
        return False

    def _claimed(self) -> bool:
        """Say whether no other process has sent one; a broken database keeps no alert back."""
        try:
            return self._open_store().claim(self._clock.now(), self._every)
        except DatabaseError:
            return True

    def _forget(self) -> None:
        with self._lock:
            self._sent_at = None

    def _give_back(self) -> None:
        self._forget()
        try:
            self._open_store().give_back()
        except DatabaseError as error:
            _log.debug("The right to alert could not be given back: %s", error)
