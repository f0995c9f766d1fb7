"""Make the fields of the table of settings, and those that each provider brings."""

from collections.abc import Callable, Collection
from dataclasses import field, make_dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .providers import PROVIDERS, Provider
from .values import limits, model_name, secret, whole_number

GivenAs_contra = TypeVar("GivenAs_contra", contravariant=True)
ReadAs_co = TypeVar("ReadAs_co", covariant=True)


class Given(Generic[GivenAs_contra, ReadAs_co]):
    """Tell type checkers what a setting may be given as, and what it is when it is read.

    It is never made: fields are plain ones, whose values the table replaces by what was read.
    """

    def __get__(self, instance: object, owner: object) -> ReadAs_co:
        raise NotImplementedError

    def __set__(self, instance: object, value: GivenAs_contra) -> None:
        raise NotImplementedError


def setting(
    name: str,
    reader: Callable[[object], Any],
    default: object,
    *,
    other_name: str | None = None,
    general: Collection[str] = (),
    common: bool = False,
    together: str = "",
    private: bool = False,
) -> Any:
    """Return a field of the table.

    Args:
        name: The environment variable.
        reader: Makes what is meant out of what was given, or raises `ValueError` with the end
            of the sentence "NAME is "x", but must be ...".
        default: What holds where nothing is given; None is worked out later or stays.
        other_name: A second variable, which counts where the first is missing; of a name that
            is general and one of ours, ours counts first.
        general: Those of the names that other programs use for databases, logs and addresses of
            theirs. They say nothing in the `.env` of a working directory.
        common: Whether other programs use the name for the same thing: there a wrong value of it
            is theirs, and no reason to stop.
        together: How the names of a group begin that says one thing together, such as who may sign
            in: a strange file can't add to what a stronger place says of it.
        private: Whether the value is never shown.
    """
    names = tuple(given for given in (name, other_name) if given)
    table = {"names": names, "read": reader, "private": private}
    table |= {"general": frozenset(general), "common": common, "together": together}
    return field(default=default, metadata=table, repr=not private)


def general_setting(
    name: str, reader: Callable[[object], Any], default: object, *, private: bool = False
) -> Any:
    """Return a field whose name other programs use too, and which has one of our own besides.

    Args:
        name: The general name; ours has `APP_` before it.
        reader: As in `setting`.
        default: As in `setting`.
        private: As in `setting`.
    """
    own = f"APP_{name}"
    return setting(name, reader, default, other_name=own, general=(name,), private=private)


def setting_of_group(
    group: str, part: str, reader: Callable[[object], Any], default: object
) -> Any:
    """Return a field of a group that says one thing together.

    Args:
        group: How its names begin.
        part: How this one goes on.
        reader: As in `setting`.
        default: As in `setting`.
    """
    return setting(f"{group}{part}", reader, default, common=True, together=group)


def provider_fields(row: Provider) -> list[tuple[str, str, Any]]:
    """Return what a provider brings, as `PARTS` has it: name, type in words, and field."""
    name, of = row.name, row.name.upper()
    tokens = whole_number(256, 99_999_999, "a whole number of at least 256")
    second = row.other_key_name
    key = setting(f"{of}_API_KEY", secret, None, other_name=second, common=True, private=True)
    return [
        (f"{name}_api_key", "Key", key),
        (f"{name}_model", "str", setting(f"{of}_MODEL", model_name, row.model, common=True)),
        (
            f"{name}_base_url",
            "str | None",
            setting(f"{of}_BASE_URL", row.read_url, None, common=True),
        ),
        (
            f"{name}_max_input_tokens",
            "int | None",
            setting(f"{of}_MAX_INPUT_TOKENS", tokens, row.max_input_tokens),
        ),
        (f"{name}_limits", "Limits", setting(f"{of}_LIMITS", limits, ())),
    ]


if TYPE_CHECKING:

    class ProviderFields:
        """What the rows bring; type checkers read it in the table."""
else:
    ProviderFields = make_dataclass(
        "ProviderFields",
        [part for row in PROVIDERS.values() for part in provider_fields(row)],
        frozen=True,
        kw_only=True,
    )
