"""The command `import`: bring in the tasks of a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .... import PROGRAM
from ....errors import InputError
from ...exit_codes import Exit
from ...store_context import open_stores, user_option
from .task_files import IMPORT_NAMES, progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ....tasks.formats import Report


@click.command("import", epilog=f"Example: {PROGRAM} import tasks.json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format", "name", type=click.Choice(IMPORT_NAMES), help="Default: as the file looks."
)
@click.option("--dry-run", is_flag=True, help="Only show what would come in.")
@click.option("--strict", is_flag=True, help="Bring in nothing where one entry is bad.")
@user_option
def import_tasks(
    file: Path, name: str | None, *, dry_run: bool, strict: bool, user: str | None
) -> int:
    """Bring in the tasks of a file; undo takes them back.

    A task that the file has an id for is changed where it is known already. Of the others,
    those that are there already in every field are passed over. A bad entry is left out and
    named.

    Exit codes: 0 brought in, 1 an entry was left out or the file refused, or the database
    failed; 2 wrong usage or setting, or the file can't be read.
    """
    from uuid import uuid4

    from ....settings import DAY_FIRST
    from ....tasks import RequestContext
    from ....tasks.formats import GUESSED, IMPORTED, Reading, Report, recognised

    text, guessed = _text_of(file)
    form = name or recognised(text, file.name)
    if form is None:
        names = ", ".join(IMPORT_NAMES)
        raise InputError(f"{file} has no known ending. Add --format, one of {names}.")
    report = Report()
    if guessed:
        report.told[GUESSED] = 1
    with open_stores(user) as opened:
        day_first = opened.settings.date_order == DAY_FIRST
        request = RequestContext(opened.owner, opened.clock.now(), day_first)
        reading = Reading(request, uuid4, None if strict else report, file.stem)
        tasks = IMPORTED[form](text, reading)
        with progress_bar("Storing", len(tasks)) as advance:
            archive = opened.stores.archive()
            brought = archive.bring_in(
                opened.owner,
                tasks,
                upsert=form == "json",
                tick=advance,
                mend=None if strict else lambda one, why: reading.tell(f'"{one.task.title}" {why}'),
                dry_run=dry_run,
            )
    click.echo(
        f"{brought.added} tasks added, {brought.updated} updated, {brought.skipped} unchanged"
        + (f", {len(report.skipped)} left out." if report.skipped else ".")
        + (" Nothing was stored (--dry-run)." if dry_run else "")
    )
    for line in _told(report):
        click.echo(line, err=True)
    return Exit.FAILED if report.skipped else Exit.ANSWERED


def _told(report: "Report") -> "Iterator[str]":
    """Yield what was left out: each bad entry, and the rest counted."""
    from ....intake import shown

    for entry in report.skipped:
        title = f' "{shown(entry.title)}"' if entry.title else ""
        yield f"Left out, line {entry.line}{title}: {shown(entry.reason)}"
    if report.told:
        counted = (
            what if n == 1 and " " in what else f"{n} {what}" for what, n in report.told.items()
        )
        yield f"Not kept as it is: {shown('; '.join(counted))}."


def _text_of(file: Path) -> tuple[str, bool]:
    from ....tasks.formats import decoded

    try:
        return decoded(file.read_bytes())
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"Line {line} of {file} is no text. Nothing was imported.") from None
    except OSError as error:
        raise InputError(f"{file} can't be read ({error.strerror}).") from None
