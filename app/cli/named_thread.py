"""Find a thread by the name that a person gives."""

from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from ..conversations import Transcript


def key_of_thread(transcript: "Transcript", user_id: str, name: str) -> str:
    """Return the checkpoint key of a user's thread.

    Args:
        transcript: Knows the threads.
        user_id: Whose thread.
        name: What they call it.

    Raises:
        InputError: There is none of that name.
    """
    key = transcript.key_of(user_id, name)
    if key is None:
        names = ", ".join(known.name for known in transcript.threads(user_id))
        raise InputError(f'There is no thread "{name}"; there is {names or "none"}.')
    return key
