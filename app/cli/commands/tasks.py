"""The command `tasks`: a list of tasks as a table or as JSON, without any model."""

from typing import TYPE_CHECKING

import click

from ... import PROGRAM
from ...intake import shown_json
from ..exit_codes import Exit
from ..output import LIST_WORDS, every_page, page_width, plain_option, show
from ..store_context import open_stores, user_option

if TYPE_CHECKING:
    from ...tasks import ListQuery


@click.command(epilog=f"Example: {PROGRAM} tasks week --tag home")
@click.argument(
    "when",
    nargs=-1,
    metavar="[today|overdue|week|upcoming|all]",
    shell_complete=lambda context, parameter, typed: [
        word for word in LIST_WORDS if word.startswith(typed)
    ],
)
@click.option("--tag", help="Only tasks with this tag.")
@click.option("--project", help="Only tasks of this project; none for those without one.")
@click.option("--search", metavar="WORDS", help="Only tasks whose title or notes have the words.")
@click.option(
    "--status",
    type=click.Choice(("open", "done", "deleted", "all")),
    help="Where they stand; all is open and done. Default: open.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@plain_option
@user_option
def tasks(
    when: tuple[str, ...], user: str | None, as_json: bool, plain: bool, **filters: str | None
) -> int:
    """Show tasks, the most urgent first.

    Without a word all open tasks, with `all` the done ones too. Besides the words named
    above it takes days and spans, such as `friday`, `next month` or `2026-03-01..friday`.

    Exit codes: 0 shown, also where the list is empty; 1 a filter was not understood, or the
    database failed; 2 wrong usage or setting.
    """
    period = " ".join(when).lower()
    with open_stores(user, reading=True) as opened:
        wanted: ListQuery = {
            "when": period,
            "status": filters["status"] or ("all" if period == "all" else None),
            "text": filters["search"],
            "tag": filters["tag"],
            "project": filters["project"],
        }
        page = every_page(opened.stores.tasks(), opened.owner, wanted)
        now = opened.clock.now().astimezone(opened.owner.zone)
    if as_json:
        from ..output import task_record

        records = [task_record(task, page, now) for task in page.tasks]
        click.echo(shown_json({"tasks": records, "total": page.total}))
    elif page.tasks:
        from ..output import tasks_table

        show(*tasks_table(page, now, page_width()), plain=plain)
    else:
        everything = not period and not any(filters.values())
        late = f"{page.overdue} overdue: {PROGRAM} tasks overdue\n" if page.overdue else ""
        show(f"{late}{_NO_TASKS if everything else _NO_MATCH}", plain=plain)
    return Exit.ANSWERED


_NO_TASKS = f'No open tasks. To add one: {PROGRAM} add "Buy milk tomorrow #home"'
_NO_MATCH = f"No tasks match. All open ones: {PROGRAM} tasks"
