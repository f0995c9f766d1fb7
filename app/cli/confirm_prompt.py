"""Ask a person for their word on a change; silence is no."""

from collections.abc import Callable

_QUESTION = "Do it? y/n, or say what to do instead: "
_YES, _NO = ("y", "yes"), ("", "n", "no")


def ask(prompt: Callable[[str], str]) -> bool | str:
    """Return whether it is approved; any other text than yes or no declines, as the reason.

    Args:
        prompt: Shows a text and returns the line that is typed.
    """
    try:
        said = prompt(_QUESTION).strip()
    except (KeyboardInterrupt, EOFError):
        return False
    if said.lower() in _YES:
        return True
    return False if said.lower() in _NO else said
