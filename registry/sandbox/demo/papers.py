"""What a tutor does in the demo: enter the papers of a class."""

from collections.abc import Sequence
from contextlib import closing
from typing import Final

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
    for notice in _papers_of(pupil):
        address = choice.link(f"/{notice.value}")
        _record(browser, address, "refused" if pupil.answer is Answer.REFUSED else "given")
    if pupil.answer is Answer.WITHDRAWN:
        _record(browser, choice.link(f"/{_papers_of(pupil)[0].value}"), "withdrawn")


def _papers_of(pupil: Pupil) -> list[NoticeKind]:
    """Name the documents that the family hands in; a refusal needs one only."""
    if not pupil.guardian_decides:
        return [NoticeKind.STUDENT_SELF]
    if pupil.answer is Answer.REFUSED:
        return [NoticeKind.STUDENT_BY_GUARDIAN]
    own = [NoticeKind.STUDENT_SELF] if pupil.student_decides else []
    return [NoticeKind.STUDENT_BY_GUARDIAN, NoticeKind.GUARDIAN_SELF, *own]


def _record(browser: Browser, address: str, kind: str) -> None:
    form = expect(browser.get(address)).form("/paper/")
    said = {"kind": kind, "on_day_day": "30", "on_day_month": "10", "on_day_year": "2020"}
    expect(browser.submit(form, **said, place="папка 05-12, лист 1", contacts_true="yes"))
