"""The commands on models: `/model` and `/retry`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ....errors import InputError
from ..session import ChatSession
from .command import AfterCommand, SlashCommand

if TYPE_CHECKING:
    from ....llm import PlaceStatus


def _model(session: ChatSession, argument: str) -> AfterCommand:
    if argument:
        _choose(session, argument.lower())
    else:
        _show(session, session.runner.run(_states(session)))
    return AfterCommand.ASK


def _choose(session: ChatSession, name: str) -> None:
    if name in ("usual", "auto", "default"):
        session.ask_first = None
        session.output.say("From now on the chain is asked in its usual order.", "dim")
        return
    names = session.models
    if name not in names:
        known = ", ".join(names) or "no model"
        raise InputError(f'There is no "{name}" in the model chain; it has {known}.')
    session.ask_first = name
    session.output.say(f"From now on {name} is asked first.", "dim")


async def _states(session: ChatSession) -> "tuple[PlaceStatus, ...]":
    return await (await session.loading.agent()).models()


def _show(session: ChatSession, states: "tuple[PlaceStatus, ...]") -> None:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for _ in range(3):
        table.add_column(overflow="fold")
    first = session.ask_first or (session.models or [""])[0]
    for state in states:
        until = f"{state.until.astimezone(session.zone):%H:%M:%S}" if state.until else ""
        words = {"closed": "ready", "half-open": f"tried next ({state.kind})"}
        status = words.get(state.state.value, f"spared until {until} ({state.kind})")
        mark = "*" if state.provider == first else " "
        table.add_row(f"{mark} {state.provider}", state.model, status)
    for model in session.settings.places:
        if not model.usable:
            table.add_row(f"  {model.name}", model.model, f"no {model.key_name}")
    session.output.print(table)
    last = session.last
    if last is not None and last.provider:
        answered = f"{last.provider} {last.model or ''}".strip()
        session.output.say(f"The last answer came from {answered}.", "dim")


def _retry(session: ChatSession, argument: str) -> AfterCommand:
    return AfterCommand.ANSWER_AGAIN


def _names(session: ChatSession) -> Iterable[str]:
    return [*session.models, "usual"]


COMMANDS = (
    SlashCommand("/model", "[NAME]", "how models stand; ask NAME first", _model, _names),
    SlashCommand("/retry", "", "answer the last message again", _retry),
)
