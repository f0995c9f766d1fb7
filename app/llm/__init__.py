"""The model chain: who answers, what counts as a failure, and who answers then.

Nothing here knows a task. `build_chain` gives the runnable of the model node, the sentences are
for people, and `failover_log` is for the log.
"""

from ..settings import FailureKind
from . import failover_log
from .answers import MODEL
from .attempts import Attempts, ledger_entries
from .call import ModelCall
from .chain import ModelChain, build_chain
from .chain_status import PlaceStatus, place_statuses
from .chat_model import ChainModel, Engine, NoAnswerError
from .declarations import ToolSet
from .failures import ModelCallError
from .messages import BLOCKED, CUT, DECLINED_BY, FAILED, NOTICE, PROVIDER, attachments_in
from .offline import OFFLINE, RAN_COMMAND
from .plan import Plan
from .providers import Place, Probed, places, probe
from .resilience import Breakers, BreakerState, QuotaCounters, breaker_state
from .user_messages import failover_sentence, outage_sentence

__all__ = [
    "BLOCKED",
    "CUT",
    "DECLINED_BY",
    "FAILED",
    "MODEL",
    "NOTICE",
    "OFFLINE",
    "PROVIDER",
    "RAN_COMMAND",
    "Attempts",
    "BreakerState",
    "Breakers",
    "ChainModel",
    "Engine",
    "FailureKind",
    "ModelCall",
    "ModelCallError",
    "ModelChain",
    "NoAnswerError",
    "Place",
    "PlaceStatus",
    "Plan",
    "Probed",
    "QuotaCounters",
    "ToolSet",
    "attachments_in",
    "breaker_state",
    "build_chain",
    "failover_log",
    "failover_sentence",
    "ledger_entries",
    "outage_sentence",
    "place_statuses",
    "places",
    "probe",
]
