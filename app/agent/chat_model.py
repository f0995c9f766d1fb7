"""Wire the chat model for other people's programs to the process's container."""

from ..llm import ChainModel
from ..runtime import Container, opened_container, shared_container


class ChatRelay(ChainModel):
    """A chat model whose answers come from the first model of the chain that gives one.

    It goes where a LangChain chat model goes: `create_agent(model=ChatRelay(), tools=[...])`,
    `bind_tools`, `with_structured_output`, `stream`, `batch`. A call is one run; which models were
    asked, and why those before failed, stands in the answer's `response_metadata["attempts"]`.
    Breakers, quotas and the ledger are the process's own, shared with the graph.

    `ChatRelay()` takes the settings of the environment, `ChatRelay(settings=Settings(...))` those
    and nothing of the environment. Making one opens nothing.

    Before the first piece of an answer was handed on, the next model answers. After it `stream`
    and `astream` raise, since nobody can join two halves; `invoke` and `ainvoke` give one whole
    answer.

    Raises:
        SettingsError: A setting is wrong.
        NoAnswerError: At a call: no model gave a whole answer; it names each, and why.
    """

    def _engine(self) -> Container:
        return shared_container(self.settings)

    def _opened_engine(self) -> Container | None:
        return opened_container(self.settings)
