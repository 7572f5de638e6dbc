"""What parents and students do in the demo: the link, the code, the data, the documents."""

import re
from contextlib import closing
from typing import Final

from registry.errors import N_, UnavailableError
from registry.people.rosters.drafts import PersonDraft
from registry.sandbox.demo.browser import Browser, Form, Page
from registry.sandbox.demo.plan import Answer, Signer
from registry.sandbox.demo.stage import Stage, expect

LINK: Final = re.compile(r"https?://[^/\s]+(/i/[\w-]+)")
CODE: Final = re.compile(r"\b(\d{6})\b")
AGREEMENT: Final = "Соглашение"
OWN_DATA: Final = "(представитель)"
ONWARD: Final = "Дальше:"
DOCUMENT: Final = "/decide/documents/"
PERSON: Final = "/decide/people/"
CHANGED_MEANWHILE: Final = 409
READINGS: Final = 3
MOST_STEPS: Final = 100


def decide(stage: Stage, signer: Signer) -> None:
    """Follow the invitation, fill in what is missing, and decide about every document.

    Raises:
        UnavailableError: a page refused; names the page and its words.
    """
    with closing(stage.browser()) as browser:
        desk = _enter(stage, browser, signer)
        agreement = next(link for link, words in _documents(desk) if words.startswith(AGREEMENT))
        name = full_name(signer.person)
        agreed = _sign(browser, expect(browser.get(agreement)), name, "given")
        if signer.answer is not Answer.REFUSED:
            _go_on(browser, agreed, name)
            return
        for link in _about_students(desk):
            _sign(browser, expect(browser.get(link)), name, "refused")


def _go_on(browser: Browser, page: Page, name: str) -> None:
    """Do what each page asks and follow where it leads, until it leads no further."""
    for _ in range(MOST_STEPS):
        if PERSON in page.url:
            page = _fill_in(browser, page)
        elif DOCUMENT in page.url:
            page = _sign(browser, page, name, "given")
        else:
            onward = next((link for link, words in page.links.items() if words.startswith(ONWARD)), None)
            if onward is None:
                return
            page = expect(browser.get(onward))
    raise UnavailableError(N_("Страницы водят по кругу: %(url)s."), url=page.url)


def _about_students(desk: Page) -> list[str]:
    """Find the consents for students: neither the agreement nor a guardian's own data."""
    return [
        link for link, words in _documents(desk) if not words.startswith(AGREEMENT) and OWN_DATA not in words
    ]


def withdraw(stage: Stage, signer: Signer) -> None:
    """Come back by the same link and take back the consent for each child, or one's own."""
    with closing(stage.browser()) as browser:
        desk = _enter(stage, browser, signer)
        for link in _about_students(desk):
            standing = expect(browser.get(link))
            form = expect(browser.get(standing.link("/withdrawal"))).form("/withdrawal")
            expect(browser.submit(form, full_name=full_name(signer.person), reason=""))


def full_name(person: PersonDraft) -> str:
    """Write a name as its bearer types it."""
    return " ".join(part for part in (person.last_name, person.first_name, person.middle_name) if part)


def _enter(stage: Stage, browser: Browser, signer: Signer) -> Page:
    """Open the link of the first letter and come in by a fresh code."""
    found = LINK.search(stage.post.next_after(signer.address, 0))
    if found is None:
        raise UnavailableError(N_("В приглашении нет ссылки."), code="no-link")
    start = expect(browser.get(found[1]))
    form = start.form("/start")
    seen = stage.post.count(signer.address)
    asked = expect(browser.submit(form, **_by_mail(form)))
    code = CODE.search(stage.post.next_after(signer.address, seen))
    return expect(browser.submit(asked.form("/code"), code=code[1] if code else ""))


def _by_mail(form: Form) -> dict[str, str]:
    """Choose e-mail where there is a choice: the demo reads letters by their e-mail address."""
    return {"channel": "email"} if "channel" in form.choices else {}


def _documents(desk: Page) -> list[tuple[str, str]]:
    return [(link, words) for link, words in desk.links.items() if DOCUMENT in link]


def _fill_in(browser: Browser, page: Page) -> Page:
    """Complete a person's card as somebody with the papers on the table does.

    When somebody else changed the card meanwhile, the page shows the form again, and it is sent again.
    """
    form = page.form(PERSON)
    missing = {
        name: words for name, words in INVENTED.items() if name in form.values and not form.values[name]
    }
    ties = {
        name: AUTHORITY for name, value in form.values.items() if name.startswith("authority") and not value
    }
    saved = browser.submit(form, **missing, **ties, contacts_true="yes")
    return saved if saved.status == CHANGED_MEANWHILE else expect(saved)


INVENTED: Final = {
    "address": "680000, г. Хабаровск, ул. Выдуманная, д. 1, кв. 1",
    "identity_document": "паспорт 0800 000001, выдан 01.02.2015 УМВД России по Хабаровскому краю",
}
AUTHORITY: Final = "свидетельство о рождении I-ДВ № 000001, выдано 05.06.2007 отделом ЗАГС г. Хабаровска"


def _sign(browser: Browser, page: Page, name: str, decision: str) -> Page:
    """Choose under a document that is open, check and sign; give the page that confirms it.

    When its data changed meanwhile, the page leads back to the document, and it is read again.
    """
    signed = _sign_as_read(browser, page, name, decision)
    for _ in range(READINGS - 1):
        if signed.status == CHANGED_MEANWHILE:
            again = expect(browser.get(signed.link(DOCUMENT)))
            signed = _sign_as_read(browser, again, name, decision)
    return expect(signed)


def _sign_as_read(browser: Browser, page: Page, name: str, decision: str) -> Page:
    """Choose, check and sign; give whatever the last page says."""
    straight = next((one for one in page.links if "/check" in one), None)
    ask = straight if straight is not None else f"{page.question('/check').action}?decision={decision}"
    check = expect(browser.get(ask))
    return browser.submit(check.form("/sign"), full_name=name)
