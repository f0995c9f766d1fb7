"""The command `import`: bring in the tasks of a file."""

from pathlib import Path

import click

from .... import PROGRAM
from ....errors import InputError
from ...exit_codes import Exit
from ...store_context import open_stores, user_option
from .task_files import FORMAT_NAMES, progress_bar


@click.command("import", epilog=f"Example: {PROGRAM} import tasks.json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format", "name", type=click.Choice(FORMAT_NAMES), help="Default: as the file ends."
)
@user_option
def import_tasks(file: Path, name: str | None, user: str | None) -> int:
    """Bring in the tasks of a file, all of them or none; undo takes them back.

    JSON takes the place of tasks with the same UUID. From the others new tasks are made,
    except for those that are there already in every field.

    Exit codes: 0 brought in, 1 something in the file was refused, or the database failed;
    2 wrong usage or setting, or the file can't be read.
    """
    from uuid import uuid4

    from ....settings import DAY_FIRST
    from ....tasks import RequestContext
    from ....tasks.formats import FORMATS, Reading, format_of

    file_format = FORMATS[name] if name else format_of(file.name)
    if file_format is None:
        names = ", ".join(FORMAT_NAMES)
        raise InputError(f"{file} has no known ending. Add --format, one of {names}.")
    text = _text_of(file)
    with open_stores(user) as opened:
        day_first = opened.settings.date_order == DAY_FIRST
        request = RequestContext(opened.owner, opened.clock.now(), day_first)
        tasks = file_format.read(text, Reading(request, uuid4))
        with progress_bar("Storing", len(tasks)) as advance:
            archive = opened.stores.archive()
            brought = archive.bring_in(opened.owner, tasks, upsert=file_format.whole, tick=advance)
    click.echo(
        f"{brought.added} tasks added, {brought.updated} updated, {brought.skipped} unchanged."
    )
    return Exit.ANSWERED


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"Line {line} of {file} is no UTF-8. Nothing was imported.") from None
    except OSError as error:
        raise InputError(f"{file} can't be read ({error.strerror}).") from None
