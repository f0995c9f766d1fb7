"""The model chain: who answers, what counts as a failure, and who answers then.

Nothing here knows a task. `build_chain` gives the runnable of the model node, the sentences are
for people, and `failover_log` is for the log.
"""

from . import failover_log
from .attempts import Attempts
from .call import ModelCall
from .chain import ModelChain, build_chain
from .chain_status import ModelState, model_states
from .failures.kinds import CURABLE, PLAIN_WORDS, Kind, ModelCallError
from .guard import MODEL
from .messages.provider_shapes import FAILED, NOTICE, PROVIDER
from .offline import OFFLINE, RAN_COMMAND
from .plan import Plan, ToolSet
from .providers.model_check import Probed, probe
from .providers.registry import Place, places
from .resilience.breaker import Breakers, State, state_of
from .resilience.quota_counters import QuotaBook
from .user_messages import failover_sentence, outage_sentence

__all__ = [
    "CURABLE",
    "FAILED",
    "MODEL",
    "NOTICE",
    "OFFLINE",
    "PLAIN_WORDS",
    "PROVIDER",
    "RAN_COMMAND",
    "Attempts",
    "Breakers",
    "Kind",
    "ModelCall",
    "ModelCallError",
    "ModelChain",
    "ModelState",
    "Place",
    "Plan",
    "Probed",
    "QuotaBook",
    "State",
    "ToolSet",
    "build_chain",
    "failover_log",
    "failover_sentence",
    "model_states",
    "outage_sentence",
    "places",
    "probe",
    "state_of",
]
