"""The command `tasks`: a list of tasks as a table or as JSON, without any model."""

import json
from typing import TYPE_CHECKING

import click

from ..output.tables import PLAIN, page_width, show
from ..output.task_pages import WHENS, every_page
from ..store_context import opened, user_option

if TYPE_CHECKING:
    from ...tasks import ListQuery


@click.command(epilog="Example: python -m app tasks week --tag home")
@click.argument(
    "when",
    nargs=-1,
    metavar="[today|overdue|week|upcoming|all]",
    shell_complete=lambda context, parameter, typed: [w for w in WHENS if w.startswith(typed)],
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
@PLAIN
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
    asked = " ".join(when).lower()
    with opened(user) as here:
        wanted: ListQuery = {
            "when": asked,
            "status": filters["status"] or ("all" if asked == "all" else None),
            "text": filters["search"],
            "tag": filters["tag"],
            "project": filters["project"],
        }
        page = every_page(here.stores.tasks(), here.owner, wanted)
        now = here.clock.now().astimezone(here.owner.zone)
    if as_json:
        from ..output.task_json import record

        told = [record(task, page, now) for task in page.tasks]
        click.echo(json.dumps({"tasks": told, "total": page.total}, ensure_ascii=False))
    elif page.tasks:
        from ..output.task_table import table

        show(*table(page, now, page_width()), plain=plain)
    else:
        everything = not asked and not any(filters.values())
        show(_NOTHING if everything else _NO_MATCH, plain=plain)
    return 0


_NOTHING = 'No open tasks. To add one: python -m app add "Buy milk tomorrow #home"'
_NO_MATCH = "No tasks match. All open ones: python -m app tasks"
