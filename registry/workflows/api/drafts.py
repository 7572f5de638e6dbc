"""Versions of definitions, and drafts of new ones, which two people publish."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import LINES, Choice, Id, Many, Moment, Text, Whole, Within, YesNo
from registry.web.api.rooms import Room
from registry.web.api.tags import matching, require_match, tagged
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, fresh_sign_in
from registry.web.idempotency import once
from registry.work import Work
from registry.workflows import models, versions
from registry.workflows.definition.parse import LONGEST_FILE
from registry.workflows.drafts import usecases
from registry.workflows.drafts.rules import LONGEST_WHY, Draft, DraftState
from registry.workflows.drafts.usecases import Looked
from registry.workflows.models import Origin, Version
from registry.workflows.pages.drafts import newer_file, require_installation
from registry.workflows.pages.saying import rows_of, say_finding

room = Room("definitions", N_("Описания процессов: версии и черновики"))


class VersionTold(Told):
    """A published version of a definition; new cases begin with the highest."""

    version = Whole()
    digest = Text()
    origin = Choice(Origin)
    shipped = Whole(allow_none=True)
    based_on = Whole(allow_none=True)
    edited_by = Id(allow_none=True)
    approved_by = Id(allow_none=True)
    published_at = Moment()


class DraftTold(Told):
    """A draft as it stands; it cannot run."""

    id = Id()
    definition_id = Text()
    state = Choice(DraftState)
    revision = Whole()
    text = Text()
    based_on = Whole()
    edited_by = Id(allow_none=True)
    edited_at = Moment()
    asked_by = Id(allow_none=True)
    asked_at = Moment(allow_none=True)
    why = Text(allow_none=True)
    version = Whole(allow_none=True, metadata={"description": N_("Под каким номером опубликован")})


class ChangeTold(Told):
    """One change against the version in force, in words."""

    key = Text()
    place = Text()
    part = Text()
    before = Text()
    after = Text()


class CheckTold(Told):
    """What the checks find in a draft, and what it would change."""

    fit = YesNo(metadata={"description": N_("Можно ли просить о публикации")})
    findings = Many(Text())
    differences = Many(Within(ChangeTold))
    running = Whole(metadata={"description": N_("Открытых дел: они идут по своим версиям")})


class TakeBody(Body):
    """Whose text the draft begins with."""

    shipped = YesNo(load_default=False, metadata={"description": N_("Взять новую версию разработчиков")})


class TextBody(Body):
    """The text of a draft, sound or not."""

    text = Text(required=True, most=LONGEST_FILE, pattern=LINES)


class ProposalBody(Body):
    """What is changed, and why."""

    why = Text(required=True, most=LONGEST_WHY)


class AgreementBody(Body):
    """The second person's word."""

    agreed = YesNo(required=True)


@room.serves("GET /processes/<definition_id>/versions", N_("Версии описания процесса"))
@bearer(Action.DEFINITION_MANAGE)
@room.lists(VersionTold, key=lambda one: one.version)
def list_versions(definition_id: str) -> list[Version]:
    """List the versions of a definition."""
    require_installation()
    with begin_reading() as work:
        versions.in_force(work.connection, definition_id)
        return models.versions_of(work.connection, definition_id)


@room.serves("POST /processes/<definition_id>/drafts", N_("Взять черновик"))
@bearer(Action.DEFINITION_MANAGE)
@once
@room.takes(TakeBody)
@room.answers(DraftTold, 201)
def take_draft(said: dict[str, Any], definition_id: str) -> Draft:
    """Begin a draft; a definition has one at a time."""
    require_installation()
    with begin_work() as work:
        newer = newer_file(work, definition_id) if said["shipped"] else None
        return usecases.take(work, definition_id, newer=newer)


@room.serves("GET /process-drafts", N_("Открытые черновики"))
@bearer(Action.DEFINITION_MANAGE)
@room.lists(DraftTold, key=lambda one: one.id)
def list_drafts() -> list[Draft]:
    """List the open drafts."""
    require_installation()
    with begin_reading() as work:
        return models.open_drafts(work.connection)


@room.serves("GET /process-drafts/<uuid:draft_id>", N_("Черновик"))
@bearer(Action.DEFINITION_MANAGE)
@tagged
@room.answers(DraftTold)
def show_draft(draft_id: UUID) -> Draft:
    """Tell of one draft."""
    require_installation()
    with begin_reading() as work:
        return usecases.get(work, draft_id)


@room.serves("GET /process-drafts/<uuid:draft_id>/check", N_("Проверка черновика и отличия"))
@bearer(Action.DEFINITION_MANAGE)
@room.answers(CheckTold)
def check_draft(draft_id: UUID) -> dict[str, Any]:
    """Tell what the checks find, and what would change."""
    require_installation()
    with begin_reading() as work:
        return _checked(usecases.look(work, draft_id))


@room.serves("POST /process-drafts/<uuid:draft_id>/text", N_("Записать текст черновика"))
@bearer(Action.DEFINITION_MANAGE)
@once
@matching
@room.takes(TextBody)
@room.answers(DraftTold)
def write_draft(said: dict[str, Any], draft_id: UUID) -> Draft:
    """Keep a text, sound or not; the check tells what is wrong with it."""
    require_installation()
    with begin_work() as work:
        return usecases.write(work, draft_id, _seen(work, draft_id), said["text"])


@room.serves("POST /process-drafts/<uuid:draft_id>/proposal", N_("Попросить опубликовать"))
@fresh_sign_in
@bearer(Action.DEFINITION_MANAGE)
@once
@matching
@room.takes(ProposalBody)
@room.answers(DraftTold)
def propose(said: dict[str, Any], draft_id: UUID) -> Draft:
    """Ask for it to be published; a second person has to agree."""
    require_installation()
    with begin_work() as work:
        return usecases.propose(work, draft_id, _seen(work, draft_id), said["why"])


@room.serves("POST /process-drafts/<uuid:draft_id>/answer", N_("Опубликовать или вернуть в черновик"))
@fresh_sign_in
@bearer(Action.DEFINITION_MANAGE)
@once
@matching
@room.takes(AgreementBody)
@room.answers(DraftTold)
def answer(said: dict[str, Any], draft_id: UUID) -> Draft:
    """Agree to it as the second person, or give it back."""
    require_installation()
    with begin_work() as work:
        seen = _seen(work, draft_id)
        return (usecases.approve if said["agreed"] else usecases.decline)(work, draft_id, seen)


@room.serves("POST /process-drafts/<uuid:draft_id>/drop", N_("Удалить черновик"))
@bearer(Action.DEFINITION_MANAGE)
@once
@matching
@room.answers(DraftTold)
def drop_draft(draft_id: UUID) -> Draft:
    """Give a draft up."""
    require_installation()
    with begin_work() as work:
        return usecases.drop(work, draft_id, _seen(work, draft_id))


def _seen(work: Work, draft_id: UUID) -> int:
    """The revision that the asker saw, by the tag of his reading."""
    draft = usecases.get(work, draft_id)
    require_match(DraftTold, draft)
    return draft.revision


def _checked(opened: Looked) -> dict[str, Any]:
    return {
        "fit": opened.fit,
        "findings": [say_finding(one) for one in opened.checked.findings],
        "differences": rows_of(opened.differences),
        "running": opened.running,
    }
