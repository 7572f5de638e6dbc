"""Drafts of documents, which two people publish."""

from typing import Any
from uuid import UUID

from flask_babel import gettext

from registry.access.rules import Action
from registry.errors import N_
from registry.programmes import models
from registry.programmes.api.room import room
from registry.programmes.definition.edited import Wording
from registry.programmes.definition.texts import LANGUAGES, LONGEST_TEXT
from registry.programmes.drafts import usecases
from registry.programmes.drafts.rules import Draft
from registry.programmes.drafts.usecases import Looked
from registry.programmes.pages.room import PARTS, kind_of, require_installation, say_problem
from registry.programmes.rules import NoticeKind
from registry.programmes.rules.numbers import Change
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import LINES, Choice, Id, Many, Moment, Pairs, Text, Whole, Within, YesNo
from registry.web.api.tags import matching, require_match, tagged
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, fresh_sign_in
from registry.web.idempotency import once
from registry.work import Work
from registry.workflows.drafts.rules import LONGEST_WHY, DraftState

LONGEST_LINE = 1_000


class WordingTold(Told):
    """The words of one language."""

    text = Text()
    plain = Text()
    purpose = Text()


class NoticeDraftTold(Told):
    """A draft as it stands; nobody signs it."""

    id = Id()
    programme = Text()
    kind = Choice(NoticeKind)
    state = Choice(DraftState)
    revision = Whole()
    words = Pairs(Within(WordingTold), metadata={"description": N_("Слова по языкам")})
    based_on = Id(metadata={"description": N_("Версия программы, с которой его сравнивают")})
    edited_by = Id(allow_none=True)
    edited_at = Moment()
    change = Choice(Change, allow_none=True)
    why = Text(allow_none=True)
    asked_by = Id(allow_none=True)
    asked_at = Moment(allow_none=True)
    number = Text(allow_none=True, metadata={"description": N_("Под каким номером опубликован")})


class WordChangeTold(Told):
    """One change against the version in force."""

    language = Text()
    part = Text()
    before = Text()
    after = Text()


class ItemTold(Told):
    """One item of part 4 of article 9 in one language."""

    language = Text()
    number = Whole()
    lacking = Many(Text(), metadata={"description": N_("Места, которых не хватает")})


class NoticeCheckTold(Told):
    """What the checks find in a draft, and what it would change."""

    fit = YesNo(metadata={"description": N_("Можно ли просить о публикации")})
    findings = Many(Text())
    items = Many(Within(ItemTold))
    differences = Many(Within(WordChangeTold))
    schools = Whole(metadata={"description": N_("Сколько школ перейдёт на новый текст")})


class WordsBody(Body):
    """The words of one language, sound or not."""

    language = Choice(LANGUAGES, required=True)
    text = Text(required=True, most=LONGEST_TEXT, pattern=LINES)
    plain = Text(load_default="", most=LONGEST_TEXT, pattern=LINES)
    purpose = Text(required=True, most=LONGEST_LINE)


class NoticeProposalBody(Body):
    """How much is changed, what, and why."""

    change = Choice(Change, required=True)
    why = Text(required=True, most=LONGEST_WHY)


class SecondBody(Body):
    """The second person's word."""

    agreed = YesNo(required=True)


@room.serves("POST /notices/<programme>/<kind>/drafts", N_("Взять черновик документа"))
@bearer(Action.PROGRAMME_MANAGE)
@once
@room.answers(NoticeDraftTold, 201)
def take_notice_draft(programme: str, kind: str) -> Draft:
    """Begin a draft; a document has one at a time."""
    require_installation()
    with begin_work() as work:
        return usecases.take(work, programme, kind_of(kind))


@room.serves("GET /notice-drafts", N_("Открытые черновики документов"))
@bearer(Action.PROGRAMME_MANAGE)
@room.lists(NoticeDraftTold, key=lambda one: one.id)
def list_notice_drafts() -> list[Draft]:
    """List the open drafts."""
    require_installation()
    with begin_reading() as work:
        return models.open_drafts(work.connection)


@room.serves("GET /notice-drafts/<uuid:draft_id>", N_("Черновик документа"))
@bearer(Action.PROGRAMME_MANAGE)
@tagged
@room.answers(NoticeDraftTold)
def show_notice_draft(draft_id: UUID) -> Draft:
    """Tell of one draft."""
    require_installation()
    with begin_reading() as work:
        return usecases.get(work, draft_id)


@room.serves("GET /notice-drafts/<uuid:draft_id>/check", N_("Проверка черновика документа и отличия"))
@bearer(Action.PROGRAMME_MANAGE)
@room.answers(NoticeCheckTold)
def check_notice_draft(draft_id: UUID) -> dict[str, Any]:
    """Tell what the checks find, and what would change."""
    require_installation()
    with begin_reading() as work:
        return _checked(usecases.look(work, draft_id))


@room.serves("POST /notice-drafts/<uuid:draft_id>/words", N_("Записать слова черновика на одном языке"))
@bearer(Action.PROGRAMME_MANAGE)
@once
@matching
@room.takes(WordsBody)
@room.answers(NoticeDraftTold)
def write_notice_draft(said: dict[str, Any], draft_id: UUID) -> Draft:
    """Keep the words of one language, sound or not; the check tells what is wrong with them."""
    require_installation()
    words = Wording(said["text"], said["plain"], said["purpose"])
    with begin_work() as work:
        return usecases.write(work, draft_id, _seen(work, draft_id), {said["language"]: words})


@room.serves("POST /notice-drafts/<uuid:draft_id>/proposal", N_("Попросить опубликовать документ"))
@fresh_sign_in
@bearer(Action.PROGRAMME_MANAGE)
@once
@matching
@room.takes(NoticeProposalBody)
@room.answers(NoticeDraftTold)
def propose_notice(said: dict[str, Any], draft_id: UUID) -> Draft:
    """Ask for it to be published; a second person has to agree."""
    require_installation()
    with begin_work() as work:
        return usecases.propose(work, draft_id, _seen(work, draft_id), Change(said["change"]), said["why"])


@room.serves("POST /notice-drafts/<uuid:draft_id>/answer", N_("Опубликовать документ или вернуть в черновик"))
@fresh_sign_in
@bearer(Action.PROGRAMME_MANAGE)
@once
@matching
@room.takes(SecondBody)
@room.answers(NoticeDraftTold)
def answer_notice(said: dict[str, Any], draft_id: UUID) -> Draft:
    """Agree to it as the second person, or give it back."""
    require_installation()
    with begin_work() as work:
        seen = _seen(work, draft_id)
        return (usecases.approve if said["agreed"] else usecases.decline)(work, draft_id, seen)


@room.serves("POST /notice-drafts/<uuid:draft_id>/drop", N_("Удалить черновик документа"))
@bearer(Action.PROGRAMME_MANAGE)
@once
@matching
@room.answers(NoticeDraftTold)
def drop_notice_draft(draft_id: UUID) -> Draft:
    """Give a draft up."""
    require_installation()
    with begin_work() as work:
        return usecases.drop(work, draft_id, _seen(work, draft_id))


def _seen(work: Work, draft_id: UUID) -> int:
    """Give the revision that the asker saw, by the tag of his reading."""
    draft = usecases.get(work, draft_id)
    require_match(NoticeDraftTold, draft)
    return draft.revision


def _checked(opened: Looked) -> dict[str, Any]:
    return {
        "fit": opened.fit,
        "findings": [
            f"{one.language}: {say_problem(problem)}" for one in opened.checked for problem in one.problems
        ],
        "items": [
            {"language": one.language, "number": item.number, "lacking": item.lacking}
            for one in opened.checked
            for item in one.items
        ],
        "differences": [
            {
                "language": one.language,
                "part": gettext(PARTS[one.part]),
                "before": one.before,
                "after": one.after,
            }
            for one in opened.differences
        ],
        "schools": opened.schools,
    }
