"""Say which of the values that are given counts, and keep keys from addresses of weaker places.

A `.env` of a working directory may be a stranger's: a cloned project's, an unpacked archive's.
What it says of ours counts, but it can't send a key somewhere that came from a stronger place, nor
move a database, a log or an address by a name that its own program uses.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import Field, dataclass
from typing import Any
from urllib.parse import parse_qs

from ..errors import SettingsError
from .places import is_numbered, provider_of
from .providers import PARTS, Provider
from .sources import ENVIRONMENT, Layer, Trust
from .values import database_url, has_password, is_postgresql, split

_ADDRESS = "_BASE_URL"
_PASSWORDS = ("PGPASSWORD", "PGSERVICE")
_BORROWS = ("service", "servicefile", "passfile", "gssdelegation")
"""What in an address of PostgreSQL brings a password, or a ticket, that stands elsewhere."""
_NO_VALUE = "because of a value that can't be used"

FieldOf = Callable[[str], "Field[Any]"]


@dataclass(frozen=True, slots=True)
class Value:
    """What is given for a setting: under which name, and where."""

    name: str
    text: str
    layer: Layer


class Resolution:
    """What counts of what is given, and what is left out and why.

    Args:
        layers: Where settings come from, the nearest first.
        field_of: Returns the field of the table that a name belongs to.
    """

    def __init__(self, layers: Sequence[Layer], field_of: FieldOf) -> None:
        self._layers = layers
        self._field_of = field_of
        self._used: dict[str, dict[str, None]] = {layer.place: {} for layer in layers}
        self._left_out: dict[str, dict[str, dict[str, None]]] = {
            layer.place: {} for layer in layers
        }

    def find(self, names: Sequence[str]) -> Value | None:
        """Return what counts for one setting, which may be given under several names.

        Args:
            names: Its names; the first that is given counts, a general one last.
        """
        value = self._first(names, names[0].removesuffix(_ADDRESS).lower())
        if value is not None:
            self._used[value.layer.place][value.name] = None
        return value

    def numbered(self, chain: Sequence[str]) -> Iterator[tuple[str, str | None]]:
        """Yield what counts for places such as `groq2`, by the name of the setting.

        None stands for an address that `groq` has and `groq2` may not have, because its key
        comes from a stronger place.

        Args:
            chain: The places of the model chain.
        """
        for place in filter(is_numbered, chain):
            for part in PARTS:
                name = f"{place}_{part}".upper()
                if (value := self.find((name,))) is not None:
                    yield name, value.text
                elif name.endswith(_ADDRESS):
                    shared = (f"{_provider(place).name}{_ADDRESS}".upper(),)
                    mine = self._first(shared, place)
                    if mine != self.find(shared):
                        yield name, mine.text if mine else None

    def doubt(self, group: str) -> str:
        """Return why what a strange file says of a group of settings can't be meant; or nothing.

        Args:
            group: How their names begin.
        """
        for place, reasons in self._left_out.items():
            for name in reasons.get(_NO_VALUE, ()):
                if name.startswith(group):
                    return (
                        f"{name} in {place} has a value that can't be used; mend it or take it out."
                    )
        return ""

    def notes(self, chain: Sequence[str]) -> tuple[str, ...]:
        """Return a line for each strange file: what it sets, and what of it is left out and why.

        Args:
            chain: The places of the model chain; what is set for others changes nothing.
        """
        asked = {_provider(place).name for place in chain}
        return tuple(
            line
            for layer in self._layers
            if layer.trust < Trust.OWN and (line := self._note(layer, asked))
        )

    def _note(self, layer: Layer, asked: set[str]) -> str:
        sets = [name for name in self._used[layer.place] if self._matters(name, asked)]
        out = self._left_out[layer.place]
        if layer.trust is not Trust.STRANGE:
            sets = []
        told = f"{layer.place} sets {_listed(sets)}." if sets else ""
        if out:
            reasons = "; ".join(f"{_listed(list(names))}, {why}" for why, names in out.items())
            told += (
                f" Left out of it: {reasons}." if told else f"Left out of {layer.place}: {reasons}."
            )
        return told

    def _matters(self, name: str, asked: set[str]) -> bool:
        provider = provider_of(name.lower().partition("_")[0])
        return provider is None or provider.name in asked

    def _first(self, names: Sequence[str], place: str) -> Value | None:
        for value in self._given(names):
            why = self._why_left_out(value, place)
            if why is None:
                return value
            self._left_out[value.layer.place].setdefault(why, {})[value.name] = None
        return None

    def _given(self, names: Sequence[str]) -> Iterator[Value]:
        general = self._field_of(names[0]).metadata["general"]
        for name in sorted(names, key=lambda name: name in general):
            for layer in self._layers:
                if text := layer.values.get(name, "").strip():
                    yield Value(name, text, layer)

    def _why_left_out(self, value: Value, place: str) -> str | None:
        """Return why a value doesn't count; None where it does."""
        field, trust = self._field_of(value.name), value.layer.trust
        if trust is Trust.OWN:
            return None
        if trust is Trust.STRANGE:
            if value.name in field.metadata["general"]:
                return "which other programs use too: there a name counts that begins with APP_"
            if field.metadata["common"] and _is_wrong(field, value.text):
                return _NO_VALUE
        if field.metadata["together"]:
            secret = self._said_by_a_stronger(field.metadata["together"], trust)
        elif value.name.endswith(_ADDRESS):
            secret = self._sent_to(place)
        elif field.name == "database_url":
            secret = self._password_for(value.text)
        else:
            return None
        if secret is None or secret.layer.trust <= trust:
            return None
        where = secret.layer.place
        return f"because {secret.name} comes from {'the ' * (where == ENVIRONMENT)}{where}"

    def _said_by_a_stronger(self, group: str, trust: Trust) -> Value | None:
        """Return what a stronger place says of what a group of settings says together."""
        return next(
            (
                Value(name, text, layer)
                for layer in self._layers
                for name, text in layer.values.items()
                if layer.trust > trust and text.strip() and self._is_of(group, name)
            ),
            None,
        )

    def _is_of(self, group: str, name: str) -> bool:
        try:
            return name.startswith(group) and bool(self._field_of(name))
        except SettingsError:
            return False

    def _sent_to(self, place: str) -> Value | None:
        """Return the key that goes to an address, or what has the place asked without one."""
        provider = _provider(place)
        name = f"{place}_API_KEY".upper()
        second = () if is_numbered(place) else (provider.other_key_name,)
        key = self._first([one for one in (name, *second) if one], place)
        if key is not None or (provider.needs_key and not provider.speaks_for_others):
            return key
        chain = self._first(("LLM_CHAIN",), "")
        return chain if chain and place in split(chain.text) else None

    def _password_for(self, database: str) -> Value | None:
        """Return the password of the person's that a database's address would be sent."""
        try:
            url = database_url(database)
        except ValueError:
            return None
        if has_password(url) or not is_postgresql(url):
            return None
        given, said = self._layers[0], parse_qs(url.partition("?")[2])
        theirs = [Value(name, "", given) for name in _PASSWORDS if given.values.get(name)]
        theirs += [Value(name, "", Layer("another file", {})) for name in _BORROWS if name in said]
        return next(iter(theirs), None)


def _provider(place: str) -> Provider:
    provider = provider_of(place)
    assert provider is not None, f"{place} is no place"
    return provider


def _is_wrong(field: "Field[Any]", text: str) -> bool:
    try:
        field.metadata["read"](text)
    except ValueError:
        return True
    return False


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
