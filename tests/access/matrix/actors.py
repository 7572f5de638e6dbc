"""Everybody who may ask: a browser for each role of the matrix, signed in and stepped up."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.access.models import sessions as rows
from registry.access.models.roles import roles_of
from registry.access.models.sessions import Holder
from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.tokens import new_token, token_hash
from registry.access.usecases.sessions import open_session, state_purpose
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.trail.entries import SYSTEM
from registry.work import Work
from tests.access.matrix.tokens import make_token
from tests.access.matrix.world import Branch, Values, World

LETTERS: Mapping[str, tuple[Role, Scope]] = {
    "T": (Role.TUTOR, Scope.CLASS),
    "C": (Role.CLERK, Scope.SCHOOL),
    "D": (Role.DIRECTOR, Scope.SCHOOL),
    "M": (Role.COORDINATOR, Scope.MUNICIPALITY),
    "R": (Role.COORDINATOR, Scope.REGION),
    "P": (Role.OPERATOR, Scope.REGION),
    "O": (Role.OPERATOR, Scope.INSTALLATION),
    "A": (Role.AUDITOR, Scope.MUNICIPALITY),
    "I": (Role.AUDITOR, Scope.INSTALLATION),
    "S": (Role.ADMINISTRATOR, Scope.INSTALLATION),
    "X": (Role.PLATFORM, Scope.INSTALLATION),
}
"""Letters of the table for those who have an account; G is a guardian, U a student, N nobody signed in."""
EVERYBODY = "".join(LETTERS) + "GUN"
STAFF = "".join(LETTERS)
VISITORS = {"G": (Role.GUARDIAN, "9Б"), "U": (Role.STUDENT, "student")}


@dataclass(frozen=True)
class Asker:
    """Somebody at a browser; `own` are values of his own that stand in no table of objects."""

    letter: str
    client: FlaskClient
    token: str
    csrf: str
    user_id: UUID | None = None
    own: Values = field(default_factory=dict)
    bearer: str = ""

    def call(self, method: str, address: str, sent: Mapping[str, Any]) -> TestResponse:
        """Call an operation of the API; cookies go along and must open nothing."""
        key = hashlib.sha256(f"{self.letter} {address}".encode()).hexdigest()
        headers = {"Cookie": f"session={self.token}", "If-Match": "*", "Idempotency-Key": key}
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        return self.client.open(address, method=method, headers=headers, **sent)

    def ask(self, method: str, address: str, said: Mapping[str, object]) -> TestResponse:
        """Send a request, a form with what every form of ours carries."""
        # The cookie goes with each request, whatever an answer before did with it.
        headers = {"Cookie": f"session={self.token}"}
        if method == "GET":
            return self.client.get(address, headers=headers)
        # One address, one key: so that a form is carried out in each cell.
        key = hashlib.sha256(f"{self.letter} {address}".encode()).hexdigest()
        form = {"csrf_token": self.csrf, "idempotency_key": key, **said}
        return self.client.post(address, data=form, headers=headers)


def gather(app: Flask, world: World) -> dict[str, Asker]:
    """Sign everybody in; all of them belong to the world's own school or its branch."""
    found: dict[str, Asker] = {"N": _at_browser(app, "N", new_token())}
    for letter in (*LETTERS, *VISITORS):
        with world.registry.work(SYSTEM) as work:
            holder = _visitor(world, letter) if letter in VISITORS else _staff(work, world, letter)
            token = open_session(work, holder)
            known = rows.find_known(work.connection, token_hash(token), work.today)
            assert known is not None
            rows.mark_stepped_up(work.connection, known.session.id, token_hash(token), work.now)
            if letter in "AI":
                state_purpose(work, known.session, "planned", "приказ № 15")
            bearer = make_token(work, holder.user_id) if holder.user_id else None
            given = roles_of(work.connection, [holder.user_id]) if holder.user_id else []
        own = {"session_id": known.session.id} | ({"token_id": bearer.id} if bearer else {})
        own |= {"own_role_id": given[0].id} if given else {}
        secret = bearer.secret if bearer else ""
        found[letter] = _at_browser(app, letter, token, user_id=holder.user_id, own=own, bearer=secret)
    return found


def purposeless(app: Flask, world: World) -> Asker:
    """Sign an auditor in who has not said for what he reads."""
    with world.registry.work(SYSTEM) as work:
        user = add_user(work, NewUser("auditor-without-purpose", "Проверяющий", "no password fits this"))
        give_role(work, user, Right(Role.AUDITOR, Scope.INSTALLATION))
        token = open_session(work, Holder("password", user))
        bearer = make_token(work, user, purpose=False)
        known = rows.find_known(work.connection, token_hash(token), work.today)
        assert known is not None
        rows.mark_stepped_up(work.connection, known.session.id, token_hash(token), work.now)
    return _at_browser(app, "I", token, user_id=user, bearer=bearer.secret)


def _visitor(world: World, letter: str) -> Holder:
    role, name = VISITORS[letter]
    values, pupil = world.own.signers[name], world.own.pupils["9Б"]
    person = pupil.guardian if role is Role.GUARDIAN else pupil.id
    return Holder("sms-code", None, person, role, values["sitting_id"], world.own.school)


def _staff(work: Work, world: World, letter: str) -> Holder:
    role, scope = LETTERS[letter]
    user = add_user(
        work,
        NewUser(f"{role}-{scope}", f"Сотрудник {role}", Passwords(world.registry.settings).hash("x" * 12)),
    )
    place = place_of(world.own, scope)
    school = world.own.school if scope in {Scope.CLASS, Scope.SCHOOL} else None
    give_role(work, user, Right(role, scope, place, school))
    return Holder("password", user)


def place_of(branch: Branch, scope: Scope) -> UUID | None:
    """Name the place of a role: the tutor's class is 9Б."""
    places: dict[Scope, UUID] = {
        Scope.CLASS: branch.classes["9Б"],
        Scope.SCHOOL: branch.school,
        Scope.MUNICIPALITY: branch.municipality,
        Scope.REGION: branch.region,
    }
    return places.get(scope)


def _at_browser(app: Flask, letter: str, token: str, **more: Any) -> Asker:
    client = app.test_client(use_cookies=False)
    page = client.get("/sign-in", headers={"Cookie": f"session={token}"}).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return Asker(letter, client, token, found[1], **more)
