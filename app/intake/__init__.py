"""What comes in from outside: how much it may be, and how its characters are shown."""

from .limits import IntakeLimits
from .shown import is_seen, shown, shown_json
from .weight import Weight, weigh

__all__ = ["IntakeLimits", "Weight", "is_seen", "shown", "shown_json", "weigh"]
