"""Turn the bytes of a file into text."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GUESSED = "the file is no UTF-8, so it was read as Windows-1252"


def decoded(data: bytes) -> tuple[str, bool]:
    """Return a file's text, and whether its encoding was only guessed.

    A byte order mark decides; else it is UTF-8, and where it is none, Windows-1252.

    Raises:
        UnicodeDecodeError: It is no text, such as a picture.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding), False
    try:
        return data.decode(), False
    except UnicodeDecodeError:
        return data.decode("cp1252"), True
