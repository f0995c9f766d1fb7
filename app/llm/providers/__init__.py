"""The providers: their adapters, the places of the chain, lists and checks of models."""

from .adapter import Client, ProviderAdapter, RemainingQuota
from .model_check import Probed, probe
from .opening import NotOpenedError, open_client, with_variable
from .registry import BreakerKeys, Place, installed_places, places

__all__ = [
    "BreakerKeys",
    "Client",
    "NotOpenedError",
    "Place",
    "Probed",
    "ProviderAdapter",
    "RemainingQuota",
    "installed_places",
    "open_client",
    "places",
    "probe",
    "with_variable",
]
