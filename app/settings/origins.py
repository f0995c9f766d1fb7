"""Say of every setting what its value is and where it comes from, wrong ones included."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ..errors import SettingsError
from . import sources
from .places import is_numbered
from .providers import PARTS
from .resolution import Resolution
from .secret import MASK, Secret
from .table import Settings, field_of, read_setting
from .values import passwords_in

DEFAULT = "default"
_AUTHORITY = re.compile(r"(?<=://)[^/\s]+")


@dataclass(frozen=True, slots=True)
class Origin:
    """One setting as it stands.

    `value` is for people: keys and passwords are masked, and it is empty where there is none.
    `source` is `environment`, the path of a `.env`, or `default`; `variable` the name under
    which it was given. `wrong` says what is wrong with it.
    """

    name: str
    value: str
    source: str
    variable: str | None = None
    wrong: str = ""


def all_origins(layers: Sequence[sources.Layer], settings: Settings | None) -> list[Origin]:
    """Return every setting in the order of the table, then those of numbered places.

    Args:
        layers: Where settings come from, the nearest first.
        settings: What they are together; None where one of them is wrong.
    """
    origins = []
    for known in dataclasses.fields(Settings):
        if known.metadata["names"]:
            default = getattr(settings, known.name) if settings else known.default
            origins.append(origin_of(layers, known.metadata["names"], default))
    for place in filter(is_numbered, settings.llm_chain if settings else ()):
        numbered = (origin_of(layers, (f"{place}_{part}".upper(),), None) for part in PARTS)
        origins += [one for one in numbered if one.variable or one.name.endswith("_API_KEY")]
    return origins


def origin_of(layers: Sequence[sources.Layer], names: Sequence[str], default: object) -> Origin:
    """Return how one setting stands, which may be given under several names.

    Args:
        layers: Where settings come from, the nearest first.
        names: Its names; the first that is given counts.
        default: What holds where none is given.
    """
    given = Resolution(layers, field_of).find(names)
    if given is None:
        return Origin(names[0], without_password(shown(default)), DEFAULT)
    known, wrong = field_of(given.name), ""
    try:
        value = shown(read_setting(known, given.name, given.text))
    except SettingsError as error:
        value = "" if known.metadata["private"] else given.text
        wrong = str(error)
    return Origin(names[0], without_password(value), given.layer.place, given.name, wrong)


def notes_on(layers: Sequence[sources.Layer]) -> tuple[str, ...]:
    """Return what strange files set, and what of them is left out, also where a value is wrong."""
    found = Resolution(layers, field_of)
    for known in dataclasses.fields(Settings):
        if known.metadata["names"]:
            found.find(known.metadata["names"])
    order = origin_of(layers, ("LLM_CHAIN",), ",".join(Settings().llm_chain))
    chain = () if order.wrong else order.value.split(",")
    list(found.numbered(chain))
    return found.notes(chain)


def setting_names(settings: Settings | None = None) -> list[str]:
    """Return the names of all settings, other spellings and numbered places included."""
    known = dataclasses.fields(Settings)
    names = [name for each in known for name in each.metadata["names"]]
    numbered = filter(is_numbered, settings.llm_chain if settings else ())
    return names + [f"{place}_{part}".upper() for place in numbered for part in PARTS]


def nearest_setting(name: str) -> str | None:
    """Return the setting that a name was probably meant to be."""
    near = get_close_matches(name.upper(), setting_names(), n=1, cutoff=0.7)
    return near[0] if near else None


def misspelt_settings(layers: Sequence[sources.Layer]) -> list[tuple[str, str, str]]:
    """Return what looks like a misspelt setting: the name, its place, and what is near."""
    known = setting_names()
    misspelt = []
    for layer in layers:
        for name in layer.values:
            near = [] if name in known else get_close_matches(name, known, n=1, cutoff=0.9)
            if near and not _is_setting(name):
                misspelt.append((name, layer.place, near[0]))
    return misspelt


def shown(value: object) -> str:
    """Write a value as one would set it; a key is masked."""
    match value:
        case None:
            return ""
        case Secret():
            return value.masked()
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:g}"
        case tuple():
            return ",".join(map(str, value))
        case _:
            return str(value)


def without_password(text: str) -> str:
    """Mask the password in an address, or all before its host."""
    for password in passwords_in(text):
        text = text.replace(password, MASK)
    return _AUTHORITY.sub(_masked, text)


def _masked(authority: re.Match[str]) -> str:
    """Return what stands before a path, its user and password masked where it has both."""
    user, at, host = authority[0].rpartition("@")
    return f"{MASK}{at}{host}" if ":" in user[:-1] and MASK not in user else authority[0]


def load_with_layers(
    environment: Mapping[str, str] | None = None, directory: Path | None = None
) -> tuple[list[sources.Layer], Settings | None]:
    """Return where settings come from, and the settings; None where one is wrong.

    Args:
        environment: Variables by name; the process's own when None.
        directory: Where the first `.env` is looked for; the working directory when None.

    Raises:
        SettingsError: A `.env` can't be read.
    """
    layers = sources.layers(environment, directory)
    try:
        return layers, Settings.load(environment, directory)
    except SettingsError:
        return layers, None


def _is_setting(name: str) -> bool:
    try:
        field_of(name)
    except SettingsError:
        return False
    return True
