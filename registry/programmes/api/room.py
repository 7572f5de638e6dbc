"""The chapter of documents in the API."""

from registry.errors import N_
from registry.web.api.rooms import Room

room = Room("notices", N_("Тексты согласий: версии и черновики"))
