"""Judge a failure by the type of its exception, where no provider spoke.

httpx and its fork share their class names.
"""

from ...settings import FailureKind
from .error_body import causes


def broke_off(exception: BaseException) -> bool:
    """Say whether the connection failed, and not what came over it."""
    errors = causes(exception)
    return any(isinstance(one, OSError) or "TransportError" in _names(one) for one in errors)


def kind_of_transport(exception: BaseException, began: bool) -> FailureKind:
    """Return what kind of failure an exception is.

    Args:
        exception: What was raised; its causes are looked at too.
        began: Whether the stream had delivered something before.
    """
    for error in causes(exception):
        names = _names(error)
        if isinstance(error, TimeoutError) or names & {"TimeoutException", "APITimeoutError"}:
            return FailureKind.TIMEOUT
        if "RemoteProtocolError" in names and "without sending a response" not in str(error):
            return FailureKind.MALFORMED_RESPONSE  # the body broke off, though no chunk was whole
        if isinstance(error, OSError) or "TransportError" in names:
            return FailureKind.MALFORMED_RESPONSE if began else FailureKind.CONNECTION
    if "APIConnectionError" in _names(exception):
        return FailureKind.CONNECTION
    return FailureKind.MALFORMED_RESPONSE


def _names(error: BaseException) -> set[str]:
    return {base.__name__ for base in type(error).__mro__}
