"""The model chain: who answers, what counts as a failure, and who answers then.

Nothing here knows a task. `build_chain` gives the runnable of the model node; `report`
words are for people, `narration` is for the log.
"""

from app.llm import narration
from app.llm.attempts import MODEL
from app.llm.breaker import Breakers
from app.llm.call import ModelCall
from app.llm.chain import ModelChain, build_chain
from app.llm.history import FAILED, NOTICE, PROVIDER
from app.llm.kinds import Kind, ModelCallError
from app.llm.offline import OFFLINE, RAN_COMMAND
from app.llm.outage import failover_sentence, outage_sentence
from app.llm.quota_book import QuotaBook
from app.llm.trail import Attempt, Trail

__all__ = [
    "FAILED",
    "MODEL",
    "NOTICE",
    "OFFLINE",
    "PROVIDER",
    "RAN_COMMAND",
    "Attempt",
    "Breakers",
    "Kind",
    "ModelCall",
    "ModelCallError",
    "ModelChain",
    "QuotaBook",
    "Trail",
    "build_chain",
    "failover_sentence",
    "narration",
    "outage_sentence",
]
