"""What people and worker do in a small school, from an uploaded list to the platform's answers.

Everybody is persistent: a step looks at what stands before it does anything, as people look at the page again
after an error. So a stage that was struck is told by running it once more.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from registry.app import load_names
from registry.cli import setting_up
from registry.config import Settings
from registry.consents.clock import write_due
from registry.consents.models.acts import acts_of_people, get_act
from registry.consents.models.moment import Where
from registry.consents.models.signatures import act_signatures
from registry.consents.models.tables import acts, codes, sittings
from registry.consents.rules.acts import ActKind, Standing
from registry.consents.usecases import inviting, online, paper, presenting, visiting
from registry.consents.usecases.asking import ask
from registry.consents.usecases.clicking import Said
from registry.consents.usecases.own_data import Told, people_of, save_own_data
from registry.consents.usecases.paper import Paper
from registry.consents.usecases.sitting import Desk, Task, desk_of
from registry.jobs.names import ticks
from registry.jobs.worker import keep_due_promises
from registry.keys.data_keys import rotate
from registry.people.contacts import ContactKind
from registry.people.models import batches
from registry.people.models.batches import BatchState
from registry.people.models.tables import schools
from registry.people.rosters.reader import read_workbook
from registry.people.usecases import rosters
from registry.people.usecases.corrections import correct_field
from registry.people.usecases.places import SchoolSaid, add_municipality, add_region, add_school
from registry.people.usecases.reviewing import RosterFile, read_roster, show_review
from registry.programmes import usecases as programmes
from registry.programmes.rules import NoticeKind
from registry.proofs.clock import seal_new
from registry.proofs.exports.places import site_of
from registry.proofs.exports.rules import Span, Wanted
from registry.proofs.exports.usecases import order_export
from registry.proofs.models.export_tables import document_exports
from registry.proofs.usecases.attaching import attach, candidates_of, examine
from registry.storage import data_keys
from registry.storage.outbox import promises
from registry.submissions import usecases as submissions
from registry.submissions.models import records
from registry.trail.entries import SYSTEM, Actor
from registry.trail.publisher import tend
from registry.work import Work
from registry.workflows import versions
from tests.crash import papers
from tests.crash.town import PROGRAMME, NotYetError, Stage, Town
from tests.documents.signatures import by_streebog, detached
from tests.people.books import HEADER, book

load_names()

TERMINAL = Actor("system", None, "operator", "terminal")
ROSTER = [
    ("Примерова", "Анна", "112-233-445 95", "Ольга", "003-003-003 36"),
    ("Образцов", "Пётр", "087-654-303 00", "Инна", "004-004-004 48"),
    ("Пробников", "Олег", "123-123-123 84", "Юлия", "005-005-005 60"),
]
PASSPORT = "паспорт 0801 № 123456, выдан 12.03.2010 ОВД Центрального района г. Хабаровска"
CERTIFICATE = "свидетельство о рождении I-ДВ № 654321, выдано 01.06.2009 ЗАГС г. Хабаровска"
NEW_PHONE = "+79149999999"
MONTH_LATER = timedelta(days=40)


def work_on(town: Town) -> None:
    """Keep promises until none is due, then do once what goes by the clock."""
    while keep_due_promises(town.registry):
        pass
    for one in ticks():
        one.run(town.registry)


def found(town: Town) -> None:
    if town.rows(schools):
        return
    with town.registry.work(SYSTEM) as work:
        programmes.publish(work)
        versions.publish(work, versions.shipped())
        place = add_municipality(work, add_region(work, "27", "Хабаровский край").id, "Хабаровск")
        said = SchoolSaid(place.id, "17", "Школа № 17", "МБОУ СОШ № 17", "г. Хабаровск", inn="1234567894")
        programmes.join(work, add_school(work, said).id, PROGRAMME)


def _book(*rows: tuple[str, str, str, str, str]) -> bytes:
    return book(
        **{
            "5А": [
                HEADER,
                *(
                    [
                        *(number, last, first, None, date(2009, 5, 31), snils, *_reach(snils)),
                        *(last, guardian, None, "мать", date(1985, 1, 2), of_guardian, *_reach(of_guardian)),
                    ]
                    for number, (last, first, snils, guardian, of_guardian) in enumerate(rows, 1)
                ),
            ]
        }
    )


def _reach(snils: str) -> tuple[str, str]:
    digits = re.sub(r"\D", "", snils)
    return f"+79{digits[:9]}", f"p{digits}@example.org"


def upload(number: int, data: bytes, town: Town) -> None:
    with town.registry.reading(town.clerk) as work:
        listed = batches.list_batches(work.connection, town.school)
    if len(listed) >= number:
        return
    with town.registry.reading(town.clerk) as work:
        read = read_roster(work, town.school, RosterFile(data, read_workbook(data)))
    with town.registry.work(town.clerk) as work:
        rosters.upload(work, town.school, read)


def approve(town: Town) -> None:
    with town.registry.reading(town.clerk) as work:
        first = batches.list_batches(work.connection, town.school)[-1]
        if first.state is not BatchState.REVIEW:
            return
        mark = show_review(work, town.school, first.id).mark
    with town.registry.work(town.clerk) as work:
        rosters.approve(work, town.school, first.id, mark)


def ask_all(town: Town) -> None:
    with town.registry.work(town.clerk) as work:
        ask(work, town.school, PROGRAMME)


def invite(town: Town) -> None:
    promised = [one for one in town.rows(promises) if one["job"] == inviting.SEND_INVITATIONS]
    if not promised:
        with town.registry.work(town.clerk) as work:
            inviting.invite(work, town.school, PROGRAMME)


def visit(town: Town) -> None:
    """Open the link, ask for a code, read it, enter it."""
    if town.rows(sittings):
        return
    signer = town.guardian("Анна")
    assert signer.email
    assert signer.phone
    token = _found(r"/i/(\S+)", town.letters(signer.email.value))
    if not town.rows(codes):
        with town.registry.work(SYSTEM) as work:
            visiting.start(work, visiting.look_at_link(work, token), ContactKind.PHONE)
    work_on(town)
    code = _found(r"\b(\d{6})\b", town.letters(signer.phone.value))
    with town.registry.work(SYSTEM) as work:
        found = visiting.look_at_link(work, token)
        guess = visiting.guess_code(work, found, code)
    if guess.code is not None:
        with town.registry.work(SYSTEM) as work:
            visiting.sit_down(work, found, guess.code)


def _found(pattern: str, texts: Iterable[str]) -> str:
    for text in texts:
        match = re.search(pattern, text)
        if match:
            return match[1]
    raise NotYetError(pattern)


def sign(town: Town) -> None:
    """Anna's mother fills in what is missing and gives all three consents, online."""
    sitting = town.rows(sittings)[0]
    signer = Actor("guardian", sitting["signer_id"], "guardian", "sms-code", town.school)
    with town.registry.work(signer) as work:
        desk = desk_of(work, sitting["id"])
        _fill_in(work, desk)
    order = (NoticeKind.CODE_AGREEMENT, NoticeKind.STUDENT_BY_GUARDIAN, NoticeKind.GUARDIAN_SELF)
    tasks = sorted(desk.tasks, key=lambda task: order.index(task.consent.notice))
    for task in tasks:
        if task.standing is not Standing.GIVEN:
            _decide(town, signer, task, ActKind.GIVEN)


def _fill_in(work: Work, desk: Desk) -> None:
    for person in people_of(work, desk).values():
        own = person.id == desk.signer.id
        if person.identity_document is not None:
            continue
        authority = {one.student.id: CERTIFICATE for one in desk.families} if own else {}
        values = {"address": "г. Хабаровск, ул. Ленина, д. 1", "identity_document": PASSPORT}
        assert not save_own_data(work, desk, person.id, Told(values, authority, vouches=True))


def _decide(town: Town, signer: Actor, task: Task, kind: ActKind) -> None:
    where = Where(town.school, town.rows(sittings)[0]["id"], task.consent.id)
    if kind is ActKind.GIVEN:
        with town.registry.work(signer) as work:
            where = presenting.present(work, where, "ru").where
    with town.registry.work(signer) as work:
        online.record_online_act(work, where, Said(kind, typed_name="Примерова Ольга", insists=True))


def enter_paper(student: str, notice: NoticeKind, kind: ActKind, town: Town) -> None:
    family = town.families()[student]
    guardian, child = family.guardians[0].person.id, family.student.id
    with town.registry.reading(town.clerk) as work:
        held = acts_of_people(work.connection, town.school, PROGRAMME, {guardian})
    if any(one.notice is notice and one.kind is kind for one in held):
        return
    states = [(person, contact) for person in (guardian, child) for contact in ContactKind]
    said = Paper(town.school, PROGRAMME, child, guardian, notice, kind, date(2020, 11, 2), "дело 1, лист 2")
    with town.registry.work(town.clerk) as work:
        paper.record_paper_act(work, replace(said, states=tuple(states)))


def prepare(town: Town) -> None:
    if _state(town) in {None, "collecting", "ready"}:
        with town.registry.work(town.clerk) as work:
            submissions.prepare_school(work, town.school, PROGRAMME)


def sign_off(town: Town) -> None:
    if _state(town) == "prepared":
        with town.registry.work(town.director) as work:
            one = records.of_school(work.connection, town.school, PROGRAMME)[0]
            submissions.sign_off(work, one.id, str(one.manifest_sha256))


def _state(town: Town) -> str | None:
    with town.registry.reading(SYSTEM) as work:
        held = records.of_school(work.connection, town.school, PROGRAMME)
    return held[0].state if held else None


def withdraw(town: Town) -> None:
    sitting = town.rows(sittings)[0]
    signer = Actor("guardian", sitting["signer_id"], "guardian", "sms-code", town.school)
    with town.registry.reading(signer) as work:
        tasks = desk_of(work, sitting["id"]).tasks
    task = next(one for one in tasks if one.consent.notice is NoticeKind.STUDENT_BY_GUARDIAN)
    if task.standing is Standing.GIVEN:
        _decide(town, signer, task, ActKind.WITHDRAWN)


def send_receipts(town: Town) -> None:
    """Let everybody have been quiet long enough for his receipts to be written to him."""
    write_due(town.registry, town.registry.now())


def seal_documents(town: Town) -> None:
    """Publish what was decided, and seal its documents."""
    tend(town.registry.engine, town.registry.trail, town.registry.now())
    seal_new(town.registry)


def attach_signature(town: Town) -> None:
    """Attach the file of a qualified signature, which nobody here can verify, to an act on paper."""
    if town.rows(act_signatures):
        return
    entered = next(one for one in town.rows(acts) if one["means"] == "paper")
    with town.registry.reading(town.clerk) as work:
        act = get_act(work.connection, town.school, entered["id"])
        candidates = candidates_of(work, act)
    examined = examine(town.registry.settings, detached(b"a paper", change=by_streebog), candidates)
    with town.registry.work(town.clerk) as work:
        attach(work, act, examined)


def export_documents(town: Town) -> None:
    """Order the documents of the school; the worker packs them."""
    if not town.rows(document_exports):
        wanted = Wanted(PROGRAMME, bundles=True, receiver="Архив", reason="planned", basis="№ 1")
        with town.registry.work(TERMINAL) as work:
            order_export(work, wanted, site_of(work, Span.SCHOOL, town.school))
    work_on(town)


def change_phone(town: Town) -> None:
    guardian = town.guardian("Пётр")
    if guardian.phone and guardian.phone.value != NEW_PHONE:
        with town.registry.work(town.clerk) as work:
            correct_field(work, town.school, guardian.id, "phone", NEW_PHONE)


def pass_a_month(town: Town) -> None:
    """Let the clock find what nobody approved for thirty days."""
    settings = town.registry.settings
    later = replace(settings, today=(settings.today or date(2020, 11, 2)) + MONTH_LATER)
    work_on(replace(town, registry=replace(town.registry, settings=later)))
    with town.registry.reading(SYSTEM) as work:
        if batches.list_batches(work.connection, town.school)[0].state is BatchState.REVIEW:
            raise NotYetError("the clock comes again")


def rotate_data(town: Town) -> None:
    """Bring everything under a new master key, once; nobody else runs who would have to see it first."""
    with town.registry.reading(SYSTEM) as work:
        ended = [one.resealed_at for one in data_keys.every(work.connection)]
    if not ended or not ended[-1]:
        rotate(town.registry, "плановая замена", lambda *_: None, settle_s=0)


def set_up(settings: Settings) -> None:
    """Make keys, tables and definitions of a new installation and swap keys with the platform."""
    registry = setting_up.prepare(settings, lambda _: None)
    try:
        setting_up.exchange_keys(registry, lambda _: None)
    finally:
        registry.engine.dispose()


EXTRA = _book(("Выдуманов", "Егор", "099-887-766 88", "Вера", "088-776-655 52"))
GIVEN_ON_PAPER = [
    partial(enter_paper, "Пётр", notice, ActKind.GIVEN)
    for notice in (NoticeKind.STUDENT_BY_GUARDIAN, NoticeKind.GUARDIAN_SELF)
]
STAGES = (
    Stage(
        "roster",
        (found, partial(upload, 1, _book(*ROSTER)), approve, partial(upload, 2, EXTRA), work_on, work_on),
    ),
    Stage("invitations", (ask_all, invite, work_on)),
    Stage("visit", (visit, work_on)),
    Stage(
        "acts",
        (
            sign,
            *GIVEN_ON_PAPER,
            send_receipts,
            work_on,
            seal_documents,
            export_documents,
        ),
    ),
    Stage(
        "papers",
        (
            papers.bring,
            work_on,
            papers.throw_away,
            papers.enter,
            papers.confirm,
            papers.invalidate,
            papers.opt_out,
            send_receipts,
            work_on,
            seal_documents,
            attach_signature,
        ),
    ),
    Stage("sign-off", (prepare, sign_off), settles=False),
    Stage("sending", (work_on,), platform=True),
    Stage("withdrawal", (withdraw, send_receipts, work_on, seal_documents), platform=True),
    Stage("later", (change_phone, work_on, rotate_data, pass_a_month, work_on)),
)
