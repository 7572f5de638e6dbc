"""Words of accounts at ESIA: states, sources of fields, and how a field stands to ESIA."""

from typing import Final

from registry.errors import N_
from registry.people.esia_match import AccountState, Match
from registry.people.models.persons import Source

STATE_WORDS: Final = {
    AccountState.UNKNOWN: N_("неизвестно"),
    AccountState.NONE: N_("нет учётной записи"),
    AccountState.SIMPLIFIED: N_("упрощённая"),
    AccountState.STANDARD: N_("стандартная"),
    AccountState.CONFIRMED: N_("подтверждённая"),
}
SOURCE_WORDS: Final = {
    Source.ROSTER: N_("из списка"),
    Source.TYPED: N_("вписал сам"),
    Source.STAFF: N_("вписала школа"),
    Source.ESIA: N_("из Госуслуг"),
}
MATCH_WORDS: Final = {
    Match.MATCHES: (N_("совпадает"), "green"),
    Match.DIFFERS: (N_("расходится"), "red"),
    Match.KEPT: (N_("расходится, оставлено как в школе"), "grey"),
    Match.NOT_GIVEN: (N_("Госуслуги не сказали"), "grey"),
    Match.NOT_HELD: (N_("в школе нет"), "orange"),
}
ACCOUNT_WORDS: Final = {
    "account_words": STATE_WORDS,
    "source_words": SOURCE_WORDS,
    "match_words": MATCH_WORDS,
}
