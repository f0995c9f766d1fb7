"""Hold a secret so that nothing prints it by accident."""

MASK = "********"
_SHOWS_ITS_END = 20
"""Letters from which on a key is told apart by its last four."""


class Secret:
    """A key or password that shows itself only to `reveal()`.

    Args:
        value: The secret.
        whole: Whether even its end says too much, as with an address.
    """

    __slots__ = ("_value", "_whole")

    def __init__(self, value: str, *, whole: bool = False) -> None:
        self._value = value
        self._whole = whole

    def reveal(self) -> str:
        """Return the secret itself: for the client that needs it, and for redaction."""
        return self._value

    def masked(self) -> str:
        """Return what a person may see of it: of a long key the last four letters."""
        shows_end = len(self._value) >= _SHOWS_ITS_END and not self._whole
        return f"{MASK}{self._value[-4:] if shows_end else ''}"

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __deepcopy__(self, memo: dict[int, object]) -> "Secret":
        return self

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a Secret is never stored or sent")
