"""What may be set: the table of settings, where values come from, and how each is read.

Each file is loaded when one of its names is first used, since much that starts fast needs only
a leaf such as a private file or a user id.
"""

from typing import TYPE_CHECKING

from .. import lazy_names

if TYPE_CHECKING:
    from .env_file import remove_line, set_line
    from .failure_kinds import GOES_OVER, FailureKind, FailureKindRow, Scope, Waiting
    from .identity import (
        BACKEND,
        NOBODY,
        clean_thread_id,
        clean_user_id,
        field_of_user,
        is_uuid,
        signed_in_user,
    )
    from .origins import (
        DEFAULT,
        Origin,
        all_origins,
        load_with_layers,
        misspelt_settings,
        nearest_setting,
        notes_on,
        origin_of,
        setting_names,
        without_password,
    )
    from .places import PlaceSettings, provider_of
    from .private_files import open_private, private_directory, private_file, replace_file
    from .providers import PROVIDERS, Provider
    from .secret import Secret
    from .sources import ENVIRONMENT, Layer, Trust, layers
    from .table import Settings, field_of, read_setting
    from .values import (
        DAY_FIRST,
        HUMAN,
        JSON,
        Limit,
        Price,
        Window,
        is_loopback,
        is_postgresql,
        next_midnight,
        zone_name,
    )

__all__ = [
    "BACKEND",
    "DAY_FIRST",
    "DEFAULT",
    "ENVIRONMENT",
    "GOES_OVER",
    "HUMAN",
    "JSON",
    "NOBODY",
    "PROVIDERS",
    "FailureKind",
    "FailureKindRow",
    "Layer",
    "Limit",
    "Origin",
    "PlaceSettings",
    "Price",
    "Provider",
    "Scope",
    "Secret",
    "Settings",
    "Trust",
    "Waiting",
    "Window",
    "all_origins",
    "clean_thread_id",
    "clean_user_id",
    "field_of",
    "field_of_user",
    "is_loopback",
    "is_postgresql",
    "is_uuid",
    "layers",
    "load_with_layers",
    "misspelt_settings",
    "nearest_setting",
    "next_midnight",
    "notes_on",
    "open_private",
    "origin_of",
    "private_directory",
    "private_file",
    "provider_of",
    "read_setting",
    "remove_line",
    "replace_file",
    "set_line",
    "setting_names",
    "signed_in_user",
    "without_password",
    "zone_name",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "env_file": ("remove_line", "set_line"),
            "failure_kinds": ("GOES_OVER", "FailureKind", "FailureKindRow", "Scope", "Waiting"),
            "identity": (
                *("BACKEND", "NOBODY", "clean_thread_id", "clean_user_id", "field_of_user"),
                *("is_uuid", "signed_in_user"),
            ),
            "origins": (
                *("DEFAULT", "Origin", "all_origins", "load_with_layers", "misspelt_settings"),
                *("nearest_setting", "notes_on", "origin_of", "setting_names"),
                "without_password",
            ),
            "places": ("PlaceSettings", "provider_of"),
            "private_files": (
                *("open_private", "private_directory", "private_file", "replace_file"),
            ),
            "providers": ("PROVIDERS", "Provider"),
            "secret": ("Secret",),
            "sources": ("ENVIRONMENT", "Layer", "Trust", "layers"),
            "table": ("Settings", "field_of", "read_setting"),
            "values": (
                *("DAY_FIRST", "HUMAN", "JSON", "Limit", "Price", "Window", "is_loopback"),
                *("is_postgresql", "next_midnight", "zone_name"),
            ),
        },
    )
