"""Read the phrases by which Todoist repeats."""

import re

_DAY_OF_MONTH = re.compile(r"every (\d{1,2})(?:st|nd|rd|th)")


def repetition(phrase: str) -> tuple[str, bool]:
    """Return a phrase as ours say it, and whether it counts from completion (`every!`)."""
    words = " ".join(phrase.lower().split())
    from_completion = words.startswith(("every!", "after "))
    words = words.replace("every!", "every", 1)
    words = re.sub(r"^(?:after|ev) ", "every ", words)
    words = _DAY_OF_MONTH.sub(r"monthly on the \g<0>", words).replace("the every ", "the ")
    return words, from_completion


def repeats(phrase: str) -> bool:
    """Say whether a phrase repeats."""
    return (
        phrase.strip()
        .lower()
        .startswith(("every", "ev ", "after ", "daily", "weekly", "monthly", "yearly"))
    )
