"""What can be handed on to a deputy, in the words of a school: a few actions that belong together."""

from dataclasses import dataclass
from typing import Final

from registry.access.rules import Action, Right
from registry.access.usecases.giving import can_hand_on
from registry.errors import N_


@dataclass(frozen=True, slots=True)
class Bundle:
    """Something that a deputy may do: its words, the action that makes it, and what he must see for it."""

    title: str
    main: Action
    besides: frozenset[Action]

    @property
    def actions(self) -> frozenset[Action]:
        """All actions that go with it."""
        return self.besides | {self.main}


_SEEING: Final = frozenset(
    {Action.PROGRAMME_READ, Action.READINESS_READ, Action.CASE_READ, Action.CASE_ADVANCE}
)
_SUBMISSION: Final = _SEEING | {Action.SUBMISSION_READ}
_PEOPLE: Final = frozenset({Action.PEOPLE_READ, Action.PERSON_READ})

BUNDLES: Final = {
    "sign-off": Bundle(N_("утверждать передачу"), Action.SUBMISSION_SIGN_OFF, _SUBMISSION),
    "resolve": Bundle(
        N_("решать, что делать с неясной отправкой"),
        Action.SUBMISSION_RESOLVE,
        _SUBMISSION | {Action.SUBMISSION_ACKNOWLEDGE},
    ),
    "prepare": Bundle(
        N_("готовить передачу"),
        Action.SUBMISSION_PREPARE,
        _SUBMISSION | {Action.SUBMISSION_ACKNOWLEDGE, Action.PROGRAMME_JOIN},
    ),
    "rosters": Bundle(
        N_("вести списки и данные людей"),
        Action.ROSTER_APPROVE,
        _PEOPLE | {Action.PERSON_EDIT, Action.ROSTER_UPLOAD, Action.CASE_READ, Action.CASE_ADVANCE},
    ),
    "consents": Bundle(
        N_("приглашать родителей и записывать бумажные согласия"),
        Action.PAPER_RECORD,
        _PEOPLE | _SEEING | {Action.INVITE, Action.CONSENT_READ, Action.FORM_PRINT, Action.ACT_INVALIDATE},
    ),
    "papers": Bundle(
        N_("проверять бумажные согласия вторым человеком"),
        Action.PAPER_CHECK,
        _PEOPLE | _SEEING | {Action.CONSENT_READ},
    ),
    "trail": Bundle(N_("смотреть журнал"), Action.TRAIL_READ, frozenset()),
}


def bundles_of(right: Right) -> dict[str, Bundle]:
    """Give what the holder of a role may hand on of it."""
    own = can_hand_on(right)
    return {code: one for code, one in BUNDLES.items() if one.main in own}


def actions_of(right: Right, chosen: list[str]) -> frozenset[Action]:
    """Give the actions of what was chosen, as far as the role itself has them; unknown choices give none."""
    offered = bundles_of(right)
    actions = [offered[code].actions for code in chosen if code in offered]
    return frozenset[Action]().union(*actions) & can_hand_on(right)


def titles_of(right: Right) -> list[str]:
    """Name what a deputy was given."""
    given = right.actions or frozenset()
    return [one.title for one in BUNDLES.values() if one.main in given]
