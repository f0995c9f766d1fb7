"""Tell a person what of their message the model that answered was not shown."""

from collections.abc import Callable, Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from .attachments import attachments_in
from .framing import CUT


def with_unseen(
    answer: AIMessage,
    conversation: Sequence[BaseMessage],
    shaped: Callable[[], Sequence[BaseMessage]],
    label: str,
) -> AIMessage:
    """Return an answer with the line, as a mark, about attachments that its model was not shown.

    Args:
        answer: The answer; one that calls tools stays as it is.
        conversation: What there was to send; its last message of a person counts.
        shaped: Makes of it what was sent; asked if there was more than words.
        label: The model's provider, for a person.
    """
    given = attachments_in(_last_of_person(conversation))
    if not given or answer.tool_calls:
        return answer
    unseen = given - attachments_in(_last_of_person(shaped()))
    if not unseen:
        return answer
    what = "the attachment" if given == 1 else f"{unseen} of {given} attachments"
    lines = [
        answer.response_metadata.get(CUT),
        f"({label} was not shown {what}: it can't read it.)",
    ]
    marked = {CUT: "\n\n".join(line for line in lines if line)}
    return answer.model_copy(update={"response_metadata": answer.response_metadata | marked})


def _last_of_person(messages: Sequence[BaseMessage]) -> BaseMessage:
    said = (each for each in reversed(messages) if isinstance(each, HumanMessage))
    return next(said, HumanMessage(""))
