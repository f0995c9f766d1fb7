"""Open conversations where the settings say: beside the tasks in PostgreSQL, else in a file."""

from app.conversations.failures import translated
from app.conversations.pruning import ConversationSaver
from app.conversations.sqlite import open_sqlite_conversations
from app.database import missing_extra
from app.database_url import is_postgresql
from app.settings import Settings


def open_conversations(settings: Settings) -> ConversationSaver:
    """Open the conversations; what holds them is made where it is missing.

    Raises:
        DatabaseError: They can't be opened.
    """
    if not is_postgresql(settings.database_url):
        return open_sqlite_conversations(settings.data_dir, settings.keep_checkpoints)
    try:
        from app.conversations.postgresql import open_postgresql_conversations
    except ImportError as error:
        raise missing_extra() from error
    with translated(settings):
        return open_postgresql_conversations(settings.database_url, settings.keep_checkpoints)
