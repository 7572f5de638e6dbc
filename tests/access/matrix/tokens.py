"""Tokens of machines for the matrix: for all actions, used lately, with the password just given."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from registry.access.models import api_tokens
from registry.access.models.api_tokens import Token
from registry.access.rules import Action
from registry.access.tokens import new_token, token_hash
from registry.trail.purposes import Purpose
from registry.work import Work


@dataclass(frozen=True)
class Made:
    """A token and its secret."""

    id: UUID
    secret: str


def make_token(work: Work, user: UUID, *, purpose: bool = True) -> Made:
    """Make a token for all that somebody may do; an auditor's states a purpose unless it is told not to."""
    secret = new_token()
    token_id, until = work.new_id(), work.now + timedelta(days=1)
    token = Token(token_id, "rgst_test", "test", user, frozenset(Action), work.now, until)
    api_tokens.add_token(work.connection, token, token_hash(secret))
    api_tokens.mark_stepped_up(work.connection, token_id, work.now)
    api_tokens.touch(work.connection, token_id, work.now)
    if purpose:
        stated = Purpose(work.new_id(), "planned", "приказ № 15")
        api_tokens.set_purpose(work.connection, token_id, stated, work.now)
    return Made(token_id, secret)
