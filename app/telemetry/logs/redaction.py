"""Take secrets and ids that providers echo out of any text."""

import re
from collections.abc import Iterable

_MARK = "[redacted]"
_PATTERNS = (
    re.compile(r"AIza[\w-]{20,}"),
    re.compile(r"\b(?:gsk|sk|org|proj)_[A-Za-z0-9_-]{6,}"),
    re.compile(r"\buser_01[a-z0-9]{6,}"),  # Groq's; a host's own `user_...` names its people
    re.compile(r"\bsk-[A-Za-z0-9_-]{8,}"),
    re.compile(r"(?<=api_key:)[^\s'\",}]+"),
    re.compile(r"(?<=projects/)[\w-]+"),
    re.compile(r"(?<=project_number:)\d+"),
    re.compile(r"(?<=\bproject )\d{5,}"),
    re.compile(r"(?<=[?&]project=)[\w-]+"),
    re.compile(r"(?<=[Bb]earer )[\w.~+/=-]+"),
    re.compile(r"(?<=[?&]key=)[^&\s'\"]+"),
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without keys, organisation and project ids, and passwords in URLs.

    Args:
        text: A log line, an error's text, a provider's sentence.
        secrets: Keys in use, which are taken out wherever they stand.
    """
    for secret in secrets:
        text = text.replace(secret, _MARK)
    for pattern in _PATTERNS:
        text = pattern.sub(_MARK, text)
    return text
