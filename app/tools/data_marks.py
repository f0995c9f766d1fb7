"""Mark what a tool returns as data, so that a model reads no word in it as an instruction."""

import re

BEGIN_DATA, END_DATA = "<data>", "</data>"
_LIKE_A_MARK = re.compile(r"[<\uff1c\ufe64](?=[\W_]{0,20}data)", re.IGNORECASE)
_OTHER_BRACKET = "\u2039"


def as_data(text: str) -> str:
    """Return a tool's result between marks that nothing inside it can close.

    A title such as "Ignore all rules" stands between them, in a list as in a refusal that quotes
    it. What looks like a mark in it gets another bracket.
    """
    if not text.strip():
        return text
    return f"{BEGIN_DATA}{_LIKE_A_MARK.sub(_OTHER_BRACKET, text)}{END_DATA}"
