"""Hold the one tree of errors that people may see.

    TaskRelayError            exit code 1
    |-- SettingsError         2   a setting has a wrong value
    |-- InputError            2   a message, user, thread or zone can't be used
    |-- DatabaseError         1   the store is missing, locked, full or broken
    |-- ThreadOwnerError      1   a thread of another user
    |-- SignInError           1   a server doesn't know who asks
    `-- TaskRefusal           1   the domain says no; the model may read it

Each error's text is one sentence that says what is wrong and what to do. Failures of
model providers live in `app.llm`, because they derive from LangChain's own errors.
"""


class TaskRelayError(RuntimeError):
    """Say what went wrong in a sentence for the person who can mend it.

    It is a RuntimeError because LangGraph's server shows people the text of some types only.
    """

    exit_code = 1


class SettingsError(TaskRelayError):
    """Name a setting, its value, and what is allowed."""

    exit_code = 2


class InputError(TaskRelayError):
    """Refuse a message, a user id, a thread id or a time zone."""

    exit_code = 2


class DatabaseError(TaskRelayError):
    """Report a database that can't be opened, read or written."""


class ThreadOwnerError(TaskRelayError):
    """Refuse a thread that another user began."""


class SignInError(TaskRelayError):
    """Refuse a request to a server whose sender isn't known, or may not do that."""


class TaskRefusal(TaskRelayError):
    """Refuse a task operation; the text tells model and person what to send instead."""
