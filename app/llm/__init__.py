"""The model chain: who answers, what counts as a failure, and who answers then.

Nothing here knows a task. `build_chain` gives the runnable of the model node; `report`
words are for people, `narration` is for the log.
"""

from app.llm import narration
from app.llm.attempts import MODEL
from app.llm.breaker import Breakers, State, state_of
from app.llm.call import ModelCall
from app.llm.chain import ModelChain, build_chain
from app.llm.history import FAILED, NOTICE, PROVIDER
from app.llm.kinds import CURABLE, PLAIN_WORDS, Kind, ModelCallError
from app.llm.offline import OFFLINE, RAN_COMMAND
from app.llm.outage import failover_sentence, outage_sentence
from app.llm.probe import Probed, probe
from app.llm.providers import Entry, places
from app.llm.quota_book import QuotaBook
from app.llm.states import ModelState, model_states
from app.llm.trail import Attempt, Trail

__all__ = [
    "CURABLE",
    "FAILED",
    "MODEL",
    "NOTICE",
    "OFFLINE",
    "PLAIN_WORDS",
    "PROVIDER",
    "RAN_COMMAND",
    "Attempt",
    "Breakers",
    "Entry",
    "Kind",
    "ModelCall",
    "ModelCallError",
    "ModelChain",
    "ModelState",
    "Probed",
    "QuotaBook",
    "State",
    "Trail",
    "build_chain",
    "failover_sentence",
    "model_states",
    "narration",
    "outage_sentence",
    "places",
    "probe",
    "state_of",
]
