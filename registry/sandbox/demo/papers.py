"""What a tutor does in the demo: enter the papers of a class."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from registry.people.rosters.drafts import PersonDraft
from registry.programmes.rules import NoticeKind
from registry.sandbox.demo.browser import Browser, Page
from registry.sandbox.demo.plan import Answer, Pupil
from registry.sandbox.demo.sittings import full_name
from registry.sandbox.demo.stage import Stage, expect
from registry.sandbox.sample.region import tutor_login

SCHOOL: Final = "17"
CLASS_LINK: Final = "/consents/classes/"


def enter(stage: Stage, class_name: str, plan: Sequence[Pupil]) -> None:
    """Enter every paper of one class as its tutor."""
    with closing(stage.staff(tutor_login(SCHOOL, class_name))) as browser:
        page = expect(browser.get(expect(browser.get("/consents")).link(CLASS_LINK)))
        for pupil in plan:
            if pupil.on_paper and pupil.class_name == class_name:
                _enter_pupil(browser, page, pupil)


def _enter_pupil(browser: Browser, page: Page, pupil: Pupil) -> None:
    name = full_name(pupil.student)
    link = next(
        one for one, words in page.links.items() if one.partition("?")[0].endswith("/paper") and name in words
    )
    choice = expect(browser.get(link))
    for paper in _papers_of(pupil):
        address = _address(choice, paper)
        _record(browser, address, "refused" if paper.answer is Answer.REFUSED else "given")
    for paper in _papers_of(pupil):
        if paper.answer is Answer.WITHDRAWN:
            _record(browser, _address(choice, paper), "withdrawn")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper that a family hands in: who signed which document, and what comes of it."""

    signer: PersonDraft
    notice: NoticeKind
    answer: Answer


def _papers_of(pupil: Pupil) -> list[Paper]:
    """Name the papers that the family hands in; where everybody refuses, the guardians' refusals are all."""
    if not pupil.guardian_decides:
        return [Paper(pupil.student, NoticeKind.STUDENT_SELF, pupil.answer)]
    said = [Paper(one.person, NoticeKind.STUDENT_BY_GUARDIAN, one.answer) for one in pupil.guardians]
    agreeing = [paper.signer for paper in said if paper.answer is not Answer.REFUSED]
    own = [Paper(one, NoticeKind.GUARDIAN_SELF, Answer.GIVEN) for one in agreeing]
    if agreeing and pupil.student_decides:
        own.append(Paper(pupil.student, NoticeKind.STUDENT_SELF, Answer.GIVEN))
    return said + own


def _address(choice: Page, paper: Paper) -> str:
    """Find a paper on the page where the tutor says which one is in hand."""
    name = full_name(paper.signer)
    return next(
        link for link, words in choice.links.items() if f"/{paper.notice.value}" in link and name in words
    )


def _record(browser: Browser, address: str, kind: str) -> None:
    form = expect(browser.get(address)).form("/paper/")
    said = {"kind": kind, "on_day_day": "30", "on_day_month": "10", "on_day_year": "2020"}
    expect(browser.submit(form, **said, place="папка 05-12, лист 1", contacts_true="yes"))
