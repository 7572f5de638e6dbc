"""The chapter of the engine in the API."""

from registry.errors import N_
from registry.web.api.rooms import Room

room = Room("workflows", N_("Процессы и дела"))
