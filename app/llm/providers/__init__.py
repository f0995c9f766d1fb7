"""The providers: their adapters, the places of the chain, lists and checks of models."""

from .adapter import Client, ProviderAdapter, RemainingQuota
from .model_check import Probed, probe
from .registry import BreakerKeys, Place, installed_places, places

__all__ = [
    "BreakerKeys",
    "Client",
    "Place",
    "Probed",
    "ProviderAdapter",
    "RemainingQuota",
    "installed_places",
    "places",
    "probe",
]
