"""States of things that the matrix does not need and pages show: what differs, waits, failed, came back."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import update

from registry.access.models.sessions import Holder, find_known
from registry.access.models.users import account_of
from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.tokens import token_hash
from registry.access.usecases.links import make_link
from registry.access.usecases.sessions import open_session
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.asking import ask
from registry.keys.models import keys
from registry.keys.rules import State
from registry.people.usecases.places import SchoolSaid, add_school
from registry.programmes import usecases as programmes
from registry.programmes.drafts import usecases as notices
from registry.programmes.rules import NoticeKind
from registry.programmes.rules.numbers import Change
from registry.submissions.models import exchange
from registry.submissions.models.records import Submission
from registry.submissions.models.records import get as get_submission
from registry.trail.entries import SYSTEM, Actor
from registry.work import Work
from registry.workflows.drafts import usecases as definitions
from tests.access.matrix.actors import Asker
from tests.access.matrix.world import World
from tests.consents.conftest import MESH, C, Town, add_family, confirm_everything
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Office
from tests.submissions import way
from tests.submissions.school import School
from tests.web.browsers import PASSWORD, Browser
from tests.web.factors import Phone

OPERATOR = Actor("staff", UUID(int=501), "operator", "password")
COLLEAGUE = Actor("staff", UUID(int=502), "operator", "password")
FIRST_STATE = re.compile(r'(\[states\.\w+\]\ntitle = \{ ru = ")')
Newcomers = dict[str, tuple[Asker, tuple[str, ...]]]


def add_states(world: World) -> None:
    """Add them all to the own school and to the installation."""
    _add_undoable_list(world)
    _add_conflict(world)
    _add_drafts(world)
    _add_exchange(world)
    with world.registry.work(SYSTEM) as work:
        held = world.own.values["9Б"]["key_id"]
        work.connection.execute(
            update(keys).where(keys.c.id == held).values(state=State.ACTIVE.value, asked=None)
        )


def _add_undoable_list(world: World) -> None:
    row = [*CLEAN]
    row[5] = row[6] = row[7] = row[13] = row[14] = row[15] = None
    Office(world.registry, world.own.school).approve(book(**{"6Б": [HEADER, row]}))


def _add_conflict(world: World) -> None:
    """Let two guardians of one child decide differently."""
    town = Town(world.registry, world.own.school)
    add_family(town, "child", date(2008, 5, 20), ["mother", "father"])
    with town.work() as work:
        ask(work, town.school, MESH)
    confirm_everything(town)
    for name, kind in (("mother", ActKind.GIVEN), ("father", ActKind.REFUSED)):
        town.give(name, NoticeKind.CODE_AGREEMENT)
        town.say(name, town.read(name, C, "child"), kind)


def _add_drafts(world: World) -> None:
    """Let a draft of each sort be ready to be asked for, another wait, a third be published."""
    registry = world.registry
    for number, name in enumerate(("key-expiry", "class-collection", "destruction")):
        with registry.work(OPERATOR) as work:
            draft = definitions.take(work, name)
            text = FIRST_STATE.sub(r"\1Сейчас: ", draft.text, count=1)
            draft = definitions.write(work, draft.id, draft.revision, text)
            if number:
                draft = definitions.propose(work, draft.id, draft.revision, "так удобнее школам")
        if number > 1:
            with registry.work(COLLEAGUE) as work:
                definitions.approve(work, draft.id, draft.revision)
    for number, kind in enumerate((NoticeKind.STUDENT_SELF, NoticeKind.STUDENT_BY_GUARDIAN)):
        with registry.work(OPERATOR) as work:
            taken = notices.take(work, MESH, kind)
            held = notices.look(work, taken.id).draft.words["ru"]
            words = replace(held, text=held.text.replace("иных целей", "каких-либо иных целей"))
            taken = notices.write(work, taken.id, taken.revision, {"ru": words})
            if number:
                notices.propose(work, taken.id, taken.revision, Change.MAJOR, "понятнее семьям")


def _add_exchange(world: World) -> None:
    """Write down attempts, and what the platform asks to mend."""
    values = world.own.values["9Б"]
    with world.registry.work(SYSTEM) as work:
        held = get_submission(work.connection, values["submission_id"])
        for hours, outcome, detail in ((5, "failed", "HTTP 503"), (3, "unknown", "timeout"), (1, None, "")):
            _attempt(work, held, timedelta(hours=hours), (outcome, detail))
        task = {
            "id": work.new_id(),
            "school_id": world.own.school,
            "submission_id": held.id,
            "student_id": values["student_id"],
            "class_name": "9Б",
            "code": "snils-unknown",
            "text": "СНИЛС не найден в реестре платформы",
            "given_at": work.now,
            "done_at": None,
        }
        exchange.add_tasks(work.connection, [task])


def _attempt(work: Work, held: Submission, ago: timedelta, end: tuple[str | None, str]) -> None:
    attempt = work.new_id()
    message = replace(held, message_id=held.message_id or work.new_id())
    exchange.begin_attempt(work.connection, attempt, message, work.now - ago, "https")
    if end[0]:
        exchange.end_attempt(work.connection, attempt, work.now - ago, end[0], end[1])


def newcomers(app: Flask, world: World, askers: Mapping[str, Asker]) -> Newcomers:
    """Give those who come in with a link or half signed in, and where each of them begins."""
    own, signer = world.own.values["9Б"], world.own.signers["9Б"]
    link = f"/i/{own['token']}"
    letter = _password_link(world)
    half = _half_signed_in(app, world, askers["N"])
    in_force = f"/decide/documents/{signer['consent_id']}/in-force"
    return {
        "N": (askers["N"], ("/sign-in", link, f"{link}/code", f"/verify/{own['mark']}", letter)),
        "H": (half, ("/sign-in/code",)),
        "D": (askers["D"], ("/step-up?next=/",)),
        "E": _director_of_ready_school(world, askers["D"]),
        "G": (askers["G"], ("/decide/code", in_force)),
    }


def _employ(work: Work, login: str, right: Right) -> UUID:
    user = add_user(work, NewUser(login, "Сотрудница с Именем", Passwords(work.settings).hash(PASSWORD)))
    give_role(work, user, right)
    return user


def _password_link(world: World) -> str:
    with world.registry.work(SYSTEM) as work:
        user = _employ(work, "newcomer", Right(Role.OPERATOR, Scope.INSTALLATION))
        account = account_of(work.connection, user)
        assert account
        return "/password/" + make_link(work, account).rpartition("/")[2]


def _half_signed_in(app: Flask, world: World, stranger: Asker) -> Asker:
    """Let somebody set a second factor up, and come again with the password alone."""
    with world.registry.work(SYSTEM) as work:
        user = _employ(work, "careful", Right(Role.OPERATOR, Scope.INSTALLATION))
    browser = Browser(app.test_client())
    browser.sign_in("careful")
    phone = Phone(world.registry, user)
    phone.step_up(browser)
    phone.set_up(browser)
    again = browser.another()
    again.sign_in("careful")
    cookie = again.client.get_cookie("session")
    assert cookie
    return Asker("H", stranger.client, cookie.value, "")


def _director_of_ready_school(world: World, director: Asker) -> tuple[Asker, tuple[str, ...]]:
    """Let a school have everybody's decision, and its director be asked to sign off."""
    registry = world.registry
    with registry.work(SYSTEM) as work:
        said = SchoolSaid(world.own.municipality, "2777", "Гимназия № 77", "МБОУ гимназия № 77", "Мира, 7")
        said = replace(said, inn="1234567894")
        school_id = add_school(work, said).id
        programmes.join(work, school_id, MESH)
        user = _employ(work, "ready", Right(Role.DIRECTOR, Scope.SCHOOL, school_id, school_id))
        token = open_session(work, Holder("password", user))
        known = find_known(work.connection, token_hash(token), work.today)
    # The numbers of people go by how many there are: those of the other family are passed over.
    others = {f"{number}": world.own.school for number in range(3)}
    town = Town(registry, school_id, others)
    add_family(town, "pupil", date(2008, 5, 20), ["parent"])
    town.people = {name: one for name, one in town.people.items() if not name.isdecimal()}
    with town.work() as work:
        ask(work, school_id, MESH)
    confirm_everything(town)
    for document in ((NoticeKind.CODE_AGREEMENT,), (C, "pupil"), (NoticeKind.GUARDIAN_SELF, "pupil")):
        town.give("parent", *document)
    hands = Actor("staff", UUID(int=503), "clerk", "password", school_id)
    prepared = way.prepare(School(registry, school_id, hands, hands))
    assert known
    return Asker("E", director.client, token, "", user), (f"/submissions/{prepared.id}",)
