"""Read a stored checkpoint as data: nothing that it names is imported, but for a list of types."""

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer


def data_serializer() -> JsonPlusSerializer:
    """Return LangGraph's serializer in its strict mode, whatever the environment says.

    It knows messages, LangGraph's own types and the plain ones of Python, which is all that our
    graph keeps. Left to itself it would import and call whatever a stored row names; a row may come
    from a backup or from a database that others write to. It reads no pickles.
    """
    return JsonPlusSerializer(allowed_msgpack_modules=None, pickle_fallback=False)
