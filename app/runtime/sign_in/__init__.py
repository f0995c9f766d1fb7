"""Who may use a server: the people of `AUTH_TOKENS`, and those of an identity provider.

Each file is loaded when one of its names is first used: the command that makes a token needs no
keys and no network.
"""

from typing import TYPE_CHECKING

from ... import lazy_names

if TYPE_CHECKING:
    from .sign_in import SignIn
    from .token_file import TokenFile, add_token, make_token, token_line

__all__ = ["SignIn", "TokenFile", "add_token", "make_token", "token_line"]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "sign_in": ("SignIn",),
            "token_file": ("TokenFile", "add_token", "make_token", "token_line"),
        },
    )
