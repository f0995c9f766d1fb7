"""Read the values of settings: each reader takes what was given and returns what it means.

A reader raises `ValueError` with the end of the sentence "NAME is "x", but must be ...".
"""

from .addresses import (
    is_loopback,
    key_set_url,
    origins,
    url_with_path,
    url_without_openai_path,
    url_without_path,
    webhook,
)
from .database_url import database_url, has_password, is_postgresql, passwords_in
from .limits import Limit, Window, limits, next_midnight
from .numbers import seconds, whole_number
from .prices import Price, prices
from .words import (
    DAY_FIRST,
    HUMAN,
    JSON,
    LOG_LEVELS,
    MONTH_FIRST,
    model_name,
    one_line,
    one_of,
    path,
    secret,
    some_of,
    split,
    switch,
    user_id,
    zone_name,
)

__all__ = [
    "DAY_FIRST",
    "HUMAN",
    "JSON",
    "LOG_LEVELS",
    "MONTH_FIRST",
    "Limit",
    "Price",
    "Window",
    "database_url",
    "has_password",
    "is_loopback",
    "is_postgresql",
    "key_set_url",
    "limits",
    "model_name",
    "next_midnight",
    "one_line",
    "one_of",
    "origins",
    "passwords_in",
    "path",
    "prices",
    "seconds",
    "secret",
    "some_of",
    "split",
    "switch",
    "url_with_path",
    "url_without_openai_path",
    "url_without_path",
    "user_id",
    "webhook",
    "whole_number",
    "zone_name",
]
