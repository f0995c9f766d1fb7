"""Open conversations where the settings say: beside the tasks in PostgreSQL, else in a file."""

from ...database import missing_extra
from ...settings import Settings, is_postgresql
from ..storage_errors import translated
from .pruning import ConversationSaver
from .sqlite_saver import open_sqlite_conversations


def open_conversations(settings: Settings) -> ConversationSaver:
    """Open the conversations; what holds them is made where it is missing.

    Raises:
        DatabaseError: They can't be opened.
    """
    saver = _opened(settings)
    saver.told = lambda: translated(settings)
    return saver


def _opened(settings: Settings) -> ConversationSaver:
    if not is_postgresql(settings.database_url):
        return open_sqlite_conversations(settings.data_dir, settings.keep_checkpoints)
    try:
        from .postgresql_saver import open_postgresql_conversations
    except ImportError as error:
        raise missing_extra() from error
    with translated(settings):
        return open_postgresql_conversations(settings)
